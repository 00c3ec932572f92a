/**
 * The browser's client for Quayside: uploads files straight into storage, in parts that survive pauses, lost
 * connections and closed tabs, and lists, fetches and deletes assets.
 *
 *     import { Quayside } from "./quayside.js";
 *
 *     const quayside = new Quayside({ baseUrl: "https://api.example", token: () => currentToken() });
 *     const upload = quayside.upload(file, { tags: ["holiday"] });
 *     upload.addEventListener("progress", ({ detail }) => console.log(detail.percent, detail.etaSeconds));
 *     const asset = await upload.finished;
 */
import { Api } from "./quayside/api.js";
import { NOT_TO_BE_HAD, QuaysideError, isPassing } from "./quayside/errors.js";
import { Places } from "./quayside/places.js";
import { Records } from "./quayside/records.js";
import { sleep } from "./quayside/retry.js";
import { Upload } from "./quayside/upload.js";

export { QuaysideError } from "./quayside/errors.js";
export { Upload } from "./quayside/upload.js";

const FIRST_LOOK_SECONDS = 0.5;
const LONGEST_LOOK_SECONDS = 10;
/** The most files that one request of the API takes from URLs. */
const MAX_INGESTIONS = 100;

/** @typedef {import("./api.d.ts").components["schemas"]} Schemas the API's own types, made of its description */
/** @typedef {Schemas["Asset"]} Asset */
/** @typedef {Schemas["Metadata"]} Metadata what inspection found out */
/** @typedef {Schemas["Variant"]} Variant a smaller form of an image */
/** @typedef {Schemas["FileAtUrl"]} Ingestion a file that is to be taken from a URL */
/** @typedef {Schemas["Progress"]} Progress what has come of a file that is on its way */
/** @typedef {NonNullable<import("./api.d.ts").operations["listAssets"]["parameters"]["query"]>} AssetQuery */
/** @typedef {Omit<AssetQuery, "cursor">} AssetFilter which assets are listed, and how many a page */

/**
 * @typedef {object} UnfinishedUpload
 * @property {string} uploadId
 * @property {string} name
 * @property {number} size bytes
 * @property {number} bytesUploaded
 * @property {string} createdAt
 * @property {boolean} resumable whether this browser began it, so that the same file given to `upload` goes on with it
 */

/** A caller's view of one Quayside service. Methods may be called at any time, also at once. */
export class Quayside {
  #api;
  #shared;

