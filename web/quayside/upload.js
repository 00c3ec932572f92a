import { CANCELLED, NOT_TO_BE_HAD, QuaysideError, STORAGE_REFUSED } from "./errors.js";
import { contentTypeOf } from "./content-type.js";
import { Meter } from "./meter.js";
import { Parts, explain } from "./parts.js";
import { put } from "./put.js";
import { retry } from "./retry.js";

/** How often an upload is looked at afresh, or begun again, when storage and the service no longer agree with us. */
const ROUNDS = 4;
const PROGRESS_EVENT_SECONDS = 0.1;
const PLACE_CHECK_SECONDS = 10;

/**
 * @typedef {"queued" | "starting" | "uploading" | "offline" | "paused" | "completing" | "processing" | "ready"
 *   | "failed" | "cancelled"} UploadStatus
 */

/**
 * @typedef {object} Progress
 * @property {number} bytesUploaded
 * @property {number} size bytes
 * @property {number} percent 0 to 100, with one decimal place
 * @property {number} speedBytesPerSecond over the last few seconds; 0 while not known or nothing moves
 * @property {number | null} etaSeconds null while not known
 */

/** @typedef {import("../api.d.ts").components["schemas"]} Schemas */
/** @typedef {Schemas["Asset"]} Asset */
/** @typedef {Extract<Schemas["Instructions"], {strategy: "single"}>} Single where a file goes in one piece */
/**
 * What the service is told of the file. Its name and type are the file's own where they are left out.
 *
 * @typedef {Omit<Partial<Schemas["NewUpload"]>, "size">} UploadOptions
 */

/**
 * @typedef {object} Shared what the uploads of one client have in common
 * @property {import("./api.js").Api} api
 * @property {import("./places.js").Places} places
 * @property {import("./records.js").Records} records
 * @property {Map<string, Upload>} active unfinished uploads by the key of their record
 * @property {number} attempts
 * @property {import("./places.js").Places} connections to storage
 * @property {(uploadId: string) => Promise<void>} discard has the service forget an upload, if it is still there
 * @property {(id: string) => Promise<Asset>} untilInspected
 */

/**
 * One file on its way. It starts by itself.
 *
 * Events: `status` when {@link Upload.status} changes; `progress`, at most ten a second, with a {@link Progress} as
 * `detail`; `retry` before a repetition, with `{seconds, attempt, error}`.
 */
export class Upload extends EventTarget {
  #shared;
  #file;
  #options;
  /** @type {UploadStatus} */
  #status = "queued";
  /** @type {QuaysideError | null} */
  #problem = null;
  /** @type {Asset | null} */
  #asset = null;
  /** @type {string | null} */
  #uploadId = null;
  /** @type {Parts | null} null for a single PUT */
  #parts = null;
  /** @type {Single | null} null for parts, and where all bytes are there */
  #single = null;
  #singleBytes = 0;
  /** Storage has every byte; of parts that are put together already it tells no more. */
  #isStored = false;
  /** @type {string | null} */
  #recordKey = null;
  #idempotencyKey = randomKey();
  #meter = new Meter();
  #progressAt = 0;
  #abort = new AbortController();
  /** @type {Promise<void>} settles when nothing runs any more */
  #running;
  #resolve = (/** @type {Asset} */ _asset) => {};
  #reject = (/** @type {QuaysideError} */ _error) => {};

  /**
   * @param {Shared} shared
   * @param {File} file
   * @param {UploadOptions} options
   */
  constructor(shared, file, options) {
    super();
    this.#shared = shared;
    this.#file = file;
    this.#options = options;
    /**
     * The asset once it is `ready`. Rejected with a {@link QuaysideError} when the upload or the inspection of the
     * file fails, and with code `cancelled`.
     *
     * @type {Promise<Asset>}
     */
    this.finished = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Whoever listens to the events alone is not to be blamed for an unhandled rejection.
    this.finished.catch(() => {});
    this.#running = this.#run();
  }

  get file() {
    return this.#file;
  }

  get status() {
    return this.#status;
  }

  /** Why it failed; while `queued`, why the service does not let it begin yet; otherwise null. */
  get problem() {
    return this.#problem;
  }

  /** @returns {Asset | null} as last seen, null until the upload is complete */
  get asset() {
    return this.#asset;
  }

  /** Whether somebody deleted the asset while it was being inspected. */
  get isDeleted() {
    return this.#asset !== null && this.#problem?.status === 404;
  }

