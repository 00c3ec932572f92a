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
export function put(url: string, blob: Blob, { method, headers, signal, onProgress }?: {
    method?: string | undefined;
    headers?: Record<string, string> | undefined;
    signal?: AbortSignal | undefined;
    onProgress?: ((bytes: number) => void) | undefined;
}): Promise<string | null>;
