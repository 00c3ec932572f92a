/**
 * Exponential backoff with full jitter: anything from nothing to a limit that doubles with each attempt, so that many
 * clients that failed together do not come back together.
 *
 * @param {number} attempt how many attempts have failed, from 1
 * @param {number} [retryAfterSeconds] the server's own wish, which is never undercut
 * @returns {number} seconds to wait
 */
export function backoffSeconds(attempt: number, retryAfterSeconds?: number): number;
/**
 * Reads a `Retry-After` header (RFC 9110, section 10.2.3): seconds or a date.
 *
 * @param {string | null} value
 * @returns {number | undefined} seconds from now, undefined where the header is missing or makes no sense
 */
export function parseRetryAfter(value: string | null): number | undefined;
/**
 * @param {number} seconds
 * @param {AbortSignal} [signal] ends the sleep with a rejection
 * @returns {Promise<void>}
 */
export function sleep(seconds: number, signal?: AbortSignal): Promise<void>;
/**
 * @param {AbortSignal} [signal] ends the wait with a rejection
 * @returns {Promise<void>} resolved once the browser has a network, and at the latest after half a minute: what a
 *   browser takes for no network may still reach a service on the same machine
 */
export function untilOnline(signal?: AbortSignal): Promise<void>;
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
export function retry<T>(step: (attempt: number) => Promise<T>, { attempts, signal, mayRepeat, onDelay }: {
    attempts: number;
    signal?: AbortSignal | undefined;
    mayRepeat?: ((error: unknown, attempt: number) => boolean) | undefined;
    onDelay?: ((delay: Delay) => void) | undefined;
}): Promise<T>;
export function isOffline(): boolean;
/**
 * what stands between two attempts
 */
export type Delay = {
    /**
     * whether it lasts until the network is back
     */
    offline: boolean;
    /**
     * how long it lasts otherwise
     */
    seconds: number;
    /**
     * how many attempts have failed
     */
    attempt: number;
    /**
     * why the last one failed
     */
    error: QuaysideError;
};
import { QuaysideError } from "./errors.js";
