import { byId, element, say } from "./dom.js";
import { clear, exhibit } from "./exhibit.js";
import { allFacts } from "./facts.js";

/** @typedef {import("../quayside.js").Asset} Asset */

/** What the service has still to do. */
const PROGRESS = { uploaded: "Being inspected…", ingesting: "Being fetched…" };
/** Signed URLs last longer than this, but not for ever. */
const LINK_OLD_AFTER_MS = 30 * 60_000;

/** The dialog that shows one asset large, or plays it, with all that is known of it. */
export class Viewer {
  #quayside;
  #on;
  #dialog = byId("viewer");
  #media = byId("viewer-media");
  #again = byId("viewer-again");
  #download = byId("viewer-download");
  /** Which asset is shown, "" for none. */
  #id = "";
  /** Counts what is opened and closed; answers that come for an earlier turn are dropped. */
  #turn = 0;
  /** When the link for downloading was fetched, by the clock that it expires by. */
  #linkedAt = 0;

  /**
   * @param {import("../quayside.js").Quayside} quayside
   * @param {object} on
   * @param {(id: string, complain: (problem: string) => void) => Promise<void>} on.delete asks first
   * @param {(asset: Asset) => void} on.changed an asset is seen to have changed, also after the dialog was closed
   * @param {(id: string) => void} on.gone an asset is seen to be there no longer
   */
  constructor(quayside, on) {
    this.#quayside = quayside;
    this.#on = on;
    byId("viewer-close").addEventListener("click", () => this.#dialog.close());
    byId("viewer-delete").addEventListener("click", () => {
      const turn = this.#turn;
      on.delete(this.#id, (problem) => this.#turn === turn && say(byId("viewer-problem"), problem));
    });
    this.#again.addEventListener("click", () => this.#tryAgain());
    this.#download.addEventListener("click", (/** @type {MouseEvent} */ event) => this.#checkLink(event));
    this.#dialog.addEventListener("click", (/** @type {MouseEvent} */ event) => {
      if (event.target === this.#dialog) this.#dialog.close();
    });
    this.#dialog.addEventListener("close", () => {
      // The event comes some time after the dialog has closed, and may find it open again.
      if (!this.#dialog.open) this.#clear();
    });
  }

  /** @param {Pick<Asset, "id" | "name">} asset */
  async open({ id, name }) {
    this.#clear();
    this.#id = id;
    byId("viewer-name").textContent = name;
    say(byId("viewer-progress"), "Fetching it…");
    if (!this.#dialog.open) this.#dialog.showModal();
    const turn = this.#turn;
    await this.#guarded(turn, async () => {
      // Fetched anew, since the signed URLs of the gallery may have grown old.
      await this.#follow(turn, await this.#quayside.get(id));
    });
  }

  /**
   * Closes the dialog if it shows this asset.
   *
   * @param {string} id
   */
  close(id) {
    if (this.#id === id) this.#dialog.close();
  }

  /** Has an asset inspected again that could not be inspected before. */
  async #tryAgain() {
    if (this.#again.ariaDisabled === "true") return;
    const turn = this.#turn;
    this.#again.ariaDisabled = "true";
    await this.#guarded(turn, async () => {
      say(byId("viewer-problem"), null);
      await this.#follow(turn, await this.#quayside.process(this.#id));
    });
    if (this.#turn === turn) this.#again.ariaDisabled = "false";
  }

  /**
   * Shows an asset until its inspection is over.
   *
   * @param {number} turn
   * @param {Asset} asset
   */
  async #follow(turn, asset) {
    const progress = PROGRESS[/** @type {keyof typeof PROGRESS} */ (asset.status)] ?? null;
    await this.#show(turn, asset, progress);
    if (progress === null) return;
    this.#on.changed(asset);
    const inspected = await this.#quayside.untilInspected(asset.id);
    this.#on.changed(inspected);
    await this.#show(turn, inspected, inspected.status === "ready" ? "It is ready." : null);
  }

  /**
   * @param {number} turn
   * @param {Asset} asset
   * @param {string | null} progress
   */
  async #show(turn, asset, progress) {
    if (this.#turn !== turn) return;
    const { id, name, status, failure } = asset;
    byId("viewer-name").textContent = name;
    say(byId("viewer-progress"), progress);
    this.#dialog.dataset.type = asset.type;
    clear(this.#media);
    say(byId("viewer-problem"), failure && failure.detail);
    const complain = (/** @type {string | null} */ sentence) => {
      if (this.#turn === turn) say(byId("viewer-problem"), sentence);
    };
    this.#media.append(...exhibit(asset, { complain, refetch: () => this.#quayside.get(id) }));
    byId("viewer-details").replaceChildren(
      ...allFacts(asset).map(([term, lines]) =>
        element("div", {}, element("dt", {}, term), ...lines.map((line) => element("dd", {}, line))),
      ),
    );
    this.#offerAgain(failure?.code === "processing_gave_up" && asset.can.includes("process"));
    byId("viewer-delete").hidden = !asset.can.includes("delete");
    if (status === "ready") await this.#link(turn, id);
  }

  /**
   * @param {number} turn
   * @param {string} id
   * @returns {Promise<boolean>} whether the link is there, and it is still this turn
   */
  async #link(turn, id) {
    const { url } = await this.#quayside.dataUrl(id, { download: true });
    if (this.#turn !== turn) return false;
    this.#linkedAt = Date.now();
    this.#download.href = url;
    this.#download.hidden = false;
    return true;
  }

  /** Renews the link before it is followed, where it may not hold any more. @param {MouseEvent} click */
  async #checkLink(click) {
    if (Date.now() - this.#linkedAt < LINK_OLD_AFTER_MS) return;
    click.preventDefault();
    const turn = this.#turn;
    await this.#guarded(turn, async () => {
      if (await this.#link(turn, this.#id)) this.#download.click();
    });
  }

  /** A button that is hidden would drop the focus out of the dialog. @param {boolean} isOffered */
  #offerAgain(isOffered) {
    const hadFocus = this.#again === document.activeElement;
    this.#again.hidden = !isOffered;
    if (hadFocus && !isOffered) byId("viewer-close").focus();
  }

  /**
   * @param {number} turn
   * @param {() => Promise<void>} work on the asset that is shown
   */
  async #guarded(turn, work) {
    const id = this.#id;
    try {
      await work();
    } catch (error) {
      const { message, status } = /** @type {import("../quayside.js").QuaysideError} */ (error);
      if (status === 404) this.#on.gone(id);
      if (this.#turn !== turn) return;
      say(byId("viewer-progress"), null);
      say(byId("viewer-problem"), message);
    }
  }

  #clear() {
    this.#id = "";
    this.#turn += 1;
    clear(this.#media);
    byId("viewer-name").textContent = "";
    byId("viewer-details").replaceChildren();
    this.#download.hidden = true;
    this.#download.removeAttribute("href");
    this.#offerAgain(false);
    this.#again.ariaDisabled = "false";
    say(byId("viewer-progress"), null);
    say(byId("viewer-problem"), null);
  }
}
