import { announce } from "./announce.js";
import { byId } from "./dom.js";
import { formatBytes, formatSpeed, plural } from "./format.js";
import { UploadRow } from "./upload-row.js";

const REDRAW_MS = 500;

/** @typedef {import("../quayside.js").Quayside} Quayside */

/** The list of this page's uploads. */
export class Uploads {
  #quayside;
  #on;
  /** @type {Set<UploadRow>} */
  #rows = new Set();
  #list = byId("upload-list");

  /**
   * @param {Quayside} quayside
   * @param {object} on
   * @param {(asset: any) => void} on.asset an upload's asset is there, or has changed
   * @param {(asset: any) => void} on.open
   * @param {(assetId: string) => void} on.gone an upload's asset was deleted elsewhere
   * @param {(upload: import("../quayside.js").Upload) => void} on.status an upload's status has changed
   */
  constructor(quayside, on) {
    this.#quayside = quayside;
    this.#on = on;
    byId("clear-finished").addEventListener("click", () => this.#clearFinished());
    setInterval(() => this.#redraw(), REDRAW_MS);
    // Sent parts are kept, but those under way would be lost.
    addEventListener("beforeunload", (event) => {
      if (this.isSending) event.preventDefault();
    });
  }

  get isSending() {
    return [...this.#rows].some((row) => ["starting", "uploading", "completing"].includes(row.upload.status));
  }

  /** @param {string} uploadId */
  has(uploadId) {
    return [...this.#rows].some((row) => row.upload.uploadId === uploadId);
  }

  /** @param {File[]} files */
  add(files) {
    const known = [...this.#rows].filter((row) => !row.isOver);
    const fresh = files.filter((file) => !known.some((row) => isSame(row.upload.file, file)));
    for (const file of fresh) this.#list.append(this.#begin(file).element);
    const paused = known.filter((row) => files.some((file) => isSame(row.upload.file, file)));
    for (const row of paused) row.upload.resume();
    if (fresh.length > 0) announce(`${plural(fresh.length, "file")} added.`);
    if (paused.length > 0) announce(`${plural(paused.length, "file")} already in the list.`);
    this.#summarise();
  }

  /**
   * Drops the upload of an asset that the user has deleted, about which there is nothing more to say.
   *
   * @param {string} assetId
   */
  forget(assetId) {
    for (const row of [...this.#rows].filter((row) => row.upload.asset?.id === assetId)) {
      row.leave();
      this.#remove(row);
    }
  }

  /** Stops everything; what storage has is kept for another time. */
  pauseAll() {
    for (const row of this.#rows) row.upload.pause();
  }

  /** @param {File} file */
  #begin(file) {
    const row = new UploadRow(this.#quayside.upload(file), {
      retry: (failed) => this.#retry(failed),
      remove: (removed) => this.#remove(removed),
      changed: (changed) => this.#changed(changed),
      open: this.#on.open,
    });
    this.#rows.add(row);
    return row;
  }

  /** @param {UploadRow} failed */
  #retry(failed) {
    const { file } = failed.upload;
    const again = this.#begin(file);
    this.#rows.delete(failed);
    failed.element.replaceWith(again.element);
    again.focus();
    announce(`Trying ${file.name} again.`);
    this.#summarise();
  }

  /** @param {UploadRow} removed */
  #remove(removed) {
    const rows = [...this.#rows];
    const at = rows.indexOf(removed);
    const next = rows[at + 1] ?? rows[at - 1];
    const hadFocus = removed.element.contains(document.activeElement);
    this.#rows.delete(removed);
    removed.element.remove();
    this.#summarise();
    if (hadFocus) (next ?? byId("file-input")).focus();
  }

  /** @param {UploadRow} row */
  #changed(row) {
    const { upload } = row;
    if (upload.isDeleted) this.#on.gone(upload.asset.id);
    else if (upload.asset) this.#on.asset(upload.asset);
    this.#on.status(upload);
    this.#summarise();
  }

  #clearFinished() {
    for (const row of [...this.#rows].filter((row) => row.upload.status === "ready")) {
      this.#rows.delete(row);
      row.element.remove();
    }
    byId("file-input").focus();
    this.#summarise();
  }

  #redraw() {
    for (const row of this.#rows) if (!row.isOver) row.draw();
    if (this.isSending) this.#summarise();
  }

  #summarise() {
    byId("upload-panel").hidden = this.#rows.size === 0;
    const uploads = [...this.#rows].map((row) => row.upload);
    const ready = uploads.filter((upload) => upload.status === "ready").length;
    const failed = uploads.filter((upload) => upload.status === "failed").length;
    const progress = uploads.filter((upload) => upload.status !== "failed").map((upload) => upload.progress);
    const sent = progress.reduce((sum, { bytesUploaded }) => sum + bytesUploaded, 0);
    const size = progress.reduce((sum, { size: of }) => sum + of, 0);
    const speed = progress.reduce((sum, { speedBytesPerSecond }) => sum + speedBytesPerSecond, 0);

    const counts = [`${ready} of ${plural(uploads.length, "file")} ready`];
    if (failed > 0) counts.push(`${failed} failed`);
    byId("upload-counts").textContent = counts.join(" · ");
    const numbers = sent < size ? [`${formatBytes(sent)} of ${formatBytes(size)}`] : [];
    if (speed > 0) numbers.push(formatSpeed(speed));
    byId("upload-totals").textContent = numbers.join(" · ");
    byId("clear-finished").hidden = ready === 0;
  }
}

/**
 * @param {File} one
 * @param {File} other
 */
function isSame(one, other) {
  return one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
}