  /** @returns {string | null} null until the service has been asked */
  get uploadId() {
    return this.#uploadId;
  }

  /** @returns {Progress} as of now */
  get progress() {
    const { size } = this.#file;
    const sent = this.#parts?.bytesUploaded ?? this.#singleBytes;
    const bytesUploaded = this.#isStored || this.#asset ? size : Math.min(size, sent);
    const speed = this.#status === "uploading" ? Math.round(this.#meter.bytesPerSecond(bytesUploaded)) : 0;
    return {
      bytesUploaded,
      size,
      percent: size === 0 ? 0 : Math.floor((bytesUploaded / size) * 1000) / 10,
      speedBytesPerSecond: speed,
      etaSeconds: speed > 0 ? Math.ceil((size - bytesUploaded) / speed) : null,
    };
  }

  /** Stops sending. Parts that are through are kept, those under way start again later. Else without effect. */
  pause() {
    if (!["queued", "starting", "uploading", "offline"].includes(this.#status)) return;
    this.#set("paused");
    this.#abort.abort();
  }

  /** Goes on after {@link Upload.pause}. Else without effect. */
  resume() {
    if (this.#status !== "paused") return;
    this.#set("queued");
    this.#running = this.#running.then(() => this.#run());
  }

  /**
   * Gives the upload up, also one that failed, and has the service forget what was sent. Without effect once the
   * file is complete: delete the asset then.
   *
   * @returns {Promise<void>} when the service has forgotten it
   * @throws {QuaysideError} where the service could not be told; it forgets the upload by itself when it expires
   */
  async cancel() {
    if (["completing", "processing", "ready", "cancelled"].includes(this.#status) || this.#asset) return;
    this.#set("cancelled");
    this.#abort.abort();
    this.#reject(new QuaysideError("The upload was cancelled.", { code: CANCELLED }));
    await this.#running;
    this.#forget();
    if (this.#uploadId) await this.#shared.discard(this.#uploadId);
  }

  async #run() {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    // Paused and resumed, or cancelled, before its turn came.
    if (this.#status !== "queued") return;
    let release = () => {};
    try {
      release = await this.#shared.places.take(signal);
      const asset = await this.#transfer(signal);
      release();
      this.#forget();
      await this.#awaitInspection(asset, signal);
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    } finally {
      release();
    }
  }

  /**
   * Gets the file into storage and the upload complete. Whenever the service or storage contradict what we know, what
   * is there is looked up again.
   *
   * @param {AbortSignal} signal
   * @returns {Promise<Asset>}
   */
  async #transfer(signal) {
    for (let round = 1; ; round += 1) {
      try {
        const uploadId = this.#uploadId ?? (await this.#begin(signal));
        if (this.#asset) return this.#asset;
        this.#set("uploading", signal);
        this.#meter.reset();
        if (!this.#isStored) await (this.#single ? this.#sendSingle(this.#single, signal) : this.#sendParts(signal));
        this.#isStored = true;
        this.#set("completing", signal);
        return await this.#complete(uploadId);
      } catch (error) {
        signal.throwIfAborted();
        if (round >= ROUNDS || !this.#uploadId || !isChangedUpload(error)) throw error;
        this.#set("starting", signal);
        const found = await this.#pickUp(this.#uploadId, signal);
        if (found === "this") continue;
        this.#uploadId = null;
        this.#forget();
        // Somebody took it away on purpose; to begin again unasked would go against that.
        if (found === "nothing") throw new QuaysideError("The upload was cancelled elsewhere.", { code: "not_found" });
      }
    }
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<string>} the upload's id
   */
  async #begin(signal) {
    const { active, api, records } = this.#shared;
    this.#set("starting", signal);
    const key = records.key(await api.owner(), this.#file);
    // The same file twice at once is two uploads, of which the first is the one to remember.
    if (!active.has(key)) active.set((this.#recordKey = key), this);
    const record = this.#recordKey && records.get(this.#recordKey);
    if (record) {
      if ((await this.#pickUp(record.uploadId, signal)) === "this") return record.uploadId;
      records.delete(key);
    }
    return this.#initiate(signal);
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<string>} the upload's id
   */
  async #initiate(signal) {
    const { api, places, records } = this.#shared;
    // Whatever the browser says; the service refuses what it does not take.
    const found = /** @type {Schemas["MediaType"]} */ (contentTypeOf(this.#file));
    const { filename = this.#file.name, contentType = found, ...rest } = this.#options;
    const body = { filename, size: this.#file.size, contentType, ...rest };
    let instructions;
    for (;;) {
      try {
        const headers = { "idempotency-key": this.#idempotencyKey };
        const onDelay = this.#onDelay(signal);
        instructions = await api.send("post", "/v1/uploads", { body, headers, signal, keepAnswer: true, onDelay });
        break;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof QuaysideError) || error.code !== "too_many_uploads") throw error;
        this.#set("queued", signal, error);
        await places.untilFreed(error.retryAfterSeconds ?? PLACE_CHECK_SECONDS, signal);
      }
    }
    this.#adopt(instructions);
    // Whatever is begun after this one is lost is another upload.
    this.#idempotencyKey = randomKey();
    const { uploadId } = instructions;
    if (this.#recordKey) {
      const startedAt = new Date().toISOString();
      records.set(this.#recordKey, { uploadId, name: this.#file.name, size: this.#file.size, startedAt });
    }
    signal.throwIfAborted();
    return uploadId;
  }

  /**
   * Goes on with an upload of which only the id is known, by what storage has of it.
   *
   * @param {string} uploadId
   * @param {AbortSignal} signal
   * @returns {Promise<"this" | "leftovers" | "nothing">} "leftovers" of an upload with which one cannot go on
   */
  async #pickUp(uploadId, signal) {
    const { api } = this.#shared;
    const asking = { path: { id: uploadId }, signal, onDelay: this.#onDelay(signal) };
    const upload = await orNothing(api.send("get", "/v1/uploads/{id}", asking));
    if (upload?.status !== "awaiting_upload") {
      // Complete already, when the answer that said so was lost.
      const asset = await orNothing(api.send("get", "/v1/assets/{id}", asking));
      if (!asset) return "nothing";
      if (!["uploaded", "ready"].includes(asset.status)) return "leftovers";
      this.#uploadId = uploadId;
      this.#asset = asset;
      return "this";
    }
    const isWhole = upload.bytesUploaded === upload.size;
    if (upload.size === this.#file.size && (upload.strategy === "multipart" || isWhole)) {
      this.#adopt(upload);
      this.#isStored = isWhole;
      return "this";
    }
    // A single PUT has no middle from which to go on, and its URL is known only to the page that asked for it.
    await this.#shared.discard(uploadId);
    return "leftovers";
  }

  /** @param {Schemas["Instructions"] | Schemas["Progress"]} plan the latter of an upload that is gone on with */
  #adopt(plan) {
    const { uploadId } = plan;
    this.#uploadId = uploadId;
    this.#isStored = false;
    this.#singleBytes = 0;
    this.#single = "url" in plan ? plan : null;
    this.#parts = null;
    if ("url" in plan || plan.partSize === null || plan.partCount === null) return;
    const { partSize, partCount } = plan;
    const sign = async (/** @type {number[]} */ partNumbers, /** @type {AbortSignal} */ signal) => {
      const { parts } = await this.#shared.api.send("post", "/v1/uploads/{id}/parts", {
        path: { id: uploadId },
        body: { partNumbers },
        signal,
        onDelay: this.#onDelay(signal),
      });
      return parts;
    };
    // What a progress answer lists is in storage; what initiate lists is signed.
    this.#parts = new Parts(this.#file, { partSize, partCount, parts: "status" in plan ? [] : plan.parts }, sign);
    if ("status" in plan) this.#parts.reconcile(plan.parts);
  }

  /** @param {AbortSignal} signal */
  async #sendParts(signal) {
    const { connections, attempts } = this.#shared;
    const onProgress = (/** @type {boolean} */ hasMoved) => this.#onProgress(hasMoved, signal);
    await this.#parts?.send({ connections, attempts, signal, onProgress, onDelay: this.#onDelay(signal) });
  }

  /**
   * @param {Single} single
   * @param {AbortSignal} signal
   */
  async #sendSingle({ url, method, headers }, signal) {
    const onProgress = (/** @type {number} */ bytes) => {
      const hasMoved = bytes > this.#singleBytes;
      this.#singleBytes = bytes;
      this.#onProgress(hasMoved, signal);
    };
    const attempt = async () => {
      const release = await this.#shared.connections.take(signal);
      try {
        await put(url, this.#file, { method, headers, signal, onProgress });
      } catch (error) {
        this.#singleBytes = 0;
        await explain(error, this.#file);
      } finally {
        release();
      }
    };
    await retry(attempt, { attempts: this.#shared.attempts, signal, onDelay: this.#onDelay(signal) });
  }

  /** @param {string} uploadId */
  async #complete(uploadId) {
    const parts = this.#parts?.etags;
    this.#asset = await this.#shared.api.send("post", "/v1/uploads/{id}/complete", {
      path: { id: uploadId },
      body: parts ? { parts } : {},
    });
    return this.#asset;
  }

  /**
   * @param {Asset} stored
   * @param {AbortSignal} signal
   */
  async #awaitInspection(stored, signal) {
    this.#set("processing", signal);
    const asset = await this.#shared.untilInspected(stored.id).catch((error) => {
      if (error.status !== 404) throw error;
      throw new QuaysideError("The file was deleted.", { code: error.code, status: error.status, cause: error });
    });
    this.#asset = asset;
    if (asset.status !== "ready") {
      const { code = asset.status, detail = "The file could not be used." } = asset.failure ?? {};
      throw new QuaysideError(detail, { code });
    }
    this.#set("ready", signal);
    this.#resolve(asset);
  }

  /** @param {any} error */
  #fail(error) {
    const known = error instanceof QuaysideError;
    const unexpected = "Something unexpected happened in this page.";
    const problem = known ? error : new QuaysideError(unexpected, { code: "internal", cause: error });
    if (this.#recordKey) this.#shared.active.delete(this.#recordKey);
    this.#set("failed", undefined, problem);
    this.#reject(problem);
  }

  /** Drops what was kept for resuming. */
  #forget() {
    const { active, records } = this.#shared;
    const key = this.#recordKey;
    this.#recordKey = null;
    // After a failure another attempt at the same file may have taken them over.
    if (!key || (active.has(key) && active.get(key) !== this)) return;
    records.delete(key);
    active.delete(key);
  }

  /**
   * @param {boolean} hasMoved whether bytes have gone out; an attempt that only failed does not end "offline"
   * @param {AbortSignal} signal
   */
  #onProgress(hasMoved, signal) {
    if (signal.aborted) return;
    if (hasMoved) this.#set("uploading", signal);
    const { bytesUploaded, size } = this.progress;
    this.#meter.record(bytesUploaded);
    const now = performance.now() / 1000;
    if (now - this.#progressAt < PROGRESS_EVENT_SECONDS && bytesUploaded < size) return;
    this.#progressAt = now;
    this.dispatchEvent(new CustomEvent("progress", { detail: this.progress }));
  }

  /**
   * @param {AbortSignal} signal
   * @returns {(delay: import("./retry.js").Delay) => void}
   */
  #onDelay(signal) {
    return ({ offline, seconds, attempt, error }) => {
      if (signal.aborted) return;
      if (offline) this.#set("offline", signal);
      else this.dispatchEvent(new CustomEvent("retry", { detail: { seconds, attempt, error } }));
    };
  }

  /**
   * @param {UploadStatus} status
   * @param {AbortSignal} [signal] of the run that says so; once it is aborted, it has no say
   * @param {QuaysideError | null} [problem]
   */
  #set(status, signal, problem = null) {
    if (signal?.aborted || (status === this.#status && problem === this.#problem)) return;
    this.#status = status;
    this.#problem = problem;
    this.dispatchEvent(new CustomEvent("status", { detail: { status } }));
  }
}

/**
 * Whether an answer says that the upload is not, or no longer, what we took it for.
 *
 * @param {unknown} error
 */
function isChangedUpload(error) {
  if (!(error instanceof QuaysideError)) return false;
  if (error.code === STORAGE_REFUSED) return [403, 404].includes(error.status);
  return ["upload_incomplete", "invalid_parts"].includes(error.code) || NOT_TO_BE_HAD.includes(error.status);
}

/**
 * @template Answer
 * @param {Promise<Answer>} answer
 * @returns {Promise<Answer | null>} null where there is nothing to be had
 */
function orNothing(answer) {
  return answer.catch((error) => {
    if (NOT_TO_BE_HAD.includes(error.status)) return null;
    throw error;
  });
}

/** 128 random bits. `crypto.randomUUID` is missing on pages that are not served over HTTPS. */
function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
