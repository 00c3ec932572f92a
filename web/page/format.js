const UNITS = ["bytes", "kB", "MB", "GB", "TB"];
const BIT_UNITS = ["bit/s", "kbit/s", "Mbit/s", "Gbit/s"];
const DATE = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short" });
/** For times that are shown as a clock on a wall somewhere showed them. */
const WALL_CLOCK = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });
const THREE_DIGITS = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 3 });
const LANGUAGES = new Intl.DisplayNames("en-GB", { type: "language", fallback: "none" });

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
  // Others count pixels, frames or seconds.
  const speaksOfBytes = /\d bytes\b/.test(sentence);
  const readable = speaksOfBytes
    ? sentence.replace(/\b(\d{5,})(?: bytes)?\b/g, (_, bytes) => formatBytes(Number(bytes)))
    : sentence;
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

/**
 * @param {string} time RFC 3339; without an offset it is the local time of wherever that was
 * @returns {string} as the clocks there showed it: "1 July 2024 at 12:30 (UTC+02:00)"
 */
export function formatTimeThere(time) {
  const [, minute, offset] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(?::[\d.]+)?(Z|[+-]\d\d:\d\d)?$/.exec(time) ?? [];
  const date = new Date(`${minute}Z`);
  if (Number.isNaN(date.getTime())) return time;
  const zone = offset ? ` (UTC${offset === "Z" ? "" : offset.replace("-", "\u2212")})` : "";
  return WALL_CLOCK.format(date) + zone;
}

/**
 * @param {number} seconds
 * @returns {string} as players show it, in seconds that are full: "12:34", "1:02:03"
 */
export function formatClock(seconds) {
  // What plays at all is not shown as nothing.
  const whole = seconds > 0 ? Math.max(1, Math.floor(seconds)) : 0;
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(whole % 60)}`;
}

/**
 * @param {number} seconds
 * @returns {string} "0.48 s", "6.1 s", "12 min 34 s", "1 h 2 min 3 s"
 */
export function formatDuration(seconds) {
  if (seconds < 59.95) return `${seconds < 0.95 ? seconds.toFixed(2) : seconds.toFixed(1)}\u00a0s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return `${hours > 0 ? `${hours}\u00a0h ` : ""}${minutes}\u00a0min ${whole % 60}\u00a0s`;
}

/**
 * @param {number} bitsPerSecond
 * @returns {string} "128 kbit/s", "28.1 Mbit/s"
 */
export function formatBitRate(bitsPerSecond) {
  let unit = 0;
  let value = bitsPerSecond;
  while (value >= 999.5 && unit < BIT_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${THREE_DIGITS.format(value)}\u00a0${BIT_UNITS[unit]}`;
}

/** @param {number} framesPerSecond */
export const formatFrameRate = (framesPerSecond) => `${Number(framesPerSecond.toFixed(2))}\u00a0frames/s`;

/** @param {number} samplesPerSecond */
export const formatSampleRate = (samplesPerSecond) => `${samplesPerSecond / 1000}\u00a0kHz`;

/** @param {number} channels */
export const formatChannels = (channels) => ["mono", "stereo"][channels - 1] ?? `${channels}\u00a0channels`;

/**
 * @param {string} code as a file says it: ISO 639-2, BCP 47, or anything else
 * @returns {string} the language's name where the code has one
 */
export function formatLanguage(code) {
  try {
    return LANGUAGES.of(code) ?? code;
  } catch {
    return code;
  }
}

/**
 * @param {{latitude: number, longitude: number, altitude?: number}} place degrees and metres
 * @returns {string} "53.54100° N, 9.98700° E, 12 m above sea level"; five decimal places are a metre
 */
export function formatPlace({ latitude, longitude, altitude }) {
  const degrees = (/** @type {number} */ value, /** @type {string} */ letter) =>
    `${Math.abs(value).toFixed(5)}°\u00a0${letter}`;
  const parts = [degrees(latitude, latitude < 0 ? "S" : "N"), degrees(longitude, longitude < 0 ? "W" : "E")];
  if (altitude !== undefined) {
    parts.push(`${Math.abs(Math.round(altitude))}\u00a0m ${altitude < 0 ? "below" : "above"} sea level`);
  }
  return parts.join(", ");
}

/**
 * @param {{width?: number, height?: number}} metadata
 * @returns {string | undefined} pixels as they are seen, undefined where there are none
 */
export function formatDimensions({ width, height }) {
  return width && height ? `${width}\u00a0×\u00a0${height}` : undefined;
}

/**
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 */
export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
