const WINDOW_SECONDS = 5;
const SAMPLE_SECONDS = 0.2;

/** Speed over the last few seconds: steady enough to read, quick enough to be true. */
export class Meter {
  /** @type {{seconds: number, bytes: number}[]} oldest first */
  #samples = [];

  /** Forgets what was before, for instance before a pause. */
  reset() {
    this.#samples = [];
  }

  /**
   * @param {number} bytes sent so far in all; fewer than before when a part has to be sent again
   * @param {number} [seconds] of a clock that only goes forward
   */
  record(bytes, seconds = now()) {
    const last = this.#samples.at(-1);
    if (last && seconds - last.seconds < SAMPLE_SECONDS) return;
    this.#samples.push({ seconds, bytes });
    while (this.#samples.length > 2 && seconds - this.#samples[1].seconds >= WINDOW_SECONDS) this.#samples.shift();
  }

  /**
   * @param {number} bytes sent so far in all
   * @param {number} [seconds] of the same clock
   * @returns {number} bytes per second, 0 while nothing can be said
   */
  bytesPerSecond(bytes, seconds = now()) {
    const first = this.#samples.find((sample) => seconds - sample.seconds < 2 * WINDOW_SECONDS);
    if (!first || seconds - first.seconds < SAMPLE_SECONDS) return 0;
    return Math.max(0, (bytes - first.bytes) / (seconds - first.seconds));
  }
}

const now = () => performance.now() / 1000;
