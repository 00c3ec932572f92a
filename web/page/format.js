const UNITS = ["bytes", "kB", "MB", "GB", "TB"];
const KINDS = { image: "Image", video: "Video", audio: "Audio", document: "Document" };
const DATE = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short" });

/**
 * @param {number} bytes
 * @returns {string} in decimal units, as storage is sold: "1.4 MB"
 */
export function formatBytes(bytes) {
  if (bytes === 1) return "1 byte";
  let unit = 0;
  let value = bytes;
  // 999.95 kB would be shown as 1000 kB.
  while (value >= (unit === 0 ? 1000 : 999.5) && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)}\u00a0${UNITS[unit]}`;
}

/**
 * @param {string} sentence of the service, which gives sizes in bytes
 * @returns {string} with sizes as people read them: "1.4 MB"
 */
export function formatSentence(sentence) {
  const readable = sentence.replace(/\b(\d{5,})(?: bytes)?\b/g, (_, bytes) => formatBytes(Number(bytes)));
  return readable.charAt(0).toUpperCase() + readable.slice(1);
}

/** @param {number} bytesPerSecond */
export const formatSpeed = (bytesPerSecond) => `${formatBytes(bytesPerSecond)}/s`;

/**
 * @param {number} seconds
 * @returns {string} rounded to what one can plan with: "40 s left", "1 h 5 min left"
 */
export function formatTimeLeft(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.ceil(seconds))}\u00a0s left`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `${minutes}\u00a0min left`;
  return `${Math.floor(minutes / 60)}\u00a0h ${minutes % 60}\u00a0min left`;
}

/** @param {string} time RFC 3339 */
export function formatTime(time) {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? "unknown" : DATE.format(date);
}

/** @param {{type: string}} asset */
export const formatKind = ({ type }) => KINDS[/** @type {keyof typeof KINDS} */ (type)] ?? "File";

/**
 * @param {{metadata?: {width?: number, height?: number} | null}} asset
 * @returns {string | null} pixels as they are seen, null where the asset has none
 */
export function formatDimensions({ metadata }) {
  return metadata?.width && metadata.height ? `${metadata.width}\u00a0×\u00a0${metadata.height}` : null;
}

/**
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 */
export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
