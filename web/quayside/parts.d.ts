/**
 * A file that was changed, moved or deleted while it was being sent looks like a broken connection. Tells the two
 * apart by reading one byte.
 *
 * @param {unknown} error
 * @param {File} file
 * @returns {Promise<never>}
 */
export function explain(error: unknown, file: File): Promise<never>;
/** @typedef {import("../api.d.ts").components["schemas"]} Schemas */
/** @typedef {Schemas["SignedPart"]} SignedPart */
/**
 * The parts of one multipart upload: which of them storage has, what is on its way, and the signed URLs for the rest.
 */
export class Parts {
    /**
     * @param {File} file
     * @param {{partSize: number, partCount: number, parts: SignedPart[]}} plan `parts` that are signed already
     * @param {(partNumbers: number[], signal: AbortSignal) => Promise<SignedPart[]>} sign
     */
    constructor(file: File, plan: {
        partSize: number;
        partCount: number;
        parts: SignedPart[];
    }, sign: (partNumbers: number[], signal: AbortSignal) => Promise<SignedPart[]>);
    /**
     * Takes over what storage says it has. A part of another length than planned counts as missing.
     *
     * @param {Schemas["StoredPart"][]} stored
     */
    reconcile(stored: Schemas["StoredPart"][]): void;
    /** Bytes that storage has, and those sent so far of the parts under way. */
    get bytesUploaded(): number;
    /** @returns {Schemas["UploadedPart"][] | undefined} undefined where not all are known, or of very many */
    get etags(): Schemas["UploadedPart"][] | undefined;
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
    send({ connections, attempts, signal, onProgress, onDelay }: {
        connections: import("./places.js").Places;
        attempts: number;
        signal: AbortSignal;
        onProgress: (hasMoved: boolean) => void;
        onDelay: (delay: import("./retry.js").Delay) => void;
    }): Promise<void>;
    #private;
}
export type Schemas = import("../api.d.ts").components["schemas"];
export type SignedPart = Schemas["SignedPart"];
