import { announce } from "./announce.js";
import { byId, say } from "./dom.js";
import { plural } from "./format.js";

/** @typedef {import("../quayside.js").Asset} Asset */

/**
 * The form in which URLs are pasted, one per line.
 *
 * What cannot be fetched stays in it, with the reason of the first, so that it can be mended there.
 */
export class Links {
  #quayside;
  #begun;
  #text = byId("links");
  #button = byId("fetch-links");
  /** What was handed over last, and the key that it was handed over with: an answer may have been lost. */
  #last = { text: "", key: "" };

  /**
   * @param {import("../quayside.js").Quayside} quayside
   * @param {(asset: Asset) => void} begun a file is to be fetched
   */
  constructor(quayside, begun) {
    this.#quayside = quayside;
    this.#begun = begun;
    byId("link-form").addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      this.#fetch();
    });
    this.#text.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) byId("link-form").requestSubmit();
    });
  }

  async #fetch() {
    if (this.#button.ariaDisabled === "true") return;
    const urls = linesOf(this.#text.value);
    if (urls.length === 0) return this.#refuse("Paste a URL first.");
    this.#button.ariaDisabled = "true";
    this.#text.readOnly = true;
    this.#say(null);
    const text = urls.join("\n");
    if (this.#last.text !== text) this.#last = { text, key: crypto.randomUUID() };
    const results = await this.#quayside.ingest(urls.map((url) => ({ url })), { key: this.#last.key });
    const left = results.flatMap((result, index) => (result instanceof Error ? [{ url: urls[index], result }] : []));
    for (const result of results) if (!(result instanceof Error)) this.#begun(result);
    this.#text.value = left.map(({ url }) => url).join("\n");
    this.#button.ariaDisabled = "false";
    this.#text.readOnly = false;
    const begun = urls.length - left.length;
    // What is pasted again after that is meant to be fetched again.
    if (begun > 0) this.#last = { text: "", key: "" };
    if (begun > 0) announce(`${plural(begun, "file")} being fetched.`);
    if (left.length > 0) this.#refuse(reason(left));
  }

  /** @param {string} sentence */
  #refuse(sentence) {
    this.#say(sentence);
    this.#text.focus();
  }

  /** @param {string | null} sentence */
  #say(sentence) {
    say(byId("links-problem"), sentence);
    this.#text.ariaInvalid = sentence === null ? null : "true";
  }
}

/**
 * @param {string} text
 * @returns {string[]} its lines that are not empty, each once
 */
export function linesOf(text) {
  const lines = text.split(/\s*\n\s*/).map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== ""))];
}

/** @param {{url: string, result: Error}[]} left */
function reason([{ url, result }, ...others]) {
  const short = url.length > 80 ? `${url.slice(0, 79)}…` : url;
  const more = others.length > 0 ? ` ${plural(others.length, "other URL")} cannot be fetched either.` : "";
  return `${short}: ${result.message}${more}`;
}
