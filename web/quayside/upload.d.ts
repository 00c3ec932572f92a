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
    /**
     * @param {Shared} shared
     * @param {File} file
     * @param {UploadOptions} options
     */
    constructor(shared: Shared, file: File, options: UploadOptions);
    /**
     * The asset once it is `ready`. Rejected with a {@link QuaysideError} when the upload or the inspection of the
     * file fails, and with code `cancelled`.
     *
     * @type {Promise<Asset>}
     */
    finished: Promise<Asset>;
    get file(): File;
    get status(): UploadStatus;
    /** Why it failed; while `queued`, why the service does not let it begin yet; otherwise null. */
    get problem(): QuaysideError | null;
    /** @returns {Asset | null} as last seen, null until the upload is complete */
    get asset(): Asset | null;
    /** Whether somebody deleted the asset while it was being inspected. */
    get isDeleted(): boolean;
    /** @returns {string | null} null until the service has been asked */
    get uploadId(): string | null;
    /** @returns {Progress} as of now */
    get progress(): Progress;
    /** Stops sending. Parts that are through are kept, those under way start again later. Else without effect. */
    pause(): void;
    /** Goes on after {@link Upload.pause}. Else without effect. */
    resume(): void;
    /**
     * Gives the upload up, also one that failed, and has the service forget what was sent. Without effect once the
     * file is complete: delete the asset then.
     *
     * @returns {Promise<void>} when the service has forgotten it
     * @throws {QuaysideError} where the service could not be told; it forgets the upload by itself when it expires
     */
    cancel(): Promise<void>;
    #private;
}
export type UploadStatus = "queued" | "starting" | "uploading" | "offline" | "paused" | "completing" | "processing" | "ready" | "failed" | "cancelled";
export type Progress = {
    bytesUploaded: number;
    /**
     * bytes
     */
    size: number;
    /**
     * 0 to 100, with one decimal place
     */
    percent: number;
    /**
     * over the last few seconds; 0 while not known or nothing moves
     */
    speedBytesPerSecond: number;
    /**
     * null while not known
     */
    etaSeconds: number | null;
};
export type Schemas = import("../api.d.ts").components["schemas"];
export type Asset = Schemas["Asset"];
/**
 * where a file goes in one piece
 */
export type Single = Extract<Schemas["Instructions"], {
    strategy: "single";
}>;
/**
 * What the service is told of the file. Its name and type are the file's own where they are left out.
 */
export type UploadOptions = Omit<Partial<Schemas["NewUpload"]>, "size">;
/**
 * what the uploads of one client have in common
 */
export type Shared = {
    api: import("./api.js").Api;
    places: import("./places.js").Places;
    records: import("./records.js").Records;
    /**
     * unfinished uploads by the key of their record
     */
    active: Map<string, Upload>;
    attempts: number;
    /**
     * to storage
     */
    connections: import("./places.js").Places;
    /**
     * has the service forget an upload, if it is still there
     */
    discard: (uploadId: string) => Promise<void>;
    untilInspected: (id: string) => Promise<Asset>;
};
import { QuaysideError } from "./errors.js";
