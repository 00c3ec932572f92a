/** What the viewer shows of an asset itself: its picture, a player, or an icon where there is nothing to see. */
import { blurhashCanvas } from "./blurhash.js";
import { formatCodec } from "./codecs.js";
import { element, icon } from "./dom.js";
import { iconOf, isAnimation, isDrawing } from "./facts.js";
import { plural } from "./format.js";

/** @typedef {import("../quayside.js").Asset} Asset */
/** @typedef {(sentence: string) => void} Complain */

/** An animation's file up to this size is shown rather than its small rendition. */
const LARGEST_ANIMATION_BYTES = 8_000_000;

/**
 * @param {Asset} asset
 * @param {Complain} complain says what could not be shown, and why
 * @returns {Node[]}
 */
export function exhibit(asset, complain) {
  const { type, status, urls } = asset;
  if (status === "failed") return [icon("trouble")];
  if (status !== "ready" || !urls?.original) return [icon(iconOf(asset))];
  if (isAnimation(asset)) return animation(asset, complain);
  if (type === "image") return [picture(asset, stillOf(asset), complain).frame];
  if (type === "video") return [player(asset, complain)];
  if (type === "audio") return [icon("audio"), player(asset, complain)];
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
 * @param {string | undefined} url
 * @param {Complain} complain
 */
function picture(asset, url, complain) {
  const { name, contentType, metadata, urls } = asset;
  const { width, height, blurhash, hasAlpha } = metadata ?? {};
  const canvas = blurhash && width && height ? blurhashCanvas(blurhash) : null;
  const image = element("img", { alt: name, width, height, decoding: "async" });
  const frame = element("div", { class: isDrawing(asset) ? "picture drawing" : "picture" }, canvas, image);
  image.addEventListener("load", () => {
    image.classList.add("loaded");
    if (hasAlpha) canvas?.remove();
  });
  image.addEventListener("error", () => {
    frame.replaceWith(icon("image"));
    const reason = urls.preview ? "The picture could not be shown." : `This browser cannot show it (${contentType}).`;
    complain(`${reason} It can be downloaded.`);
  });
  image.src = url;
  setRatio(frame, metadata);
  return { frame, image };
}

/**
 * Plays at once, except for those who have asked for less motion, and can be stopped by everybody.
 *
 * @param {Asset} asset
 * @param {Complain} complain
 * @returns {Node[]}
 */
function animation(asset, complain) {
  const { animation: small, original } = asset.urls;
  const moving = asset.size <= LARGEST_ANIMATION_BYTES ? original : (small ?? original);
  let plays = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  const urlNow = () => (plays ? moving : stillOf(asset));
  const { frame, image } = picture(asset, urlNow(), complain);
  // What is seen while it stands, where there is no still picture of it.
  const blank = asset.urls.preview ? null : icon("image");
  const button = element("button", { type: "button", class: "button quiet", "data-testid": "animation-toggle" });
  const draw = () => {
    if (blank) frame.hidden = !plays;
    blank?.toggleAttribute("hidden", plays);
    button.replaceChildren(icon(plays ? "pause" : "resume"), plays ? "Pause" : "Play");
    button.ariaLabel = plays ? "Pause the animation" : "Play the animation";
  };
  button.addEventListener("click", () => {
    plays = !plays;
    image.src = urlNow();
    draw();
  });
  image.addEventListener("error", () => {
    blank?.remove();
    button.remove();
  });
  draw();
  return blank ? [blank, frame, button] : [frame, button];
}

/**
 * @param {Asset} asset
 * @param {Complain} complain
 */
function player({ type, name, contentType, metadata, urls }, complain) {
  const media = element(type, { controls: true, preload: "metadata", playsinline: true, "aria-label": name });
  media.addEventListener("error", () => {
    complain(`This browser cannot play it (${contentType}). It can be downloaded.`);
  });
  media.addEventListener("loadedmetadata", () => {
    // Where only the picture's codec is not known, browsers play the sound and say nothing.
    if (type !== "video" || media.videoWidth > 0) return;
    const codec = metadata?.videoCodec ? ` (${formatCodec(metadata.videoCodec)})` : "";
    complain(`This browser plays only its sound, not its picture${codec}. It can be downloaded.`);
  });
  media.src = urls.original;
  setRatio(media, metadata);
  return media;
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
