import { announce } from "./announce.js";
import { byId } from "./dom.js";

/**
 * Takes files that are dropped anywhere on the page, pasted, or chosen.
 *
 * @param {(files: File[]) => void} onFiles
 */
export function takeFiles(onFiles) {
  const zone = byId("drop-zone");
  const input = byId("file-input");
  // Moving over a child leaves its parent, so only the balance tells whether the page was left.
  let depth = 0;

  const over = (/** @type {boolean} */ isOver) => zone.classList.toggle("over", isOver);
  const carriesFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files");

  addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth += 1;
    over(true);
  });
  addEventListener("dragleave", (event) => {
    if (!carriesFiles(event)) return;
    depth = Math.max(0, depth - 1);
    over(depth > 0);
  });
  addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  addEventListener("drop", (event) => {
    if (!carriesFiles(event) || !event.dataTransfer) return;
    event.preventDefault();
    depth = 0;
    over(false);
    take(filesOf(event.dataTransfer));
  });
  addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) take([...event.clipboardData.files]);
  });
  input.addEventListener("change", () => {
    take([...input.files]);
    // So that choosing the same file again is a change too.
    input.value = "";
  });

  /** @param {File[]} files */
  function take(files) {
    if (files.length > 0) onFiles(files);
  }
}

/**
 * A folder arrives as a file that cannot be read.
 *
 * @param {DataTransfer} transfer
 */
function filesOf(transfer) {
  const folders = [...transfer.items].flatMap((item) => {
    const entry = item.webkitGetAsEntry?.();
    return entry?.isDirectory ? [entry.name] : [];
  });
  if (folders.length > 0) announce("Folders cannot be uploaded. Open the folder and choose its files.");
  return [...transfer.files].filter((file) => !folders.includes(file.name));
}
