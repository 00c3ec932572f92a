/** @typedef {string | ((rejected?: string) => string | Promise<string>)} Token */
/** The JSON API: signs requests in, repeats them where that can help, turns problem documents into errors. */
export class Api {
    /**
     * @param {object} options
     * @param {string} options.baseUrl
     * @param {Token} options.token
     * @param {number} options.attempts
     */
    constructor({ baseUrl, token, attempts }: {
        baseUrl: string;
        token: Token;
        attempts: number;
    });
    /**
     * Every route may be repeated safely: the API answers a repetition as it did the first time, for a POST that
     * creates by its `Idempotency-Key`.
     *
     * @param {string} method
     * @param {string} path with its query
     * @param {object} [options]
     * @param {unknown} [options.body] sent as JSON
     * @param {Record<string, string>} [options.headers]
     * @param {AbortSignal} [options.signal]
     * @param {boolean} [options.keepAnswer] `signal` then ends only the waits between attempts, never an attempt under
     *   way, whose answer says what has been made
     * @param {(delay: import("./retry.js").Delay) => void} [options.onDelay]
     * @returns {Promise<any>} the answer's JSON, null where it has no body
     * @throws {QuaysideError}
     */
    send(method: string, path: string, { body, headers, signal, keepAnswer, onDelay }?: {
        body?: unknown;
        headers?: Record<string, string> | undefined;
        signal?: AbortSignal | undefined;
        keepAnswer?: boolean | undefined;
        onDelay?: ((delay: import("./retry.js").Delay) => void) | undefined;
    }): Promise<any>;
    /** @returns {Promise<string>} the `sub` that the token names, "" where the token is not a readable JWT */
    owner(): Promise<string>;
    #private;
}
export type Token = string | ((rejected?: string) => string | Promise<string>);
