/** What the viewer shows of an asset itself: its picture, a player, or an icon where there is nothing to see. */
import { blurhashCanvas } from "./blurhash.js";
import { formatCodec } from "./codecs.js";
import { element, icon } from "./dom.js";
import { iconOf, isAnimation, isDrawing, mayMove } from "./facts.js";
import { plural } from "./format.js";

/** @typedef {import("../quayside.js").Asset} Asset */

/**
 * @typedef {object} Help that the viewer gives
 * @property {(sentence: string | null) => void} complain says what could not be shown, and why; null takes it back
 * @property {() => Promise<Asset>} refetch the asset anew: signed URLs grow old while it is shown
 */

/** An animation's file up to this size is shown rather than its small rendition. */
const LARGEST_ANIMATION_BYTES = 8_000_000;
/** What fails again so soon fails for another reason than that its URL has grown old. */
const RENEW_AFTER_MS = 60_000;
/** What a container calls sound that browsers are asked about; of others, such as PCM, they do not tell the truth. */
const SOUND = /^(mp4a|opus|vorbis|flac|alac|ac-3|ec-3|dts|mlpa|samr|sawb)/i;
const LOST = "The connection was lost.";
const REDUCED_MOTION = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * @param {Asset} asset
 * @param {Help} help
 * @returns {Node[]}
 */
export function exhibit(asset, help) {
  const { type, status, urls } = asset;
  if (status === "failed") return [icon("trouble")];
  if (status !== "ready" || !urls?.original) return [icon(iconOf(asset))];
  if (isAnimation(asset) || (REDUCED_MOTION.matches && mayMove(asset))) return animation(asset, help);
  if (type === "image") return [picture(asset, stillOf, help).frame];
  if (type === "video") return [player(asset, help)];
  if (type === "audio") return [icon("audio"), player(asset, help)];
  return sheet(asset);
}

/**
 * Stops what plays: an element that is only removed goes on fetching.
 *
 * @param {HTMLElement} place
 */
export function clear(place) {
  const playing = place.querySelector("video, audio");
  if (playing instanceof HTMLMediaElement) {
    playing.pause();
    playing.removeAttribute("src");
    playing.load();
  }
  place.replaceChildren();
}

/** @param {Asset} asset */
const stillOf = ({ urls }) => urls.preview ?? urls.original;

/**
 * @param {Asset} asset
 * @param {(asset: Asset) => string | undefined} urlOf
 * @param {Help} help
 */
function picture(asset, urlOf, { complain, refetch }) {
  const { name, contentType, metadata, urls } = asset;
  const { width, height, blurhash, hasAlpha } = metadata ?? {};
  const canvas = blurhash && width && height ? blurhashCanvas(blurhash) : null;
  const image = element("img", { alt: name, width, height, decoding: "async" });
  const frame = element("div", { class: isDrawing(asset) ? "picture drawing" : "picture" }, canvas, image);
  let current = asset;
  let isRenewed = false;
  const draw = () => (image.src = urlOf(current));
  image.addEventListener("load", () => {
    image.classList.add("loaded");
    if (hasAlpha) canvas?.remove();
  });
  image.addEventListener("error", async () => {
    // What could be shown before, such as an animation's other picture, has a URL that is too old now.
    if (image.classList.contains("loaded") && !isRenewed) {
      isRenewed = true;
      current = await refetch().catch(() => current);
      return draw();
    }
    frame.replaceWith(icon("image"));
    if (!navigator.onLine) return complain(LOST);
    const reason = urls.preview ? "The picture could not be shown." : `This browser cannot show it (${contentType}).`;
    complain(`${reason} It can be downloaded.`);
  });
  draw();
  setRatio(frame, metadata);
  return { frame, draw };
}

/**
 * Plays at once, except for those who have asked for less motion, and can be stopped by everybody. Of a drawing nobody
 * knows whether it moves.
 *
 * @param {Asset} asset
 * @param {Help} help
 * @returns {Node[]}
 */
