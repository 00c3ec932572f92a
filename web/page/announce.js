import { byId } from "./dom.js";

/** Long enough to gather what happens together, such as the first ten files of a drop. */
const GATHER_MS = 400;
const MOST_AT_ONCE = 3;

/** @type {string[]} */
let waiting = [];

/**
 * Says something to those who do not see the page, without interrupting them.
 *
 * @param {string} sentence
 */
export function announce(sentence) {
  waiting.push(sentence);
  if (waiting.length > 1) return;
  setTimeout(() => {
    const said = waiting.slice(0, MOST_AT_ONCE).join(" ");
    const more = waiting.length - MOST_AT_ONCE;
    byId("announcer").textContent = more > 0 ? `${said} And ${more} more.` : said;
    waiting = [];
  }, GATHER_MS);
}
