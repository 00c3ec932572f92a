/** Lets a fixed number of uploads, or of requests, run at once, the others in the order in which they came. */
export class Places {
    /** @param {number} count */
    constructor(count: number);
    /** How many there are. */
    count: number;
    /**
     * @param {AbortSignal} signal leaves the queue with a rejection
     * @returns {Promise<() => void>} gives the place back; calling it twice does no harm
     */
    take(signal: AbortSignal): Promise<() => void>;
    /**
     * Waits until another upload has given its place back, and at most some seconds, since uploads of other tabs and
     * devices end unseen.
     *
     * @param {number} seconds
     * @param {AbortSignal} signal
     */
    untilFreed(seconds: number, signal: AbortSignal): Promise<void>;
    #private;
}
