/**
 * @param {File} file
 * @returns {string} what the browser says, else what the name says, else `application/octet-stream`
 */
export function contentTypeOf(file: File): string;
