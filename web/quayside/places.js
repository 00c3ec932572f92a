import { sleep } from "./retry.js";

/** Lets a fixed number of uploads, or of requests, run at once, the others in the order in which they came. */
export class Places {
  #free;
  /** How many there are. */
  count;
  /** @type {Set<() => void>} */
  #waiting = new Set();
  #freed = new EventTarget();

  /** @param {number} count */
  constructor(count) {
    this.#free = count;
    this.count = count;
  }

  /**
   * @param {AbortSignal} signal leaves the queue with a rejection
   * @returns {Promise<() => void>} gives the place back; calling it twice does no harm
   */
  async take(signal) {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn(signal);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const [next] = this.#waiting;
      if (next) next();
      else this.#free += 1;
      this.#freed.dispatchEvent(new Event("freed"));
    };
  }

  /**
   * Waits until another upload has given its place back, and at most some seconds, since uploads of other tabs and
   * devices end unseen.
   *
   * @param {number} seconds
   * @param {AbortSignal} signal
   */
  async untilFreed(seconds, signal) {
    const freed = new AbortController();
    this.#freed.addEventListener("freed", () => freed.abort(), { once: true, signal: freed.signal });
    await sleep(seconds, AbortSignal.any([signal, freed.signal])).catch(() => signal.throwIfAborted());
    freed.abort();
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<void>}
   */
  #turn(signal) {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(enter);
        reject(signal.reason);
      };
      const enter = () => {
        this.#waiting.delete(enter);
        signal.removeEventListener("abort", leave);
        resolve();
      };
      this.#waiting.add(enter);
      signal.addEventListener("abort", leave, { once: true });
    });
  }
}
