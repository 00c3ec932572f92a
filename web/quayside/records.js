const PREFIX = "quayside.upload";

/** @typedef {{uploadId: string, name: string, size: number, startedAt: string}} UploadRecord */

/**
 * Remembers which upload a file belongs to, so that the same file goes on after the tab was closed. Kept in
 * localStorage; where that is missing, full or forbidden, in memory for as long as the page lives.
 */
export class Records {
  /** @type {Map<string, string>} */
  #memory = new Map();
  #storage = openStorage();

  /**
   * @param {string} owner
   * @param {File} file
   * @returns {string} the same for the same unchanged file, without reading it
   */
  key(owner, file) {
    const fingerprint = [file.name, file.size, file.lastModified, file.type];
    return `${this.#prefix(owner)}${JSON.stringify(fingerprint)}`;
  }

  /**
   * @param {string} key
   * @returns {UploadRecord | null}
   */
  get(key) {
    try {
      const record = JSON.parse(this.#memory.get(key) ?? this.#storage?.getItem(key) ?? "null");
      return typeof record?.uploadId === "string" ? record : null;
    } catch {
      return null;
    }
  }

  /**
   * @param {string} key
   * @param {UploadRecord} record
   */
  set(key, record) {
    const text = JSON.stringify(record);
    try {
      if (!this.#storage) throw new Error("no localStorage");
      this.#storage.setItem(key, text);
    } catch {
      this.#memory.set(key, text);
    }
  }

  /** @param {string} key */
  delete(key) {
    this.#memory.delete(key);
    try {
      this.#storage?.removeItem(key);
    } catch {
      // Then it was not kept there either.
    }
  }

  /**
   * @param {string} owner
   * @returns {{key: string, record: UploadRecord}[]}
   */
  list(owner) {
    const keys = new Set([...this.#memory.keys(), ...Object.keys(this.#storage ?? {})]);
    return [...keys]
      .filter((key) => key.startsWith(this.#prefix(owner)))
      .flatMap((key) => {
        const record = this.get(key);
        return record ? [{ key, record }] : [];
      });
  }

  /**
   * Owners are free text, so they are quoted lest one's records read as another's.
   *
   * @param {string} owner
   */
  #prefix(owner) {
    return `${PREFIX}:${JSON.stringify(owner)}:`;
  }
}

/** @returns {Storage | null} */
function openStorage() {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
