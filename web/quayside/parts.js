import { isPassing, FILE_UNREADABLE, NETWORK, QuaysideError } from "./errors.js";
import { put } from "./put.js";
import { retry } from "./retry.js";

/** Most parts that one request may sign. */
const SIGN_AT_ONCE = 100;
/** A URL that has so little left to live is replaced before it is used. */
const MARGIN_SECONDS = 30;
/** One that has just come is used whatever this computer's clock makes of its expiry. */
const FRESH_SECONDS = 60;
const MOST_REFUSALS = 3;
/** More would make a body larger than the API takes; storage knows them anyway. */
const MOST_ETAGS = 500;

/** @typedef {import("../api.d.ts").components["schemas"]} Schemas */
/** @typedef {Schemas["SignedPart"]} SignedPart */

/**
 * The parts of one multipart upload: which of them storage has, what is on its way, and the signed URLs for the rest.
 */
export class Parts {
  #file;
  #plan;
  #sign;
  /** @type {Map<number, string | null>} etags of the parts that storage has */
  #stored = new Map();
  /** @type {Map<number, number>} bytes sent so far of those under way */
  #underWay = new Map();
  /** @type {Map<number, SignedPart & {receivedAt: number}>} */
  #urls = new Map();
  /** @type {Promise<void> | null} */
  #signing = null;

  /**
   * @param {File} file
   * @param {{partSize: number, partCount: number, parts: SignedPart[]}} plan `parts` that are signed already
   * @param {(partNumbers: number[], signal: AbortSignal) => Promise<SignedPart[]>} sign
   */
  constructor(file, plan, sign) {
    this.#file = file;
    this.#plan = plan;
    this.#sign = sign;
    this.#keep(plan.parts);
  }

