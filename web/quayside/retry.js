import { QuaysideError, isPassing } from "./errors.js";

const FIRST_DELAY_SECONDS = 0.5;
const LONGEST_DELAY_SECONDS = 30;
const LONGEST_RETRY_AFTER_SECONDS = 300;

/**
 * Exponential backoff with full jitter: anything from nothing to a limit that doubles with each attempt, so that many
 * clients that failed together do not come back together.
 *
 * @param {number} attempt how many attempts have failed, from 1
 * @param {number} [retryAfterSeconds] the server's own wish, which is never undercut
 * @returns {number} seconds to wait
 */
export function backoffSeconds(attempt, retryAfterSeconds = 0) {
  const limit = Math.min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** (attempt - 1));
  return Math.min(LONGEST_RETRY_AFTER_SECONDS, retryAfterSeconds) + Math.random() * limit;
}

/**
 * Reads a `Retry-After` header (RFC 9110, section 10.2.3): seconds or a date.
 *
 * @param {string | null} value
 * @returns {number | undefined} seconds from now, undefined where the header is missing or makes no sense
 */
export function parseRetryAfter(value) {
  if (!value) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

/**
 * @param {number} seconds
 * @param {AbortSignal} [signal] ends the sleep with a rejection
 * @returns {Promise<void>}
 */
export function sleep(seconds, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, seconds * 1000);
    signal?.addEventListener("abort", abort, { once: true });
  });
}

/** Whether the browser knows that it has no network. Outside a browser nothing is known. */
export const isOffline = () => globalThis.navigator?.onLine === false;

/**
 * @param {AbortSignal} [signal] ends the wait with a rejection
 * @returns {Promise<void>} resolved once the browser has a network, and at the latest after half a minute: what a
 *   browser takes for no network may still reach a service on the same machine
 */
export function untilOnline(signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    if (!isOffline()) return resolve();
    const done = () => {
      clearTimeout(timer);
      globalThis.removeEventListener("online", done);
      signal?.removeEventListener("abort", done);
      if (signal?.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(done, LONGEST_DELAY_SECONDS * 1000);
    globalThis.addEventListener("online", done);
    signal?.addEventListener("abort", done);
  });
}

/**
 * @typedef {object} Delay what stands between two attempts
 * @property {boolean} offline whether it lasts until the network is back
 * @property {number} seconds how long it lasts otherwise
 * @property {number} attempt how many attempts have failed
 * @property {QuaysideError} error why the last one failed
 */

/**
 * Repeats a step until it succeeds, fails for good, or has failed `attempts` times. Time without a network costs no
 * attempt.
 *
 * @template T
 * @param {(attempt: number) => Promise<T>} step
 * @param {object} how
 * @param {number} how.attempts
 * @param {AbortSignal} [how.signal] ends waiting; the step itself takes it or not
 * @param {(error: unknown, attempt: number) => boolean} [how.mayRepeat]
 * @param {(delay: Delay) => void} [how.onDelay]
 * @returns {Promise<T>}
 */
export async function retry(step, { attempts, signal, mayRepeat = isPassing, onDelay }) {
  for (let attempt = 1; ; ) {
    try {
      return await step(attempt);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof QuaysideError) || !mayRepeat(error, attempt)) throw error;
      if (isOffline()) {
        onDelay?.({ offline: true, seconds: 0, attempt, error });
        await untilOnline(signal);
        continue;
      }
      if (attempt >= attempts) {
        error.exhausted = true;
        throw error;
      }
      const seconds = backoffSeconds(attempt, error.retryAfterSeconds);
      onDelay?.({ offline: false, seconds, attempt, error });
      await sleep(seconds, signal);
      attempt += 1;
    }
  }
}
