/** @typedef {{uploadId: string, name: string, size: number, startedAt: string}} UploadRecord */
/**
 * Remembers which upload a file belongs to, so that the same file goes on after the tab was closed. Kept in
 * localStorage; where that is missing, full or forbidden, in memory for as long as the page lives.
 */
export class Records {
    /**
     * @param {string} owner
     * @param {File} file
     * @returns {string} the same for the same unchanged file, without reading it
     */
    key(owner: string, file: File): string;
    /**
     * @param {string} key
     * @returns {UploadRecord | null}
     */
    get(key: string): UploadRecord | null;
    /**
     * @param {string} key
     * @param {UploadRecord} record
     */
    set(key: string, record: UploadRecord): void;
    /** @param {string} key */
    delete(key: string): void;
    /**
     * @param {string} owner
     * @returns {{key: string, record: UploadRecord}[]}
     */
    list(owner: string): {
        key: string;
        record: UploadRecord;
    }[];
    #private;
}
export type UploadRecord = {
    uploadId: string;
    name: string;
    size: number;
    startedAt: string;
};
