/** @typedef {string | ((rejected?: string) => string | Promise<string>)} Token */
/** @typedef {import("../api.d.ts").paths} Routes what the API's description says of each, by its path and method */
/** @typedef {"get" | "post" | "delete"} Method */
/**
 * Those routes that have the method.
 *
 * @template {Method} M
 * @typedef {{[R in keyof Routes]: Routes[R] extends Record<M, {responses: unknown}> ? R : never}[keyof Routes]} Route
 */
/**
 * What a request to a route says.
 *
 * @template Operation
 * @typedef {(Operation extends {parameters: infer P} ? Pick<P, keyof P & ("path" | "query")> : never)
 *   & (Operation extends {requestBody?: {content: {"application/json": infer Body}}}
 *     ? undefined extends Operation["requestBody"] ? {body?: Body} : {body: Body}
 *     : {})} Input
 */
/**
 * The JSON with which a route answers where it does what it is asked, null where it has none.
 *
 * @template Operation
 * @typedef {Operation extends {responses: infer R} ? Json<R[keyof R & (200 | 201 | 202 | 204)]> : never} Answer
 */
/**
 * @template Response
 * @typedef {Response extends {content: {"application/json": infer Body}} ? Body : null} Json
 */
/**
 * @typedef {object} Sending
 * @property {Record<string, string>} [headers]
 * @property {AbortSignal} [signal]
 * @property {boolean} [keepAnswer] `signal` then ends only the waits between attempts, never an attempt under way,
 *   whose answer says what has been made
 * @property {(delay: import("./retry.js").Delay) => void} [onDelay]
 */
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
     * @template {Method} M
     * @template {Route<M>} R
     * @param {M} method
     * @param {R} route its path in the API's description
     * @param {Input<Routes[R][M]> & Sending} options
     * @returns {Promise<Answer<Routes[R][M]>>}
     * @throws {QuaysideError}
     */
    send<M extends Method, R extends Route<M>>(method: M, route: R, options: Input<Routes[R][M]> & Sending): Promise<Answer<Routes[R][M]>>;
    /** @returns {Promise<string>} the `sub` that the token names, "" where the token is not a readable JWT */
    owner(): Promise<string>;
    #private;
}
export type Token = string | ((rejected?: string) => string | Promise<string>);
/**
 * what the API's description says of each, by its path and method
 */
export type Routes = import("../api.d.ts").paths;
export type Method = "get" | "post" | "delete";
/**
 * Those routes that have the method.
 */
export type Route<M extends Method> = { [R in keyof Routes]: Routes[R] extends Record<M, {
    responses: unknown;
}> ? R : never; }[keyof Routes];
/**
 * What a request to a route says.
 */
export type Input<Operation> = (Operation extends {
    parameters: infer P;
} ? Pick<P, keyof P & ("path" | "query")> : never) & (Operation extends {
    requestBody?: {
        content: {
            "application/json": infer Body;
        };
    };
} ? undefined extends Operation["requestBody"] ? {
    body?: Body;
} : {
    body: Body;
} : {});
/**
 * The JSON with which a route answers where it does what it is asked, null where it has none.
 */
export type Answer<Operation> = Operation extends {
    responses: infer R;
} ? Json<R[keyof R & (200 | 201 | 202 | 204)]> : never;
export type Json<Response> = Response extends {
    content: {
        "application/json": infer Body;
    };
} ? Body : null;
export type Sending = {
    headers?: Record<string, string> | undefined;
    signal?: AbortSignal | undefined;
    /**
     * `signal` then ends only the waits between attempts, never an attempt under way,
     * whose answer says what has been made
     */
    keepAnswer?: boolean | undefined;
    onDelay?: ((delay: import("./retry.js").Delay) => void) | undefined;
};
