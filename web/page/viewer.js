import { blurhashCanvas } from "./blurhash.js";
import { byId, element, icon, say } from "./dom.js";
import { formatBytes, formatDimensions, formatKind, formatTime } from "./format.js";

/** @typedef {import("../quayside.js").Asset} Asset */

const STATUS = { uploaded: "being inspected", ingesting: "being fetched", ready: "ready", failed: "failed" };

/** The dialog that shows one asset large, or plays it. */
export class Viewer {
  #quayside;
  #dialog = byId("viewer");
  #media = byId("viewer-media");
  /** Which asset is shown; answers that come after another was opened are dropped. */
  #id = "";

  /**
   * @param {import("../quayside.js").Quayside} quayside
   * @param {(id: string) => Promise<boolean>} onDelete whether it was deleted
   */
  constructor(quayside, onDelete) {
    this.#quayside = quayside;
    byId("viewer-close").addEventListener("click", () => this.#dialog.close());
    byId("viewer-delete").addEventListener("click", async () => {
      const id = this.#id;
      this.#id = "";
      this.#dialog.close();
      if (!(await onDelete(id))) await this.open(id);
    });
    this.#dialog.addEventListener("click", (/** @type {MouseEvent} */ event) => {
      if (event.target === this.#dialog) this.#dialog.close();
    });
    this.#dialog.addEventListener("close", () => this.#clear());
  }

  /** @param {string} id */
  async open(id) {
    this.#clear();
    this.#id = id;
    byId("viewer-name").textContent = "";
    if (!this.#dialog.open) this.#dialog.showModal();
    try {
      // Fetched anew, since the signed URLs of the gallery may have grown old.
      const asset = await this.#quayside.get(id);
      if (this.#id !== id) return;
      this.#show(asset);
      if (asset.status !== "ready") return;
      const { url } = await this.#quayside.dataUrl(id, { download: true });
      if (this.#id !== id) return;
      byId("viewer-download").href = url;
      byId("viewer-download").hidden = false;
    } catch (error) {
      if (this.#id === id) say(byId("viewer-problem"), /** @type {Error} */ (error).message);
    }
  }

  /** @param {Asset} asset */
  #show(asset) {
    byId("viewer-name").textContent = asset.name;
    this.#dialog.dataset.type = asset.type;
    this.#media.replaceChildren(...this.#player(asset));
    if (asset.failure) say(byId("viewer-problem"), asset.failure.detail);
    const details = [
      ["Kind", `${formatKind(asset)} (${asset.contentType})`],
      ["Size", formatBytes(asset.size)],
      ["Dimensions", formatDimensions(asset)],
      ["Status", STATUS[/** @type {keyof typeof STATUS} */ (asset.status)] ?? asset.status],
      ["Uploaded", formatTime(asset.createdAt)],
      ["SHA-256", asset.sha256],
    ];
    const rows = details.map(([term, value]) =>
      value ? element("div", {}, element("dt", {}, term), element("dd", {}, value)) : "",
    );
    byId("viewer-details").replaceChildren(...rows);
  }

  /**
   * @param {Asset} asset
   * @returns {Node[]}
   */
  #player(asset) {
    const { name, type, status, urls, metadata } = asset;
    const original = urls?.original;
    if (status !== "ready" || !original) return [icon(status === "failed" ? "trouble" : type)];
    if (type === "image") return this.#picture(urls.preview ?? original, name, metadata);
    if (type !== "video" && type !== "audio") return [icon(type)];
    const player = element(type, { controls: true, preload: "metadata", playsinline: true, "aria-label": name });
    player.addEventListener("error", () => {
      say(byId("viewer-problem"), `This browser cannot play it (${asset.contentType}). It can be downloaded.`);
    });
    player.src = original;
    return [player];
  }

  /**
   * @param {string} url
   * @param {string} name
   * @param {Asset["metadata"]} metadata
   */
  #picture(url, name, metadata) {
    const { width, height, blurhash } = metadata ?? {};
    const image = element("img", { alt: name, width, height, decoding: "async" });
    image.addEventListener("load", () => image.classList.add("loaded"));
    image.addEventListener("error", () => say(byId("viewer-problem"), "The picture could not be shown."));
    image.src = url;
    const canvas = blurhash && width && height ? blurhashCanvas(blurhash) : null;
    const frame = element("div", { class: "picture" }, canvas, image);
    // Room for the picture before it is there.
    if (width && height) frame.style.setProperty("--ratio", String(width / height));
    return [frame];
  }

  /** Also stops what plays: an element that is only removed goes on fetching. */
  #clear() {
    this.#id = "";
    const player = this.#media.querySelector("video, audio");
    if (player) {
      player.pause();
      player.removeAttribute("src");
      player.load();
    }
    this.#media.replaceChildren();
    byId("viewer-details").replaceChildren();
    byId("viewer-download").hidden = true;
    byId("viewer-download").removeAttribute("href");
    say(byId("viewer-problem"), null);
  }
}
