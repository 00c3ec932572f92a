import { NETWORK, QuaysideError, STORAGE_REFUSED } from "./errors.js";
import { parseRetryAfter } from "./retry.js";

/** A connection on which nothing moved for so long is taken for dead. */
const STALLED_SECONDS = 60;
const CHECK_SECONDS = 5;

/** The browser sets these itself and refuses to be told. */
const SET_BY_THE_BROWSER = new Set(["content-length", "host"]);

/**
 * Sends bytes to a presigned URL. XMLHttpRequest because fetch does not tell how far an upload is; the browser
 * reads the blob from disk as it sends, so a part is never held in the page's memory.
 *
 * @param {string} url
 * @param {Blob} blob
 * @param {object} [options]
 * @param {string} [options.method]
 * @param {Record<string, string>} [options.headers] exactly those that were signed
 * @param {AbortSignal} [options.signal]
 * @param {(bytes: number) => void} [options.onProgress] bytes of this blob sent so far
 * @returns {Promise<string | null>} the etag, null where storage's CORS rules do not expose it
 * @throws {QuaysideError} `network` where no answer came, `storage_refused` with storage's status
 */
export function put(url, blob, { method = "PUT", headers = {}, signal, onProgress } = {}) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const request = new XMLHttpRequest();
    let movedAt = Date.now();

    const abort = () => request.abort();
    const watch = setInterval(() => {
      if (Date.now() - movedAt > STALLED_SECONDS * 1000) request.abort();
    }, CHECK_SECONDS * 1000);
    const noAnswer = () =>
      reject(signal?.aborted ? signal.reason : new QuaysideError("Storage could not be reached.", { code: NETWORK }));

    request.upload.addEventListener("progress", (event) => {
      movedAt = Date.now();
      onProgress?.(event.loaded);
    });
    request.addEventListener("load", () => {
      const { status } = request;
      if (status >= 200 && status < 300) return resolve(exposedHeader(request, "etag"));
      reject(
        new QuaysideError(`Storage refused the data (status ${status}).`, {
          code: STORAGE_REFUSED,
          status,
          retryAfterSeconds: parseRetryAfter(exposedHeader(request, "retry-after")),
        }),
      );
    });
    request.addEventListener("error", noAnswer);
    request.addEventListener("abort", noAnswer);
    request.addEventListener("loadend", () => {
      clearInterval(watch);
      signal?.removeEventListener("abort", abort);
    });
    signal?.addEventListener("abort", abort);

    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) {
      if (!SET_BY_THE_BROWSER.has(name.toLowerCase())) request.setRequestHeader(name, value);
    }
    request.send(blob);
  });
}

/**
 * Asking for a header that CORS hides logs an error in the browser's console, so its presence is looked up first.
 *
 * @param {XMLHttpRequest} request
 * @param {string} name in small letters
 */
function exposedHeader(request, name) {
  const present = new RegExp(`^${name}:`, "im").test(request.getAllResponseHeaders());
  return present ? request.getResponseHeader(name) : null;
}
