import { NETWORK, QuaysideError } from "./errors.js";
import { parseRetryAfter, retry } from "./retry.js";

/** A little longer than the slowest function may run. */
const ANSWER_SECONDS = 35;

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
  #baseUrl;
  #token;
  #attempts;

  /**
   * @param {object} options
   * @param {string} options.baseUrl
   * @param {Token} options.token
   * @param {number} options.attempts
   */
  constructor({ baseUrl, token, attempts }) {
    this.#baseUrl = baseUrl.replace(/\/+$/, "");
    this.#token = token;
    this.#attempts = attempts;
  }

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
  async send(method, route, options) {
    const { path, query, body } = /** @type {{path?: object, query?: object, body?: unknown}} */ (options);
    const { headers = {}, signal, keepAnswer = false, onDelay } = options;
    const request = { body, headers, signal: keepAnswer ? undefined : signal };
    const attempt = () => this.#attempt(method.toUpperCase(), target(route, path, query), request);
    return retry(attempt, { attempts: this.#attempts, signal, onDelay });
  }

  /** @returns {Promise<string>} the `sub` that the token names, "" where the token is not a readable JWT */
  async owner() {
    try {
      const payload = (await this.#currentToken()).split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
      const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
      const { sub } = JSON.parse(new TextDecoder().decode(bytes));
      return typeof sub === "string" ? sub : "";
    } catch {
      return "";
    }
  }

  /** @param {string} [rejected] */
  async #currentToken(rejected) {
    if (typeof this.#token !== "function") return this.#token;
    try {
      return await this.#token(rejected);
    } catch (cause) {
      throw cause instanceof QuaysideError ? cause : noAnswer(cause);
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {{body: unknown, headers: Record<string, string>, signal?: AbortSignal}} options
   */
  async #attempt(method, path, options) {
    const token = await this.#currentToken();
    let response = await this.#fetch(method, path, token, options);
    if (response.status === 401 && typeof this.#token === "function") {
      response = await this.#fetch(method, path, await this.#currentToken(token), options);
    }
    const text = await response.text().catch((cause) => {
      options.signal?.throwIfAborted();
      throw noAnswer(cause);
    });
    if (!response.ok) throw problem(response, text);
    try {
      return text ? JSON.parse(text) : null;
    } catch (cause) {
      throw new QuaysideError("The service answered with something that is not JSON.", {
        code: "invalid_answer",
        status: response.status,
        cause,
      });
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {string} token
   * @param {{body: unknown, headers: Record<string, string>, signal?: AbortSignal}} options
   */
  async #fetch(method, path, token, { body, headers, signal }) {
    const timeout = AbortSignal.timeout(ANSWER_SECONDS * 1000);
    try {
      return await fetch(this.#baseUrl + path, {
        method,
        headers: {
          accept: "application/json",
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        cache: "no-store",
      });
    } catch (cause) {
      signal?.throwIfAborted();
      throw noAnswer(cause);
    }
  }
}

/**
 * @param {string} route
 * @param {object} [path] what stands in the place of the route's `{names}`
 * @param {object} [query] what is undefined or null is left out
 */
function target(route, path = {}, query = {}) {
  const filled = route.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(Reflect.get(path, name)));
  const said = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  return said.length > 0 ? `${filled}?${new URLSearchParams(said)}` : filled;
}

/** @param {unknown} cause */
function noAnswer(cause) {
  return new QuaysideError("The service could not be reached.", { code: NETWORK, cause });
}

/**
 * @param {Response} response
 * @param {string} text a problem document (RFC 9457), or whatever a proxy on the way said
 */
function problem(response, text) {
  /** @type {Partial<import("../api.d.ts").components["schemas"]["Problem"]>} */
  let document = {};
  try {
    document = JSON.parse(text) ?? {};
  } catch {
    // Not ours; the status has to do.
  }
  return new QuaysideError(
    document.detail ?? document.title ?? `The service answered with status ${response.status}.`,
    {
      code: document.code ?? `http_${response.status}`,
      status: response.status,
      field: document.field,
      requestId: document.requestId,
      retryAfterSeconds: parseRetryAfter(response.headers.get("retry-after")),
    },
  );
}
