// Uploads a file with the page's client in headless Chromium: `page_upload.cjs GATEWAY TOKEN FILE`.
//
// Chromium is driven by its own protocol over a pipe, with as little of it as will do: a driver that listens to the network,
// as most do, takes a fifth of the speed.
//
// Prints one line of JSON: seconds from `quayside.upload(file)` until the service has answered that the upload is complete,
// the seconds of these until storage had every byte, the asset's id, and the most memory that the page had resident, in bytes.
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

/** The devtools protocol over a pipe: messages of JSON, each ended by a zero byte. */
class Browser {
  #answers = new Map();
  #events = new Map();
  #number = 0;

  constructor() {
    this.profile = fs.mkdtempSync(path.join(os.tmpdir(), "quayside-chromium-"));
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--remote-debugging-pipe", `--user-data-dir=${this.profile}`];
    const program = process.env.CHROMIUM || "/usr/bin/chromium";
    this.process = spawn(program, [...flags, "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    let unread = "";
    this.process.stdio[4].setEncoding("utf8").on("data", (text) => {
      const messages = (unread + text).split("\0");
      unread = messages.pop();
      for (const message of messages) {
        const { id, method, result, error } = JSON.parse(message);
        this.#events.get(method)?.();
        this.#answers.get(id)?.(error ? Promise.reject(new Error(error.message)) : result);
        this.#answers.delete(id);
      }
    });
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.#number;
    this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve) => this.#answers.set(id, resolve));
  }

  /** Waits for the next event of a kind. */
  event(method) {
    return new Promise((resolve) => this.#events.set(method, resolve));
  }

  async close() {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    await this.send("Browser.close");
    await ended;
    fs.rmSync(this.profile, { recursive: true, force: true });
  }
}

async function main([gateway, token, file]) {
  const browser = new Browser();
  try {
    // The gateway's origin, for which storage's CORS rules allow uploads, without the demonstration page around.
    const { targetId } = await browser.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await browser.send("Target.attachToTarget", { targetId, flatten: true });
    await browser.send("Page.enable", {}, sessionId);
    const loaded = browser.event("Page.loadEventFired");
    await browser.send("Page.navigate", { url: `${gateway}/style.css` }, sessionId);
    await loaded;
    const evaluate = async (expression) => {
      const options = { expression, awaitPromise: true, returnByValue: true };
      const { result, exceptionDetails } = await browser.send("Runtime.evaluate", options, sessionId);
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    };
    await evaluate(`{
      const input = document.createElement("input");
      input.type = "file";
      document.body.replaceChildren(input);
    }`);
    const { root } = await browser.send("DOM.getDocument", {}, sessionId);
    const { nodeId } = await browser.send("DOM.querySelector", { nodeId: root.nodeId, selector: "input" }, sessionId);
    await browser.send("DOM.setFileInputFiles", { files: [file], nodeId }, sessionId);
    const measured = await evaluate(`(${upload})(${JSON.stringify(gateway)}, ${JSON.stringify(token)})`);
    console.log(JSON.stringify({ ...measured, peakRss: rendererPeak(browser.process.pid) }));
  } finally {
    await browser.close();
  }
}

/** Runs in the page. */
async function upload(gateway, token) {
  const { Quayside } = await import(`${gateway}/quayside.js`);
  const [file] = document.querySelector("input").files;
  const quayside = new Quayside({ baseUrl: gateway, token });
  const start = performance.now();
  const upload = quayside.upload(file);
  const reached = {};
  await new Promise((resolve, reject) => {
    upload.addEventListener("status", ({ detail: { status } }) => {
      reached[status] = (performance.now() - start) / 1000;
      if (status === "processing") resolve();
      if (status === "failed") reject(upload.problem);
    });
  });
  return { seconds: reached.processing, storedSeconds: reached.completing, id: upload.uploadId };
}

/** The most memory that the page's own process has had resident, in bytes. */
function rendererPeak(browser) {
  const parents = new Map();
  const peaks = new Map();
  for (const pid of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const status = fs.readFileSync(`/proc/${pid}/status`, "utf8");
      parents.set(Number(pid), Number(/^PPid:\s+(\d+)/m.exec(status)[1]));
      if (fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer")) {
        peaks.set(Number(pid), Number(/^VmHWM:\s+(\d+)/m.exec(status)[1]) * 1024);
      }
    } catch {
      // It has ended meanwhile.
    }
  }
  const isOurs = (pid) => pid === browser || (pid > 1 && isOurs(parents.get(pid) ?? 0));
  return Math.max(...[...peaks].filter(([pid]) => isOurs(pid)).map(([, peak]) => peak));
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
