import { formatCodec } from "./codecs.js";
import {
  formatBitRate,
  formatBytes,
  formatChannels,
  formatClock,
  formatDimensions,
  formatDuration,
  formatFrameRate,
  formatLanguage,
  formatPlace,
  formatSampleRate,
  formatTime,
  formatTimeThere,
  plural,
} from "./format.js";

/** @typedef {import("../quayside.js").Asset} Asset */
/** @typedef {import("../quayside.js").Metadata} Metadata */

const STATUS = { uploaded: "being inspected", ingesting: "being fetched", ready: "ready", failed: "failed" };
const TYPES = { image: "Image", video: "Video", audio: "Audio", document: "Document" };
const HIGH_DYNAMIC_RANGE = { sdr: undefined, hdr10: "HDR10", hlg: "HDR (HLG)" };
/** Degrees by EXIF orientation, without those that mirror the picture: no camera writes them. */
const TURNS = new Map([[3, 180], [6, 90], [8, 270]]);

/** @param {Asset} asset */
export const isAnimation = ({ type, metadata }) => type === "image" && (metadata?.frames ?? 1) > 1;

/** @param {Asset} asset */
export const isDrawing = ({ contentType }) => contentType === "image/svg+xml";

/** Of some kinds nobody counts the frames, of which there may be one. @param {Asset} asset */
export const mayMove = (asset) =>
  isAnimation(asset) || isDrawing(asset) || (asset.contentType === "image/avif" && !asset.metadata?.frames);

/**
 * @param {Asset} asset
 * @returns {string} what people call such a file
 */
export function kindOf(asset) {
  if (isAnimation(asset)) return "Animation";
  if (isDrawing(asset)) return "Drawing";
  if (asset.contentType === "application/pdf") return "PDF document";
  if (isWord(asset)) return "Word document";
  return TYPES[asset.type] ?? "File";
}

/**
 * @param {Asset} asset
 * @returns {string} the icon that stands for such a file, for `icon`
 */
export function iconOf(asset) {
  if (asset.contentType === "application/pdf") return "pdf";
  if (asset.type === "unknown") return "document";
  return isWord(asset) ? "word" : asset.type;
}

/**
 * @param {Asset} asset
 * @returns {string[]} what one looks for in a list of files, a few words each
 */
export function shortFacts(asset) {
  const { metadata, size } = asset;
  const { quality, durationSeconds, frames, pages, encrypted } = metadata ?? {};
  const facts = [
    asset.type === "image" ? formatDimensions(metadata ?? {}) : quality && formatQuality(quality),
    isAnimation(asset) && frames ? plural(frames, "frame") : undefined,
    durationSeconds === undefined ? undefined : formatClock(durationSeconds),
    pages === undefined ? undefined : plural(pages, "page"),
    encrypted ? "encrypted" : undefined,
    size > 0 ? formatBytes(size) : undefined,
  ];
  return known(facts);
}

/**
 * Everything that is known of an asset, in the order in which people ask.
 *
 * @param {Asset} asset
 * @returns {[string, string[]][]} terms, each with its lines
 */
export function allFacts(asset) {
  const metadata = asset.metadata ?? {};
  const { bitrate, capturedAt, codecs, durationSeconds, encrypted, hasAlpha, location, pages, quality } = metadata;
  /** @type {[string, string | undefined | (string | undefined)[]][]} */
  const facts = [
    ["Kind", kindOf(asset)],
    ["Size", asset.size > 0 ? formatBytes(asset.size) : undefined],
    ["Duration", durationSeconds === undefined ? undefined : formatDuration(durationSeconds)],
    ["Dimensions", formatDimensions(metadata)],
    ["Turned", formatTurn(metadata)],
    ["Quality", quality && formatQuality(quality)],
    ["Frames", isAnimation(asset) ? String(metadata.frames) : undefined],
    ["Transparency", hasAlpha ? "possible" : undefined],
    ["Video", formatVideo(metadata)],
    ["Audio", formatAudio(metadata)],
    ["Bit rate", bitrate === undefined ? undefined : formatBitRate(bitrate)],
    ["Codecs", codecs],
    ["Pages", pages === undefined ? undefined : String(pages)],
    ["Encrypted", encrypted ? "yes" : undefined],
    ["Taken", capturedAt && formatTimeThere(capturedAt)],
    ["Camera", formatCamera(metadata)],
    ["Place", location && formatPlace(location)],
    ["Media type", asset.contentType],
    ["Status", STATUS[/** @type {keyof typeof STATUS} */ (asset.status)] ?? asset.status],
    [asset.sourceUrl ? "Fetched" : "Uploaded", formatTime(asset.createdAt)],
    ["Source", asset.sourceUrl ?? undefined],
    ["Made by", asset.sourceReference ?? undefined],
    ["SHA-256", asset.sha256 ?? undefined],
  ];
  return facts.map(([term, lines]) => /** @type {[string, string[]]} */ ([term, known([lines].flat())])).filter(
    ([, lines]) => lines.length > 0,
  );
}

/** @param {Asset} asset */
const isWord = ({ type, contentType }) => type === "document" && contentType.includes("word");

/** @param {string} quality */
const formatQuality = (quality) => (quality === "4k" ? "4K" : quality);

/** @param {Metadata} metadata */
function formatVideo({ videoCodec, frameRate, colorTransfer }) {
  if (!videoCodec) return undefined;
  const facts = [formatCodec(videoCodec), frameRate && formatFrameRate(frameRate)];
  return known([...facts, colorTransfer && HIGH_DYNAMIC_RANGE[colorTransfer]]).join(", ");
}

/** @param {Metadata} metadata */
function formatAudio({ audioCodec: codec, channels, sampleRate, audioTracks = [] }) {
  if (audioTracks.length === 0) return codec && formatTrack({ codec, channels, sampleRate });
  return audioTracks.map((track, index) => {
    const name = track.language ? formatLanguage(track.language) : `Track ${index + 1}`;
    return `${name}: ${formatTrack(track)}`;
  });
}

/** @param {import("../quayside.js").AudioTrack} track */
function formatTrack({ codec, channels, sampleRate }) {
  const facts = [formatCodec(codec), channels && formatChannels(channels), sampleRate && formatSampleRate(sampleRate)];
  return known(facts).join(", ");
}

/** @param {Metadata} metadata */
function formatTurn({ rotation, orientation }) {
  const degrees = rotation ?? TURNS.get(orientation ?? 1);
  return degrees ? `${degrees}° clockwise when shown` : undefined;
}

/** @param {Metadata} metadata */
function formatCamera({ cameraMake: make, cameraModel: model }) {
  if (!make || !model) return make ?? model;
  // Most models name their maker: NIKON CORPORATION's is the NIKON D850.
  const [maker] = make.split(" ");
  return model.toLowerCase().startsWith(maker.toLowerCase()) ? model : `${make} ${model}`;
}

/**
 * @template T
 * @param {(T | undefined | null | "" | 0 | false)[]} facts
 * @returns {T[]}
 */
function known(facts) {
  return /** @type {T[]} */ (facts.filter(Boolean));
}
