/** Speed over the last few seconds: steady enough to read, quick enough to be true. */
export class Meter {
    /** Forgets what was before, for instance before a pause. */
    reset(): void;
    /**
     * @param {number} bytes sent so far in all; fewer than before when a part has to be sent again
     * @param {number} [seconds] of a clock that only goes forward
     */
    record(bytes: number, seconds?: number): void;
    /**
     * @param {number} bytes sent so far in all
     * @param {number} [seconds] of the same clock
     * @returns {number} bytes per second, 0 while nothing can be said
     */
    bytesPerSecond(bytes: number, seconds?: number): number;
    #private;
}
