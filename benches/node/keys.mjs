/** A subject made safe for a path. */
export const segment = (subject) =>
  [...Buffer.from(subject)]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[A-Za-z0-9_-]/.test(char) ? char : `~${byte.toString(16).padStart(2, "0")}`;
    })
    .join("");
