import { blurhashCanvas } from "./blurhash.js";
import { element, icon, iconButton } from "./dom.js";
import { formatBytes, formatDimensions, formatKind } from "./format.js";

/** @typedef {import("../quayside.js").Asset} Asset */

const STATUS = { uploaded: "Being inspected…", ingesting: "Being fetched…", failed: "Failed" };

/** One asset in the gallery. */
export class Card {
  #asset;
  #actions;
  #media = element("div", { class: "card-media" });
  #facts;
  #status;
  #open;
  #hasFreshUrls = false;

  /**
   * @param {Asset} asset
   * @param {object} actions
   * @param {(id: string) => void} actions.open
   * @param {(id: string) => void} actions.delete
   * @param {(id: string) => Promise<Asset>} actions.refetch
   */
  constructor(asset, actions) {
    this.#asset = asset;
    this.#actions = actions;
    const { id, name } = asset;
    this.#facts = element("p", { class: "card-facts", id: `facts-${id}` });
    this.#status = element("p", { class: "card-status", id: `status-${id}`, "data-testid": "asset-status" });
    // The style sheet stretches the button over the whole card; its name is the file's alone.
    const described = { "aria-describedby": `facts-${id} status-${id}` };
    const label = element("span", { class: "card-name" }, name);
    this.#open = element("button", { type: "button", class: "card-open", ...described }, label);
    this.#open.addEventListener("click", () => actions.open(id));
    this.element = element(
      "li",
      { class: "card", "data-testid": "asset-card", "data-asset-id": id },
      this.#media,
      this.#open,
      this.#facts,
      this.#status,
      iconButton("delete", `Delete ${name}`, () => actions.delete(id)),
    );
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
    if (asset.version < this.#asset.version) return;
    const isOther = asset.version !== this.#asset.version || asset.status !== this.#asset.status;
    this.#asset = asset;
    if (isOther) this.#draw();
  }

  #draw() {
    const asset = this.#asset;
    this.element.dataset.status = asset.status;
    const facts = [formatKind(asset), formatBytes(asset.size), formatDimensions(asset)];
    this.#facts.textContent = facts.filter(Boolean).join(" · ");
    const status = STATUS[/** @type {keyof typeof STATUS} */ (asset.status)] ?? "";
    this.#status.textContent = asset.failure ? `${status}. ${asset.failure.detail}` : status;
    this.#drawMedia();
  }

  #drawMedia() {
    const { status, type, metadata, urls } = this.#asset;
    const blurhash = metadata?.blurhash ? blurhashCanvas(metadata.blurhash) : null;
    this.#media.replaceChildren(blurhash ?? icon(status === "failed" ? "trouble" : type));
    if (!urls?.thumbnail) return;
    const image = element("img", { alt: "", loading: "lazy", decoding: "async", "data-testid": "asset-thumbnail" });
    image.addEventListener("load", () => image.classList.add("loaded"));
    image.addEventListener("error", () => this.#renewThumbnail(image));
    image.src = urls.thumbnail;
    this.#media.append(image);
  }

  /**
   * Signed URLs grow old while the page is open, and images further down are fetched late.
   *
   * @param {HTMLImageElement} image
   */
  async #renewThumbnail(image) {
    if (this.#hasFreshUrls) return image.remove();
    this.#hasFreshUrls = true;
    const asset = await this.#actions.refetch(this.#asset.id).catch(() => null);
    if (asset?.urls?.thumbnail) image.src = asset.urls.thumbnail;
    else image.remove();
  }
}
