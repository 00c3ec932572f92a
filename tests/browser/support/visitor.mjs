import assert from "node:assert/strict";
import { basename } from "node:path";
import { after } from "node:test";
import { chromium } from "playwright-core";

/** Long enough for a busy machine, since what waits goes on as soon as it can. */
const PATIENCE_MS = 60_000;

/** What the browser says by itself where a request fails; expected in tests in which some do. */
export const FAILED_REQUEST = /^Failed to load resource/;

/** @returns {Promise<import("playwright-core").Browser>} closed when the calling test file is done */
export async function launch() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-quic",
      "--no-first-run",
    ],
  });
  after(() => browser.close());
  return browser;
}

/** Somebody with a browser profile of their own. What the page does wrong on the way fails the test in the end. */
export class Visitor {
  #context;
  #system;

  /**
   * @param {import("node:test").TestContext} t
   * @param {{browser: import("playwright-core").Browser, system: import("./system.mjs").System}} stage
   * @param {object} [options]
   * @param {RegExp} [options.expected] what the console may say; otherwise it is to stay empty
   * @param {import("playwright-core").BrowserContextOptions} [options.context]
   */
  static async arrive(t, { browser, system }, { expected, context: options } = {}) {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(PATIENCE_MS);
    await context.addInitScript(() => {
      addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
        console.error(`The content security policy's ${violatedDirective} stopped ${blockedURI}`);
      });
    });
    /** @type {string[]} */
    const complaints = [];
    context.on("weberror", (error) => complaints.push(error.error().stack ?? String(error.error())));
    context.on("console", (message) => {
      if (!expected?.test(message.text())) complaints.push(`${message.type()}: ${message.text()}`);
    });
    t.after(async () => {
      await context.close();
      assert.deepEqual(complaints, [], "what the page complained of");
    });
    return new Visitor(context, system);
  }

  /**
   * @param {import("playwright-core").BrowserContext} context
   * @param {import("./system.mjs").System} system
   */
  constructor(context, system) {
    this.#context = context;
    this.#system = system;
  }

  get context() {
    return this.#context;
  }

  /** @returns {Promise<Tab>} a new tab with the page */
  async open() {
    const page = await this.#context.newPage();
    await page.goto(this.#system.gateway);
    return new Tab(page);
  }

  /**
   * @param {string} name
   * @returns {Promise<Tab>} a new tab in which that user's files are listed
   */
  async signIn(name) {
    const tab = await this.open();
    await tab.signIn(name);
    return tab;
  }
}

/** The page in a tab, by what people see and do there. */
export class Tab {
  /** @type {import("playwright-core").CDPSession | undefined} */
  #devtools;

  /** @param {import("playwright-core").Page} page */
  constructor(page) {
    this.page = page;
  }

  /** @param {string} name */
  async signIn(name) {
    await this.page.getByLabel("Name").fill(name);
    await this.page.getByRole("button", { name: "Sign in" }).click();
    await this.listed();
  }

  /** Until the user's files are listed. */
  async listed() {
    await this.page.locator("#gallery").waitFor();
  }

  /** @param {string | string[] | object | object[]} files paths, or `{name, mimeType, buffer}` */
  async choose(files) {
    await this.page.getByLabel("Choose files").setInputFiles(/** @type {any} */ (files));
  }

  /**
   * Drops a file as a file manager does: what the page gets is the file on disk.
   *
   * @param {string} path
   */
  async drop(path) {
    const zone = await this.page.locator("#drop-zone").boundingBox();
    assert.ok(zone);
    const devtools = await this.page.context().newCDPSession(this.page);
    const at = { x: zone.x + zone.width / 2, y: zone.y + zone.height / 2 };
    const data = { items: [], files: [path], dragOperationsMask: 1 };
    for (const type of /** @type {const} */ (["dragEnter", "dragOver", "drop"])) {
      await devtools.send("Input.dispatchDragEvent", { type, ...at, data });
    }
    await devtools.detach();
  }

  /**
   * Makes this tab's uplink slow for as long as the tab lives, or until its network is changed again. Whatever is on
   * its way at a change goes through at once.
   *
   * @param {number} bytesPerSecond
   */
  async limitUplink(bytesPerSecond) {
    await this.#emulate({ offline: false, uploadThroughput: bytesPerSecond });
  }

