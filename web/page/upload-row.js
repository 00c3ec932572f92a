import { contentTypeOf } from "../quayside/content-type.js";
import { announce } from "./announce.js";
import { element, iconButton, relabel } from "./dom.js";
import { formatBytes, formatSentence, formatSpeed, formatTimeLeft } from "./format.js";

/** @typedef {import("../quayside.js").Upload} Upload */

/** Refusals of the file itself, which another attempt would meet again. */
const FOR_GOOD = new Set(["type_not_allowed", "too_large", "invalid_filename", "invalid_size"]);

const WORDS = {
  queued: "Waiting for its turn",
  starting: "Starting…",
  uploading: "Uploading",
  offline: "Offline. Goes on by itself once the connection is back.",
  paused: "Paused",
  completing: "Finishing…",
  processing: "Uploaded. Being inspected…",
  ready: "Ready",
  failed: "Failed",
  cancelled: "Cancelled",
};

/** One file in the list of uploads: its progress in words and as a bar, and what one can do about it. */
export class UploadRow {
  #upload;
  #actions;
  #left = new AbortController();
  #note = "";
  #name;
  #state = element("p", { class: "row-state", "data-testid": "upload-state" });
  #numbers = element("p", { class: "row-numbers", "data-testid": "upload-numbers" });
  #fill = element("div", { class: "bar-fill" });
  #bar;
  #main;
  #end;

  /**
   * @param {Upload} upload
   * @param {object} actions
   * @param {(row: UploadRow) => void} actions.retry
   * @param {(row: UploadRow) => void} actions.remove
   * @param {(row: UploadRow) => void} actions.changed
   * @param {(asset: any) => void} actions.open
   */
  constructor(upload, actions) {
    this.#upload = upload;
    this.#actions = actions;
    this.#name = upload.file.name;
    this.#bar = element(
      "div",
      { class: "bar", role: "progressbar", "aria-label": this.#name, "aria-valuemin": 0, "aria-valuemax": 100 },
      this.#fill,
    );
    this.#main = iconButton("pause", `Pause ${this.#name}`, () => this.#act());
    this.#end = iconButton("close", `Cancel ${this.#name}`, () => this.#finish());
    this.element = element(
      "li",
      { class: "row", "data-testid": "upload-row" },
      element("h3", { class: "row-name" }, this.#name),
      element("div", { class: "row-buttons" }, this.#main, this.#end),
      this.#bar,
      element("div", { class: "row-facts" }, this.#state, this.#numbers),
    );

    const { signal } = this.#left;
    const listen = (/** @type {string} */ type, /** @type {(event: any) => void} */ listener) =>
      upload.addEventListener(type, listener, { signal });
    listen("status", () => this.#changed());
    listen("progress", () => {
      this.#note = "";
      this.#drawBar();
    });
    listen("retry", ({ detail: { seconds, error } }) => {
      this.#note = `${error.message} Trying again in ${Math.max(1, Math.round(seconds))} s.`;
      this.draw();
    });
    this.draw();
  }

  /** Has nothing more to do with its upload, whatever becomes of that. */
  leave() {
    this.#left.abort();
  }

  get upload() {
    return this.#upload;
  }

  get isOver() {
    return ["ready", "failed", "cancelled"].includes(this.#upload.status);
  }

  focus() {
    this.#end.focus();
  }

  /** Brings words and numbers up to date; speed falls also while nothing happens. */
  draw() {
    const { status, problem } = this.#upload;
    this.element.dataset.status = status;
    const refusal = problem && (status === "failed" ? this.#reason(problem) : `Waiting. ${this.#reason(problem)}`);
    const numbers = this.#numbersText();
    // A speed says that it is uploading, and the two would not fit on one line.
    const words = refusal ?? (this.#note || (numbers.includes("/s") ? "" : WORDS[status]));
    if (this.#state.textContent !== words) this.#state.textContent = words;
    this.#numbers.textContent = numbers;
    this.#drawButtons();
    this.#drawBar();
  }

  /** @param {import("../quayside.js").QuaysideError} problem */
  #reason({ code, message }) {
    // The service lists the media types that it takes, which helps programmers.
    if (code === "type_not_allowed") return `Files of type ${contentTypeOf(this.#upload.file)} cannot be uploaded.`;
    return formatSentence(message);
  }

  #numbersText() {
    const { status, progress } = this.#upload;
    const { bytesUploaded, size, speedBytesPerSecond, etaSeconds } = progress;
    if (status !== "uploading" && (bytesUploaded === 0 || bytesUploaded === size)) return formatBytes(size);
    const parts = [`${formatBytes(bytesUploaded)} of ${formatBytes(size)}`];
    if (speedBytesPerSecond > 0) parts.push(formatSpeed(speedBytesPerSecond));
    if (etaSeconds !== null) parts.push(formatTimeLeft(etaSeconds));
    return parts.join(" · ");
  }

  #drawBar() {
    const { percent } = this.#upload.progress;
    this.#fill.style.setProperty("transform", `scaleX(${percent / 100})`);
    this.#bar.setAttribute("aria-valuenow", String(Math.floor(percent)));
    this.#bar.setAttribute("aria-valuetext", `${Math.floor(percent)} %`);
  }

  /** The two buttons stay the same elements, so that whoever pressed one keeps the focus. */
  #drawButtons() {
    const { status, problem, asset } = this.#upload;
    if (status === "paused") relabel(this.#main, "resume", `Resume ${this.#name}`);
    else if (status === "failed") relabel(this.#main, "retry", `Retry ${this.#name}`);
    else if (status === "ready") relabel(this.#main, "open", `Open ${this.#name}`);
    else relabel(this.#main, "pause", `Pause ${this.#name}`);
    this.#main.hidden = status === "failed" && (asset !== null || FOR_GOOD.has(problem?.code ?? ""));
    relabel(this.#end, "close", `${this.isOver ? "Dismiss" : "Cancel"} ${this.#name}`);
    for (const button of [this.#main, this.#end]) button.ariaDisabled = String(this.#isClosing);
  }

  /** All is sent, and there is nothing to pause or cancel any more. */
  get #isClosing() {
    return ["completing", "processing"].includes(this.#upload.status);
  }

  #changed() {
    this.#note = "";
    const { status, problem } = this.#upload;
    const hadFocus = this.#main === document.activeElement;
    this.draw();
    // A button that is hidden would drop the focus to the top of the page.
    if (hadFocus && this.#main.hidden) this.#end.focus();
    if (status === "ready") announce(`${this.#name} is ready.`);
    if (this.#upload.isDeleted) announce(`${this.#name} was deleted.`);
    else if (status === "failed") announce(`${this.#name} failed. ${problem ? this.#reason(problem) : ""}`);
    if (status === "offline") announce("Offline. Uploads go on once the connection is back.");
    this.#actions.changed(this);
  }

  #act() {
    const { status, asset } = this.#upload;
    if (status === "paused") {
      this.#upload.resume();
      announce(`${this.#name} goes on.`);
    } else if (status === "failed") {
      this.#actions.retry(this);
    } else if (status === "ready") {
      this.#actions.open(asset);
    } else {
      this.#upload.pause();
      if (this.#upload.status === "paused") announce(`${this.#name} is paused.`);
    }
  }

  #finish() {
    if (this.#isClosing) return;
    const wasOver = this.isOver;
    this.#upload.cancel().catch((error) => announce(error.message));
    if (!wasOver) announce(`${this.#name} was cancelled.`);
    this.#actions.remove(this);
  }
}
