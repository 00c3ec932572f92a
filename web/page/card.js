import { blurhashCanvas } from "./blurhash.js";
import { element, icon, iconButton } from "./dom.js";
import { iconOf, isAnimation, isDrawing, kindOf, mayMove, shortFacts } from "./facts.js";
import { formatBytes, formatClock } from "./format.js";

/** @typedef {import("../quayside.js").Asset} Asset */

/** @typedef {import("../quayside.js").Progress} Progress */

const STATUS = { uploaded: "Being inspected…", ingesting: "Being fetched…", failed: "Failed" };
/** Of pictures without a thumbnail, those up to this size are fetched only to be shown small. */
const SMALL_BYTES = 1_000_000;
const REDUCED_MOTION = matchMedia("(prefers-reduced-motion: reduce)");

/** One asset in the gallery. */
export class Card {
  #asset;
  #actions;
  #media = element("div", { class: "card-media" });
  #facts;
  #status;
  #open;
  /** @type {Progress | null} of an asset that is on its way */
  #progress = null;
  /** @type {HTMLImageElement | null} the animation while it plays */
  #moving = null;

  /**
   * @param {Asset} asset
   * @param {object} actions
   * @param {(asset: Asset) => void} actions.open
   * @param {(id: string) => void} actions.delete
   * @param {(id: string) => Promise<Asset>} actions.refetch
   */
  constructor(asset, actions) {
    this.#asset = asset;
    this.#actions = actions;
    const { id, name } = asset;
    this.#facts = element("p", { class: "card-facts", id: `facts-${id}`, "data-testid": "asset-facts" });
    this.#status = element("p", { class: "card-status", id: `status-${id}`, "data-testid": "asset-status" });
    // The style sheet stretches the button over the whole card; its name is the file's alone.
    const described = { "aria-describedby": `facts-${id} status-${id}` };
    const label = element("span", { class: "card-name" }, name);
    this.#open = element("button", { type: "button", class: "card-open", ...described }, label);
    this.#open.addEventListener("click", () => actions.open(this.#asset));
    this.element = element(
      "li",
      { class: "card", "data-testid": "asset-card", "data-asset-id": id },
      this.#media,
      this.#open,
      this.#facts,
      this.#status,
      asset.can.includes("delete") ? iconButton("delete", `Delete ${name}`, () => actions.delete(id)) : null,
    );
    this.element.addEventListener("pointerenter", (/** @type {PointerEvent} */ { pointerType }) => {
      if (pointerType === "mouse") this.#play();
    });
    this.element.addEventListener("pointerleave", () => this.#stop());
    this.element.addEventListener("focusin", (/** @type {any} */ { target }) => {
      if (target.matches(":focus-visible")) this.#play();
    });
    this.element.addEventListener("focusout", () => this.#stop());
    this.#draw();
  }

  get asset() {
    return this.#asset;
  }

  focus() {
    this.#open.focus();
  }

  /** @param {Asset} asset the same one, as it is now */
  update(asset) {
    if (asset.updatedAt < this.#asset.updatedAt) return;
    const isOther = asset.updatedAt !== this.#asset.updatedAt || asset.status !== this.#asset.status;
    this.#asset = asset;
    if (isOther) this.#draw();
  }

  #draw() {
    const asset = this.#asset;
    this.element.dataset.status = asset.status;
    this.#facts.replaceChildren(
      element("span", { class: "visually-hidden" }, `${kindOf(asset)}: `),
      // A line may end after a dot, and does not begin with one.
      shortFacts(asset).join("\u00a0· "),
    );
    if (asset.status !== "ingesting") this.#progress = null;
    this.#drawStatus();
    this.#drawMedia();
  }

  /** @param {Progress} progress of an asset that is on its way */
  advance(progress) {
    if (progress.status !== this.#asset.status) return;
    this.#progress = progress;
    this.#drawStatus();
  }

  #drawStatus() {
    const { status, failure } = this.#asset;
    const said = STATUS[/** @type {keyof typeof STATUS} */ (status)] ?? "";
    const { bytesUploaded = 0, size = null } = this.#progress ?? {};
    const amount = size === null ? formatBytes(bytesUploaded) : `${formatBytes(bytesUploaded)} of ${formatBytes(size)}`;
    const parts = [said, bytesUploaded > 0 ? amount : ""].filter(Boolean);
    this.#status.textContent = failure ? `${said}. ${failure.detail}` : parts.join(" ");
  }

  #drawMedia() {
    const { status, metadata, urls } = this.#asset;
    const name = status === "failed" ? "trouble" : iconOf(this.#asset);
    const placeholder = (metadata?.blurhash && blurhashCanvas(metadata.blurhash)) || icon(name);
    this.#stop();
    this.#media.dataset.icon = name;
    this.#media.replaceChildren(placeholder, ...this.#badge());
    const url = stillOf(this.#asset);
    if (!url) return;
    const image = element("img", { alt: "", loading: "lazy", decoding: "async", "data-testid": "asset-thumbnail" });
    image.classList.toggle("drawing", isDrawing(this.#asset));
    image.addEventListener("load", () => {
      image.classList.add("loaded");
      // It would show through.
      if (metadata?.hasAlpha || !metadata?.blurhash) placeholder.remove();
    });
    // A type that this browser does not show, such as HEIC, stays so.
    if (urls.thumbnail || isDrawing(this.#asset)) this.#renew(image, stillOf);
    else image.addEventListener("error", () => image.remove());
    image.src = url;
    placeholder.after(image);
  }

  /** What is said on the picture itself, as the line of facts says it too. */
  #badge() {
    const { type, status, metadata, urls } = this.#asset;
    const { durationSeconds } = metadata ?? {};
    if (status !== "ready") return [];
    const badge = (/** @type {Node | string} */ content) => [
      element("span", { class: "card-badge", "aria-hidden": "true", "data-testid": "asset-badge" }, content),
    ];
    if (type === "video" && durationSeconds !== undefined) return badge(formatClock(durationSeconds));
    return urls?.animation ? badge(icon("resume")) : [];
  }

  /** Moves only for those who point at it, and have not asked for less motion. */
  #play() {
    const url = this.#asset.urls?.animation;
    if (!url || this.#moving || REDUCED_MOTION.matches) return;
    const moving = element("img", { alt: "", class: "moving", "data-testid": "asset-animation" });
    moving.addEventListener("load", () => moving.classList.add("loaded"));
    this.#renew(moving, ({ urls }) => urls?.animation);
    moving.src = url;
    this.#moving = moving;
    this.#media.append(moving);
  }

  #stop() {
    this.#moving?.remove();
    this.#moving = null;
  }

  /**
   * Signed URLs grow old while the page is open, and images further down are fetched late. One that fails has another
   * try with a new URL.
   *
   * @param {HTMLImageElement} image
   * @param {(asset: Asset) => string | undefined} urlOf
   */
  #renew(image, urlOf) {
    const renew = async () => {
      const asset = await this.#actions.refetch(this.#asset.id).catch(() => null);
      const url = asset && urlOf(asset);
      if (!url) return image.remove();
      image.addEventListener("error", () => image.remove());
      image.src = url;
      this.update(asset);
    };
    image.addEventListener("error", renew, { once: true });
  }
}

/**
 * There are no thumbnails of drawings, HEIC and AVIF. What the browser cannot show, or would show moving, has its icon.
 *
 * @param {Asset} asset
 * @returns {string | undefined}
 */
function stillOf(asset) {
  const { type, size, urls } = asset;
  if (urls?.thumbnail) return urls.thumbnail;
  const isSmall = type === "image" && size <= SMALL_BYTES;
  return isSmall && !isAnimation(asset) && !(REDUCED_MOTION.matches && mayMove(asset)) ? urls?.original : undefined;
}
