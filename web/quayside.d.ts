export { QuaysideError } from "./quayside/errors.js";
export { Upload } from "./quayside/upload.js";
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
    constructor({ baseUrl, token, concurrentUploads, connections, attempts }: {
        baseUrl: string;
        token: import("./quayside/api.js").Token;
        concurrentUploads?: number | undefined;
        connections?: number | undefined;
        attempts?: number | undefined;
    });
    /**
     * Uploads a file. The same unchanged file of the same owner, given again after the page was closed or the upload
     * failed, goes on where it was.
     *
     * @param {File} file
     * @param {import("./quayside/upload.js").UploadOptions} [options]
     * @returns {Upload}
     */
    upload(file: File, options?: import("./quayside/upload.js").UploadOptions): Upload;
    /**
     * Has the service fetch files from URLs. What comes of each is seen by {@link Quayside.untilInspected}.
     *
     * @param {Ingestion[]} files any number
     * @param {{key?: string}} [options] `key` names these files, so that the same ones handed over again with it begin once
     * @returns {Promise<(Asset | QuaysideError)[]>} for each file, in the order given, its asset, `ingesting`, or why it is
     *   not fetched
     */
    ingest(files: Ingestion[], { key }?: {
        key?: string;
    }): Promise<(Asset | QuaysideError)[]>;
    /**
     * @param {string} id of an asset whose bytes are on their way
     * @returns {Promise<Progress>}
     */
    progress(id: string): Promise<Progress>;
    /**
     * The caller's uploads that are begun, not complete, and not under way in this client.
     *
     * @returns {Promise<UnfinishedUpload[]>} newest first
     */
    unfinished(): Promise<UnfinishedUpload[]>;
    /**
     * Gives up an upload of an earlier session. For one of this page, use {@link Upload.cancel}.
     *
     * @param {string} uploadId
     */
    discard(uploadId: string): Promise<void>;
    /**
     * @param {string} id
     * @param {{signal?: AbortSignal}} [options]
     * @returns {Promise<Asset>}
     */
    get(id: string, { signal }?: {
        signal?: AbortSignal;
    }): Promise<Asset>;
    /**
     * One page of assets, newest first. `cursor` is the previous page's `nextCursor`.
     *
     * @param {AssetFilter & {cursor?: string, signal?: AbortSignal}} [filter]
     * @returns {Promise<Schemas["AssetPage"]>}
     */
    list({ signal, ...filter }?: AssetFilter & {
        cursor?: string;
        signal?: AbortSignal;
    }): Promise<Schemas["AssetPage"]>;
    /**
     * All pages, each fetched when it is asked for: `for await (const { items } of quayside.pages()) …`
     *
     * @param {AssetFilter} [filter]
     */
    pages(filter?: AssetFilter): AsyncGenerator<{
        items: import("./api.d.ts").components["schemas"]["Asset"][];
        looked?: number;
        nextCursor: string | null;
    }, void, unknown>;
    /** @param {string} id */
    delete(id: string): Promise<void>;
    /**
     * Has an asset inspected again: one that is ready, or that failed and whose bytes are kept, as with
     * `processing_gave_up`. One whose inspection is not over is left to it.
     *
     * @param {string} id
     * @returns {Promise<Asset>} as it is now, mostly `uploaded`; see {@link Quayside.untilInspected}
     * @throws {import("./quayside/errors.js").QuaysideError} `not_processable` where its bytes are not, or no longer,
     *   there
     */
    process(id: string): Promise<Asset>;
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
    dataUrl(id: string, { variant, download }?: {
        variant?: string | undefined;
        download?: boolean | undefined;
    }): Promise<Schemas["DataUrl"]>;
    /**
     * Looks at an asset, ever less often, until its inspection has ended. Trouble on the way there is sat out.
     *
     * @param {string} id
     * @param {{signal?: AbortSignal, onLook?: (asset: Asset) => void}} [options] `onLook` is told what each look that is
     *   not the last has seen
     * @returns {Promise<Asset>} `ready` or `failed`
     * @throws {import("./quayside/errors.js").QuaysideError} `not_found` when it was deleted meanwhile
     */
    untilInspected(id: string, { signal, onLook }?: {
        signal?: AbortSignal;
        onLook?: (asset: Asset) => void;
    }): Promise<Asset>;
    #private;
}
/**
 * the API's own types, made of its description
 */
export type Schemas = import("./api.d.ts").components["schemas"];
export type Asset = Schemas["Asset"];
/**
 * what inspection found out
 */
export type Metadata = Schemas["Metadata"];
/**
 * a smaller form of an image
 */
export type Variant = Schemas["Variant"];
/**
 * a file that is to be taken from a URL
 */
export type Ingestion = Schemas["FileAtUrl"];
/**
 * what has come of a file that is on its way
 */
export type Progress = Schemas["Progress"];
export type AssetQuery = NonNullable<import("./api.d.ts").operations["listAssets"]["parameters"]["query"]>;
/**
 * which assets are listed, and how many a page
 */
export type AssetFilter = Omit<AssetQuery, "cursor">;
export type UnfinishedUpload = {
    uploadId: string;
    name: string;
    /**
     * bytes
     */
    size: number;
    bytesUploaded: number;
    createdAt: string;
    /**
     * whether this browser began it, so that the same file given to `upload` goes on with it
     */
    resumable: boolean;
};
import { Upload } from "./quayside/upload.js";
import { QuaysideError } from "./quayside/errors.js";