function animation(asset, { complain, refetch }) {
  const isLarge = asset.size > LARGEST_ANIMATION_BYTES;
  const movingOf = (/** @type {Asset} */ { urls }) => (isLarge ? urls.animation : undefined) ?? urls.original;
  let plays = !REDUCED_MOTION.matches;
  const [stop, start, what] = isAnimation(asset) ? ["Pause", "Play", "animation"] : ["Hide", "Show", "picture"];
  // What is seen while it stands, where there is no still picture of it.
  const blank = asset.urls.preview ? null : icon("image");
  const button = element("button", { type: "button", class: "button quiet", "data-testid": "animation-toggle" });
  const giveUp = (/** @type {string | null} */ sentence) => {
    blank?.remove();
    button.remove();
    complain(sentence);
  };
  const urlOf = (/** @type {Asset} */ of) => (plays ? movingOf(of) : stillOf(of));
  const { frame, draw } = picture(asset, urlOf, { complain: giveUp, refetch });
  const drawControls = () => {
    if (blank) frame.hidden = !plays;
    blank?.toggleAttribute("hidden", plays);
    button.replaceChildren(icon(plays ? "pause" : "resume"), plays ? stop : start);
    button.ariaLabel = `${plays ? stop : start} the ${what}`;
  };
  button.addEventListener("click", () => {
    plays = !plays;
    draw();
    drawControls();
  });
  drawControls();
  return blank ? [blank, frame, button] : [frame, button];
}

/**
 * Goes on where it was after a connection was lost for long, or its URL has grown old.
 *
 * @param {Asset} asset
 * @param {Help} help
 */
function player(asset, { complain, refetch }) {
  const { type, name, contentType, metadata, urls } = asset;
  const media = element(type, { controls: true, preload: "metadata", playsinline: true, "aria-label": name });
  let isPlayable = false;
  let renewedAt = -Infinity;

  const renew = async () => {
    const { currentTime, paused } = media;
    const fresh = await refetch().catch(() => null);
    if (!media.isConnected) return;
    if (!fresh?.urls.original) return complain(LOST);
    const goOn = () => {
      media.currentTime = currentTime;
      if (!paused) media.play().catch(() => {});
    };
    media.addEventListener("loadedmetadata", goOn, { once: true });
    media.src = fresh.urls.original;
  };
  media.addEventListener("error", () => {
    const isLost = media.error?.code === MediaError.MEDIA_ERR_NETWORK || !navigator.onLine;
    const mayRenew = isPlayable && performance.now() - renewedAt > RENEW_AFTER_MS;
    if (isLost) complain(LOST);
    else if (!mayRenew) complain(`This browser cannot play it (${contentType}). It can be downloaded.`);
    if (!mayRenew) return;
    renewedAt = performance.now();
    renew();
  });
  media.addEventListener("loadedmetadata", () => {
    isPlayable = true;
    const missing = type === "video" ? missingOf(media, metadata ?? {}) : null;
    complain(missing && `This browser plays only its ${missing}. It can be downloaded.`);
  });
  media.src = urls.original;
  setRatio(media, metadata);
  return media;
}

/**
 * Where a browser knows the codec of only one of the two, it plays that and says nothing.
 *
 * @param {HTMLVideoElement} video whose metadata is loaded
 * @param {import("../quayside.js").Metadata} metadata
 * @returns {string | null} "sound, not its picture (H.265)"
 */
function missingOf(video, { videoCodec, audioCodec, codecs = "" }) {
  const named = (/** @type {string | undefined} */ codec) => (codec ? ` (${formatCodec(codec)})` : "");
  if (video.videoWidth === 0) return `sound, not its picture${named(videoCodec)}`;
  const sound = codecs.split(", ").find((codec) => SOUND.test(codec));
  const isKnown = (/** @type {string} */ container) => video.canPlayType(`${container}; codecs="${sound}"`) !== "";
  return sound && !["video/mp4", "video/webm"].some(isKnown) ? `picture, not its sound${named(audioCodec)}` : null;
}

/**
 * Room for what is seen before it is there.
 *
 * @param {HTMLElement} frame
 * @param {import("../quayside.js").Metadata} [metadata]
 */
function setRatio(frame, { width, height } = {}) {
  if (width && height) frame.style.setProperty("--ratio", String(width / height));
}

/** @param {Asset} asset */
function sheet(asset) {
  const { pages, encrypted } = asset.metadata ?? {};
  const captions = [];
  if (pages !== undefined) captions.push(plural(pages, "page"));
  // Its password may be empty, and then nobody is asked for it.
  if (encrypted) captions.push("It is encrypted and may ask for a password.");
  return [
    icon(iconOf(asset)),
    ...captions.map((caption) => element("p", { class: "viewer-caption" }, caption)),
  ];
}