  /**
   * Takes over what storage says it has. A part of another length than planned counts as missing.
   *
   * @param {Schemas["StoredPart"][]} stored
   */
  reconcile(stored) {
    this.#stored.clear();
    for (const { partNumber, size, etag } of stored) {
      if (size === this.#size(partNumber)) this.#stored.set(partNumber, etag);
    }
  }

  /** Bytes that storage has, and those sent so far of the parts under way. */
  get bytesUploaded() {
    let bytes = 0;
    for (const partNumber of this.#stored.keys()) bytes += this.#size(partNumber);
    for (const sent of this.#underWay.values()) bytes += sent;
    return bytes;
  }

  /** @returns {Schemas["UploadedPart"][] | undefined} undefined where not all are known, or of very many */
  get etags() {
    if (this.#stored.size < this.#plan.partCount || this.#stored.size > MOST_ETAGS) return undefined;
    const parts = [];
    for (const [partNumber, etag] of this.#stored) {
      if (etag === null) return undefined;
      parts.push({ partNumber, etag });
    }
    return parts.sort((one, other) => one.partNumber - other.partNumber);
  }

  /**
   * Sends every missing part, some at a time. The first part that fails for good stops the others.
   *
   * @param {object} how
   * @param {import("./places.js").Places} how.connections of which one is held while a part is sent
   * @param {number} how.attempts for each part
   * @param {AbortSignal} how.signal
   * @param {(hasMoved: boolean) => void} how.onProgress `hasMoved` where more is sent than before, not where a part has
   *   to begin again
   * @param {(delay: import("./retry.js").Delay) => void} how.onDelay
   * @throws {QuaysideError}
   */
  async send({ connections, attempts, signal, onProgress, onDelay }) {
    const missing = this.#missing(1).values();
    const failure = new AbortController();
    const either = AbortSignal.any([signal, failure.signal]);
    const work = async () => {
      for (const partNumber of missing) {
        await this.#sendPart(partNumber, { connections, attempts, signal: either, onProgress, onDelay });
      }
    };
    const workers = Array.from({ length: connections.count }, () =>
      work().catch((error) => {
        failure.abort(error);
        throw error;
      }),
    );
    await Promise.allSettled(workers);
    either.throwIfAborted();
  }

  /**
   * @param {number} partNumber
   * @param {{connections: import("./places.js").Places, attempts: number, signal: AbortSignal,
   *   onProgress: (hasMoved: boolean) => void, onDelay: (delay: import("./retry.js").Delay) => void}} how
   */
  async #sendPart(partNumber, { connections, attempts, signal, onProgress, onDelay }) {
    const start = (partNumber - 1) * this.#plan.partSize;
    const blob = this.#file.slice(start, start + this.#size(partNumber));
    let refusals = 0;

    const attempt = async () => {
      // Signing may take its time, and a connection is not to wait for it; while waiting for one, the URL may grow old.
      await this.#url(partNumber, signal);
      const release = await connections.take(signal);
      const progress = (/** @type {number} */ bytes) => {
        const hasMoved = bytes > (this.#underWay.get(partNumber) ?? 0);
        this.#underWay.set(partNumber, bytes);
        onProgress(hasMoved);
      };
      try {
        const url = await this.#url(partNumber, signal);
        this.#stored.set(partNumber, await put(url, blob, { signal, onProgress: progress }));
      } finally {
        release();
        this.#underWay.delete(partNumber);
        onProgress(false);
      }
    };
    const mayRepeat = (/** @type {any} */ error, /** @type {number} */ failed) => {
      const refused = error.status === 403;
      // A refusal without CORS headers looks like no answer at all, so a second silence is met with a new URL too.
      if (refused || (error.code === NETWORK && failed > 1)) this.#urls.delete(partNumber);
      if (refused) refusals += 1;
      return isPassing(error) || (refused && refusals < MOST_REFUSALS);
    };
    await retry(() => attempt().catch((error) => explain(error, this.#file)), { attempts, signal, mayRepeat, onDelay });
  }

  /**
   * @param {number} partNumber
   * @param {AbortSignal} signal
   * @returns {Promise<string>}
   */
  async #url(partNumber, signal) {
    for (;;) {
      const signed = this.#urls.get(partNumber);
      if (signed && isUsable(signed)) return signed.url;
      // Several parts may find themselves without a URL at once; one request serves them all.
      this.#signing ??= this.#signFrom(partNumber, signal).finally(() => (this.#signing = null));
      await this.#signing;
    }
  }

  /**
   * @param {number} partNumber
   * @param {AbortSignal} signal
   */
  async #signFrom(partNumber, signal) {
    const wanted = this.#missing(partNumber).filter((number) => {
      const signed = this.#urls.get(number);
      return !this.#underWay.has(number) && (!signed || !isUsable(signed));
    });
    const signed = await this.#sign(wanted.slice(0, SIGN_AT_ONCE), signal);
    if (!signed.some((part) => part.partNumber === partNumber)) {
      throw new QuaysideError("The service signed other parts than it was asked for.", { code: "invalid_answer" });
    }
    this.#keep(signed);
  }

  /** @param {SignedPart[]} signed */
  #keep(signed) {
    for (const part of signed) this.#urls.set(part.partNumber, { ...part, receivedAt: Date.now() });
  }

  /**
   * @param {number} from the first part number of interest
   * @returns {number[]}
   */
  #missing(from) {
    const missing = [];
    for (let number = from; number <= this.#plan.partCount; number += 1) {
      if (!this.#stored.has(number)) missing.push(number);
    }
    return missing;
  }

  /** @param {number} partNumber */
  #size(partNumber) {
    const start = (partNumber - 1) * this.#plan.partSize;
    return Math.max(0, Math.min(this.#plan.partSize, this.#file.size - start));
  }
}

/** @param {SignedPart & {receivedAt: number}} signed */
function isUsable({ expiresAt, receivedAt }) {
  const now = Date.now();
  return now - receivedAt < FRESH_SECONDS * 1000 || now < Date.parse(expiresAt) - MARGIN_SECONDS * 1000;
}

/**
 * A file that was changed, moved or deleted while it was being sent looks like a broken connection. Tells the two
 * apart by reading one byte.
 *
 * @param {unknown} error
 * @param {File} file
 * @returns {Promise<never>}
 */
export async function explain(error, file) {
  if (error instanceof QuaysideError && error.code === NETWORK) {
    await file
      .slice(0, 1)
      .arrayBuffer()
      .catch((cause) => {
        throw new QuaysideError("The file was changed, moved or deleted since it was chosen. Choose it again.", {
          code: FILE_UNREADABLE,
          cause,
        });
      });
  }
  throw error;
}