  async unplug() {
    await this.#emulate({ offline: true, uploadThroughput: -1 });
  }

  /** Gives the tab all of the network. */
  async plugIn() {
    await this.#emulate({ offline: false, uploadThroughput: -1 });
  }

  /** Holds up what is sent from now on: nothing of it comes to an end until the network is changed again. */
  async crawl() {
    await this.limitUplink(1000);
  }

  /** @param {{offline: boolean, uploadThroughput: number}} conditions */
  async #emulate(conditions) {
    this.#devtools ??= await this.page.context().newCDPSession(this.page);
    const everything = { latency: 0, downloadThroughput: -1, ...conditions };
    await this.#devtools.send("Network.emulateNetworkConditions", everything);
  }

  /** @param {string} file name or path */
  row(file) {
    const name = this.page.getByRole("heading", { name: basename(file), exact: true });
    return this.page.getByTestId("upload-row").filter({ has: name });
  }

  /**
   * Until an upload has come to a status.
   *
   * @param {string} file name or path
   * @param {string} status
   */
  async reaches(file, status) {
    const reached = this.row(file).and(this.page.locator(`[data-status="${status}"]`));
    await reached.waitFor().catch(async (error) => {
      const row = await this.row(file).evaluateAll((rows) => rows.map((row) => row.innerText).join("; "));
      throw new Error(`${basename(file)} did not become ${status} but says: ${row}`, { cause: error });
    });
  }

  /**
   * Until an upload's bar has reached a percentage.
   *
   * @param {string} file name or path
   * @param {number} percent
   */
  async progressTo(file, percent) {
    const bar = this.page.getByRole("progressbar", { name: basename(file), exact: true });
    const isThere = async () => Number(await bar.getAttribute("aria-valuenow")) >= percent;
    await eventually(`${basename(file)} reaches ${percent} %`, isThere);
  }

  /**
   * Notes what an element says now and from now on, also one that is not there yet.
   *
   * @param {string} selector
   * @param {string} [attribute] the element's text if left out
   * @returns {Promise<() => Promise<string[]>>} the values so far, each that differs from the one before
   */
  async record(selector, attribute) {
    const notes = await this.page.evaluateHandle(
      ({ selector, attribute }) => {
        /** @type {string[]} */
        const notes = [];
        const note = () => {
          const found = document.querySelector(selector);
          const value = found && (attribute ? found.getAttribute(attribute) : found.textContent);
          if (value !== null && value !== notes.at(-1)) notes.push(value);
        };
        const everything = { subtree: true, childList: true, characterData: true, attributes: true };
        new MutationObserver(note).observe(document.body, everything);
        note();
        return notes;
      },
      { selector, attribute },
    );
    return () => notes.jsonValue();
  }

  /** @param {string} name of a button, such as `Pause holiday.mp4` */
  async press(name) {
    await this.page.getByRole("button", { name, exact: true }).click();
  }

  /** @param {string} file name or path */
  card(file) {
    const name = this.page.getByRole("button", { name: basename(file), exact: true });
    return this.page.getByTestId("asset-card").filter({ has: name });
  }

  /** @returns {Promise<string[]>} the keys of what is remembered for going on with uploads */
  async remembered() {
    return this.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("quayside.upload:")));
  }
}

/**
 * Notes the parts of multipart uploads that a tab sends.
 *
 * @param {import("playwright-core").Page} page
 * @returns {number[]} part numbers, which grow as they are sent
 */
export function partsSentBy(page) {
  /** @type {number[]} */
  const sent = [];
  page.on("request", (request) => {
    const number = new URL(request.url()).searchParams.get("partNumber");
    if (request.method() === "PUT" && number) sent.push(Number(number));
  });
  return sent;
}

/**
 * Asks until the answer is true.
 *
 * @param {string} what
 * @param {() => Promise<boolean>} ask
 */
export async function eventually(what, ask) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
    if (await ask()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not within ${PATIENCE_MS / 1000} seconds: ${what}`);
}
