/**
 * Whether the same request may well succeed a little later: no answer at all, 408, 429, 5xx.
 *
 * @param {unknown} error
 */
export function isPassing(error: unknown): boolean;
/** Codes that the client itself gives; all others come from the API's problem documents. */
export const NETWORK: "network";
export const CANCELLED: "cancelled";
export const FILE_UNREADABLE: "file_unreadable";
export const STORAGE_REFUSED: "storage_refused";
/** Statuses with which the API says that an upload is not, or no longer, to be had. */
export const NOT_TO_BE_HAD: number[];
/**
 * Why something did not work. `message` is a sentence for people: the problem document's `detail` where the API
 * answered with one.
 */
export class QuaysideError extends Error {
    /**
     * @param {string} message
     * @param {object} about
     * @param {string} about.code stable and for programs: one of the API's codes, an asset's failure code, or `network`,
     *   `cancelled`, `file_unreadable`, `storage_refused` from the client itself
     * @param {number} [about.status] HTTP status, 0 where no answer came
     * @param {string} [about.field] the offending input field
     * @param {string} [about.requestId] names the request in the service's log
     * @param {number} [about.retryAfterSeconds] how long the server asked to be left alone
     * @param {unknown} [about.cause]
     */
    constructor(message: string, { code, status, field, requestId, retryAfterSeconds, cause }: {
        code: string;
        status?: number | undefined;
        field?: string | undefined;
        requestId?: string | undefined;
        retryAfterSeconds?: number | undefined;
        cause?: unknown;
    });
    code: string;
    status: number;
    field: string | undefined;
    requestId: string | undefined;
    retryAfterSeconds: number | undefined;
    /** Set once the repetitions allowed for it are used up. */
    exhausted: boolean;
}
