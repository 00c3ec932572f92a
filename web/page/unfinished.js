import { announce } from "./announce.js";
import { confirm } from "./confirm.js";
import { byId, element } from "./dom.js";
import { formatBytes, formatTime } from "./format.js";

/** @typedef {import("../quayside.js").UnfinishedUpload} UnfinishedUpload */

/** Uploads that an earlier session began: what to do to go on with them, or to be rid of them. */
export class Unfinished {
  #quayside;
  /** @type {Map<string, HTMLElement>} by upload id */
  #rows = new Map();

  /** @param {import("../quayside.js").Quayside} quayside */
  constructor(quayside) {
    this.#quayside = quayside;
  }

  /** @param {UnfinishedUpload[]} uploads */
  show(uploads) {
    for (const upload of uploads) {
      const row = this.#row(upload);
      this.#rows.set(upload.uploadId, row);
      byId("unfinished-list").append(row);
    }
    this.#draw();
  }

  /**
   * It is in the list of uploads now, or gone.
   *
   * @param {string | null} uploadId
   */
  remove(uploadId) {
    if (uploadId === null) return;
    this.#rows.get(uploadId)?.remove();
    this.#rows.delete(uploadId);
    this.#draw();
  }

  #draw() {
    byId("unfinished").hidden = this.#rows.size === 0;
  }

  /** @param {UnfinishedUpload} upload */
  #row(upload) {
    const { name, size, bytesUploaded, createdAt, resumable } = upload;
    const advice = resumable ? "Drop the file again to go on." : "Begun in another browser, where it can go on.";
    const label = { type: "button", class: "button quiet", "aria-label": `Discard ${name}` };
    const discard = element("button", label, "Discard");
    discard.addEventListener("click", () => this.#discard(upload));
    return element(
      "li",
      { class: "row", "data-testid": "unfinished-row" },
      element("h4", { class: "row-name" }, name),
      element("div", { class: "row-buttons" }, discard),
      element("p", { class: "row-numbers" }, `${formatBytes(bytesUploaded)} of ${formatBytes(size)} stored`),
      element("p", { class: "row-state" }, `${advice} Begun ${formatTime(createdAt)}.`),
    );
  }

  /** @param {UnfinishedUpload} upload */
  async #discard({ uploadId, name, bytesUploaded }) {
    const consequence = `The ${formatBytes(bytesUploaded)} that are stored of it are thrown away.`;
    if (!(await confirm(`Discard ${name}?`, consequence, "Discard"))) return;
    try {
      await this.#quayside.discard(uploadId);
    } catch (error) {
      return announce(`${name} could not be discarded. ${/** @type {Error} */ (error).message}`);
    }
    this.remove(uploadId);
    byId("file-input").focus();
    announce(`${name} was discarded.`);
  }
}
