import { NETWORK, QuaysideError } from "./errors.js";
import { parseRetryAfter, retry } from "./retry.js";

/** A little longer than the slowest function may run. */
const ANSWER_SECONDS = 35;

/** @typedef {string | ((rejected?: string) => string | Promise<string>)} Token */

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
  async send(method, path, { body, headers = {}, signal, keepAnswer = false, onDelay } = {}) {
    const attempt = () => this.#attempt(method, path, { body, headers, signal: keepAnswer ? undefined : signal });
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

/** @param {unknown} cause */
function noAnswer(cause) {
  return new QuaysideError("The service could not be reached.", { code: NETWORK, cause });
}

/**
 * @param {Response} response
 * @param {string} text a problem document (RFC 9457), or whatever a proxy on the way said
 */
function problem(response, text) {
  /** @type {{code?: string, title?: string, detail?: string, field?: string, requestId?: string}} */
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
