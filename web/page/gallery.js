import { announce } from "./announce.js";
import { Card } from "./card.js";
import { confirm } from "./confirm.js";
import { byId, say } from "./dom.js";

const PAGE = 24;

/** @typedef {import("../quayside.js").Asset} Asset */

/** The assets, newest first. */
export class Gallery {
  #quayside;
  #on;
  /** @type {Map<string, Card>} */
  #cards = new Map();
  /** Ids of what was deleted; an answer that was under way then may still tell of it. @type {Set<string>} */
  #gone = new Set();
  /** @type {string | null} */
  #cursor = null;
  #more = byId("show-more");

  /**
   * @param {import("../quayside.js").Quayside} quayside
   * @param {object} on
   * @param {(asset: Asset) => void} on.open
   * @param {(id: string) => void} on.deleted the user has deleted an asset, whose card is just about to go
   */
  constructor(quayside, on) {
    this.#quayside = quayside;
    this.#on = on;
    this.#more.addEventListener("click", () => this.#showMore());
  }

  /** Fetches the first page; where that fails, says so and offers to try again. */
  async load() {
    await this.#fetchPage();
    this.#draw();
  }

  /**
   * Adds an asset or brings its card up to date.
   *
   * @param {Asset} asset
   */
  show(asset) {
    if (asset.status === "awaiting_upload" || asset.status === "deleted" || this.#gone.has(asset.id)) return;
    const known = this.#cards.get(asset.id);
    if (known) return known.update(asset);
    const card = new Card(asset, {
      open: this.#on.open,
      delete: (id) => this.delete(id),
      refetch: (id) => this.#quayside.get(id),
    });
    this.#cards.set(asset.id, card);
    this.#place(card);
    this.#draw();
  }

  /**
   * Shows an asset until its bytes are there and inspected: one of an earlier session, or one that is fetched from a URL.
   * This page's uploads report theirs themselves.
   *
   * @param {Asset} asset
   */
  async follow(asset) {
    this.show(asset);
    if (asset.status !== "uploaded" && asset.status !== "ingesting") return;
    const { id } = asset;
    let updatedAt = "";
    const onLook = async (/** @type {Asset} */ seen) => {
      this.show(seen);
      if (seen.status !== "ingesting" || seen.updatedAt === updatedAt) return;
      updatedAt = seen.updatedAt;
      const progress = await this.#quayside.progress(id).catch(() => null);
      if (progress) this.#cards.get(id)?.advance(progress);
    };
    try {
      this.show(await this.#quayside.untilInspected(id, { onLook }));
    } catch (error) {
      if (/** @type {any} */ (error).status === 404) this.remove(id);
    }
  }

  /**
   * Deletes an asset once the user has confirmed it.
   *
   * @param {string} id
   * @param {(problem: string) => void} [complain] told too why it could not be deleted
   */
  async delete(id, complain) {
    const name = this.#cards.get(id)?.asset.name ?? "this file";
    if (!(await confirm(`Delete ${name}?`, "Links to it stop working, also for others.", "Delete"))) return;
    try {
      await this.#quayside.delete(id);
    } catch (error) {
      const { status, message } = /** @type {import("../quayside.js").QuaysideError} */ (error);
      if (status !== 404) {
        const problem = `${name} could not be deleted. ${message}`;
        say(byId("gallery-problem"), problem);
        return complain?.(problem);
      }
    }
    say(byId("gallery-problem"), null);
    this.#on.deleted(id);
    this.remove(id);
    announce(`${name} was deleted.`);
  }

  /**
   * Takes away the card of an asset that is no longer there, for good.
   *
   * @param {string} id
   */
  remove(id) {
    this.#gone.add(id);
    const card = this.#cards.get(id);
    if (!card) return;
    const hadFocus = card.element.contains(document.activeElement);
    const neighbour = card.element.nextElementSibling ?? card.element.previousElementSibling;
    this.#cards.delete(id);
    card.element.remove();
    this.#draw();
    // It would drop to the top of the page. That of somebody who is elsewhere stays there.
    if (!hadFocus) return;
    const next = this.#cards.get(neighbour?.dataset.assetId);
    if (next) next.focus();
    else byId("gallery-heading").focus();
  }

  /** Ids are UUIDv7, so their order is that of their making. @param {Card} card */
  #place(card) {
    const older = [...byId("gallery-list").children].find((other) => other.dataset.assetId < card.asset.id);
    byId("gallery-list").insertBefore(card.element, older ?? null);
  }

  async #showMore() {
    const known = new Set(this.#cards.keys());
    this.#more.ariaDisabled = "true";
    await this.#fetchPage();
    this.#more.ariaDisabled = "false";
    this.#draw();
    const added = [...this.#cards.values()].filter((card) => !known.has(card.asset.id));
    if (added.length === 0) return;
    announce(`${added.length} more shown.`);
    // Where the button has gone, the focus goes on with what it brought.
    if (this.#more.hidden) added[0].focus();
  }

  /** Goes on until there is something to show: unfinished uploads have records too. */
  async #fetchPage() {
    try {
      do {
        const page = await this.#quayside.list({ limit: PAGE, cursor: this.#cursor ?? undefined });
        const before = this.#cards.size;
        for (const asset of page.items) {
          this.follow(asset);
        }
        this.#cursor = page.nextCursor;
        if (this.#cards.size > before) break;
      } while (this.#cursor !== null);
      this.#more.textContent = "Show more";
      this.#more.hidden = this.#cursor === null;
      say(byId("gallery-problem"), null);
    } catch (error) {
      say(byId("gallery-problem"), `Your files could not be listed. ${/** @type {Error} */ (error).message}`);
      this.#more.textContent = "Try again";
      this.#more.hidden = false;
    }
  }

  #draw() {
    const hasProblem = !byId("gallery-problem").hidden;
    byId("gallery-empty").hidden = this.#cards.size > 0 || this.#cursor !== null || hasProblem;
  }
}