  /**
   * @param {object} options
   * @param {string} options.baseUrl of the API, without `/v1`
   * @param {import("./quayside/api.js").Token} options.token a bearer token, or a function that gives one; it is asked
   *   before each request, and once more with the token that was rejected when the API answers 401
   * @param {number} [options.concurrentUploads] files sent at once, the others wait; the service has a limit of its own
   * @param {number} [options.connections] requests to storage at once, for all files together. Browsers open six
   *   connections to a host over HTTP/1.1; more would wait for one of these, and look as if they had stalled
   * @param {number} [options.attempts] how often a request or part is tried before its failure counts
   */
  constructor({ baseUrl, token, concurrentUploads = 3, connections = 6, attempts = 10 }) {
    this.#api = new Api({ baseUrl, token, attempts });
    this.#shared = {
      api: this.#api,
      places: new Places(concurrentUploads),
      records: new Records(),
      active: new Map(),
      attempts,
      connections: new Places(connections),
      discard: (/** @type {string} */ uploadId) => this.#discard(uploadId),
      untilInspected: (/** @type {string} */ id) => this.untilInspected(id),
    };
  }

  /**
   * Uploads a file. The same unchanged file of the same owner, given again after the page was closed or the upload
   * failed, goes on where it was.
   *
   * @param {File} file
   * @param {import("./quayside/upload.js").UploadOptions} [options]
   * @returns {Upload}
   */
  upload(file, options = {}) {
    return new Upload(this.#shared, file, options);
  }

  /**
   * Has the service fetch files from URLs. What comes of each is seen by {@link Quayside.untilInspected}.
   *
   * @param {Ingestion[]} files any number
   * @param {{key?: string}} [options] `key` names these files, so that the same ones handed over again with it begin once
   * @returns {Promise<(Asset | QuaysideError)[]>} for each file, in the order given, its asset, `ingesting`, or why it is
   *   not fetched
   */
  async ingest(files, { key = crypto.randomUUID() } = {}) {
    const results = [];
    for (let first = 0; first < files.length; first += MAX_INGESTIONS) {
      const items = files.slice(first, first + MAX_INGESTIONS);
      const headers = { "idempotency-key": `${key}-${first}` };
      try {
        const answer = await this.#api.send("post", "/v1/assets/from-url", { body: { items }, headers });
        for (const item of /** @type {Schemas["Begun"]} */ (answer).items) {
          results.push("asset" in item ? item.asset : new QuaysideError(item.problem.detail, item.problem));
        }
      } catch (error) {
        results.push(...items.map(() => /** @type {QuaysideError} */ (error)));
      }
    }
    return results;
  }

  /**
   * @param {string} id of an asset whose bytes are on their way
   * @returns {Promise<Progress>}
   */
  async progress(id) {
    return this.#api.send("get", "/v1/uploads/{id}", { path: { id } });
  }

  /**
   * The caller's uploads that are begun, not complete, and not under way in this client.
   *
   * @returns {Promise<UnfinishedUpload[]>} newest first
   */
  async unfinished() {
    const askedAt = new Date().toISOString();
    const owner = await this.#api.owner();
    const begun = [];
    for await (const { items } of this.pages({ status: "awaiting_upload" })) begun.push(...items);

    const here = new Set();
    for (const { key, record } of this.#shared.records.list(owner)) {
      here.add(record.uploadId);
      const isBegun = begun.some((asset) => asset.id === record.uploadId);
      if (!isBegun && record.startedAt < askedAt && !this.#shared.active.has(key)) this.#shared.records.delete(key);
    }
    const active = new Set(Array.from(this.#shared.active.values(), (upload) => upload.uploadId));
    const unfinished = begun.filter((asset) => !active.has(asset.id)).map(async ({ id, name, size, createdAt }) => {
      const progress = await this.progress(id).catch(() => null);
      const bytesUploaded = progress?.bytesUploaded ?? 0;
      return { uploadId: id, name, size, bytesUploaded, createdAt, resumable: here.has(id) };
    });
    return Promise.all(unfinished);
  }

  /**
   * Gives up an upload of an earlier session. For one of this page, use {@link Upload.cancel}.
   *
   * @param {string} uploadId
   */
  async discard(uploadId) {
    await this.#discard(uploadId);
    for (const { key, record } of this.#shared.records.list(await this.#api.owner())) {
      if (record.uploadId === uploadId) this.#shared.records.delete(key);
    }
  }

  /** @param {string} uploadId */
  async #discard(uploadId) {
    await this.#api.send("delete", "/v1/uploads/{id}", { path: { id: uploadId } }).catch((error) => {
      // Gone is what was wanted.
      if (!NOT_TO_BE_HAD.includes(error.status)) throw error;
    });
  }

  /**
   * @param {string} id
   * @param {{signal?: AbortSignal}} [options]
   * @returns {Promise<Asset>}
   */
  async get(id, { signal } = {}) {
    return this.#api.send("get", "/v1/assets/{id}", { path: { id }, signal });
  }

  /**
   * One page of assets, newest first. `cursor` is the previous page's `nextCursor`.
   *
   * @param {AssetFilter & {cursor?: string, signal?: AbortSignal}} [filter]
   * @returns {Promise<Schemas["AssetPage"]>}
   */
  async list({ signal, ...filter } = {}) {
    return this.#api.send("get", "/v1/assets", { query: filter, signal });
  }

  /**
   * All pages, each fetched when it is asked for: `for await (const { items } of quayside.pages()) …`
   *
   * @param {AssetFilter} [filter]
   */
  async *pages(filter = {}) {
    /** @type {string | undefined} */
    let cursor;
    do {
      const page = await this.list({ ...filter, cursor });
      yield page;
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
  }

  /** @param {string} id */
  async delete(id) {
    await this.#api.send("delete", "/v1/assets/{id}", { path: { id } });
  }

  /**
   * Has an asset inspected again: one that is ready, or that failed and whose bytes are kept, as with
   * `processing_gave_up`. One whose inspection is not over is left to it.
   *
   * @param {string} id
   * @returns {Promise<Asset>} as it is now, mostly `uploaded`; see {@link Quayside.untilInspected}
   * @throws {import("./quayside/errors.js").QuaysideError} `not_processable` where its bytes are not, or no longer,
   *   there
   */
  async process(id) {
    return this.#api.send("post", "/v1/assets/{id}/process", { path: { id } });
  }

  /**
   * A signed URL of an asset's bytes, for `src` or `href`.
   *
   * @param {string} id
   * @param {object} [options]
   * @param {string} [options.variant] `thumbnail`, `preview` or `animation` where the asset has it; the original if
   *   left out
   * @param {boolean} [options.download] whether the browser should save the file rather than show it
   * @returns {Promise<Schemas["DataUrl"]>}
   */
  async dataUrl(id, { variant, download = false } = {}) {
    return this.#api.send("get", "/v1/assets/{id}/data", {
      path: { id },
      query: { variant: variant || undefined, download: download ? "1" : undefined },
    });
  }

  /**
   * Looks at an asset, ever less often, until its inspection has ended. Trouble on the way there is sat out.
   *
   * @param {string} id
   * @param {{signal?: AbortSignal, onLook?: (asset: Asset) => void}} [options] `onLook` is told what each look that is
   *   not the last has seen
   * @returns {Promise<Asset>} `ready` or `failed`
   * @throws {import("./quayside/errors.js").QuaysideError} `not_found` when it was deleted meanwhile
   */
  async untilInspected(id, { signal, onLook } = {}) {
    for (let seconds = FIRST_LOOK_SECONDS; ; seconds = Math.min(LONGEST_LOOK_SECONDS, seconds * 1.5)) {
      try {
        const asset = await this.get(id, { signal });
        if (!["uploaded", "ingesting"].includes(asset.status)) return asset;
        onLook?.(asset);
      } catch (error) {
        signal?.throwIfAborted();
        if (!isPassing(error) && !(/** @type {any} */ (error).exhausted)) throw error;
      }
      await sleep(seconds, signal);
    }
  }
}
