import { byId, element, say } from "./dom.js";
import { clear, exhibit } from "./exhibit.js";
import { allFacts } from "./facts.js";

/** @typedef {import("../quayside.js").Asset} Asset */

/** The dialog that shows one asset large, or plays it, with all that is known of it. */
export class Viewer {
  #quayside;
  #on;
  #dialog = byId("viewer");
  #media = byId("viewer-media");
  #again = byId("viewer-again");
  /** Which asset is shown; answers that come after another was opened are dropped. */
  #id = "";

  /**
   * @param {import("../quayside.js").Quayside} quayside
   * @param {object} on
   * @param {(id: string) => Promise<boolean>} on.delete whether it was deleted
   * @param {(asset: Asset) => void} on.changed an asset is seen to have changed, also after the dialog was closed
   */
  constructor(quayside, on) {
    this.#quayside = quayside;
    this.#on = on;
    byId("viewer-close").addEventListener("click", () => this.#dialog.close());
    byId("viewer-delete").addEventListener("click", async () => {
      const id = this.#id;
      this.#id = "";
      this.#dialog.close();
      if (!(await on.delete(id))) await this.open(id);
    });
    this.#again.addEventListener("click", () => this.#tryAgain());
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
    await this.#guarded(id, async () => {
      // Fetched anew, since the signed URLs of the gallery may have grown old.
      await this.#follow(await this.#quayside.get(id));
    });
  }

  /** Has an asset inspected again that could not be inspected before. */
  async #tryAgain() {
    if (this.#again.ariaDisabled === "true") return;
    const id = this.#id;
    this.#again.ariaDisabled = "true";
    await this.#guarded(id, async () => {
      say(byId("viewer-problem"), null);
      await this.#follow(await this.#quayside.process(id));
    });
    if (this.#id === id) this.#again.ariaDisabled = "false";
  }

  /**
   * Shows an asset until its inspection is over.
   *
   * @param {Asset} asset
   */
  async #follow(asset) {
    await this.#show(asset);
    if (asset.status !== "uploaded" && asset.status !== "ingesting") return;
    if (this.#id === asset.id) say(byId("viewer-progress"), "Being inspected…");
    this.#on.changed(asset);
    const inspected = await this.#quayside.untilInspected(asset.id);
    this.#on.changed(inspected);
    if (this.#id === asset.id) say(byId("viewer-progress"), inspected.status === "ready" ? "It is ready." : null);
    await this.#show(inspected);
  }

  /** @param {Asset} asset */
  async #show(asset) {
    const { id, name, status, failure } = asset;
    if (this.#id !== id) return;
    byId("viewer-name").textContent = name;
    this.#dialog.dataset.type = asset.type;
    clear(this.#media);
    this.#media.append(...exhibit(asset, (sentence) => this.#id === id && say(byId("viewer-problem"), sentence)));
    say(byId("viewer-problem"), failure && failure.detail);
    byId("viewer-details").replaceChildren(
      ...allFacts(asset).map(([term, lines]) =>
        element("div", {}, element("dt", {}, term), ...lines.map((line) => element("dd", {}, line))),
      ),
    );
    this.#offerAgain(failure?.code === "processing_gave_up");
    if (status !== "ready") return;
    const { url } = await this.#quayside.dataUrl(id, { download: true });
    if (this.#id !== id) return;
    byId("viewer-download").href = url;
    byId("viewer-download").hidden = false;
  }

  /** A button that is hidden would drop the focus out of the dialog. @param {boolean} isOffered */
  #offerAgain(isOffered) {
    const hadFocus = this.#again === document.activeElement;
    this.#again.hidden = !isOffered;
    if (hadFocus && !isOffered) byId("viewer-close").focus();
  }

  /**
   * @param {string} id of the asset that it is about
   * @param {() => Promise<void>} work
   */
  async #guarded(id, work) {
    try {
      await work();
    } catch (error) {
      if (this.#id !== id) return;
      say(byId("viewer-progress"), null);
      say(byId("viewer-problem"), /** @type {Error} */ (error).message);
    }
  }

  #clear() {
    this.#id = "";
    clear(this.#media);
    byId("viewer-details").replaceChildren();
    byId("viewer-download").hidden = true;
    byId("viewer-download").removeAttribute("href");
    this.#offerAgain(false);
    this.#again.ariaDisabled = "false";
    say(byId("viewer-progress"), null);
    say(byId("viewer-problem"), null);
  }
}
