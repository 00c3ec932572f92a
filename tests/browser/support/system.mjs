import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { after } from "node:test";

const PROJECT = join(import.meta.dirname, "../../..");
const START_SECONDS = 60;
/** No upload of a test waits so long for storage to tell of it, in seconds. */
const NEVER = "86400";

/** The built program: `QUAYSIDE_LOCAL`, else what `cargo build` made. */
function program() {
  const target = process.env.CARGO_TARGET_DIR ?? join(PROJECT, "target");
  const path = process.env.QUAYSIDE_LOCAL ?? join(target, "debug/quayside-local");
  if (!existsSync(path)) throw new Error(`${path} is not there. Run cargo build --workspace, or set QUAYSIDE_LOCAL.`);
  return path;
}

/** The whole system as a process of its own, on free ports, without data that outlives it. */
export class System {
  /**
   * Starts one that is stopped when the calling test file is done.
   *
   * @param {Record<string, string | number>} [variables] functions' variables that differ from the template's
   * @param {{notifyAfter?: number}} [options] seconds after which storage tells of an upload's last byte; left out, never
   */
  static async start(variables = {}, { notifyAfter = NEVER } = {}) {
    const env = { ...process.env };
    for (const [name, value] of Object.entries(variables)) env[name] = String(value);
    const flags = ["--ephemeral", "--port", "0", "--notify-after", String(notifyAfter)];
    const child = spawn(program(), flags, { env, stdio: ["ignore", "pipe", "pipe"] });
    const kill = () => child.kill("SIGKILL");
    process.on("exit", kill);
    process.once("SIGTERM", () => process.exit(1));
    const exited = once(child, "exit");
    after(async () => {
      child.kill("SIGTERM");
      await exited;
      process.off("exit", kill);
    });

    let log = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (log = (log + text).slice(-10_000)));
    const timer = setTimeout(kill, START_SECONDS * 1000);
    const addresses = {};
    for await (const line of createInterface({ input: child.stdout })) {
      if (line === "ready") {
        clearTimeout(timer);
        return new System(addresses);
      }
      addresses[line.split(" ", 1)[0]] = line.split(" ").at(-1);
    }
    throw new Error(`The system did not start: ${log}`);
  }

  /** @param {Record<string, string>} addresses */
  constructor({ gateway, storage, edge }) {
    this.gateway = gateway;
    this.storage = storage;
    this.edge = edge;
  }

  /**
   * Asks the API in somebody's name, past the page.
   *
   * @param {string} sub
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @returns {Promise<{status: number, json: any}>} a redirect is not followed
   */
  async ask(sub, method, path, body) {
    const { token } = await this.#local("POST", "/_local/token", { sub });
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const request = { method, headers, body: body && JSON.stringify(body), redirect: /** @type {const} */ ("manual") };
    const answer = await fetch(this.gateway + path, request);
    const text = await answer.text();
    return { status: answer.status, json: text ? JSON.parse(text) : null };
  }

  /**
   * @param {string} sub
   * @param {string} [query]
   * @returns {Promise<any[]>} somebody's assets, also those that are not complete yet
   */
  async assets(sub, query = "") {
    return (await this.ask(sub, "GET", `/v1/assets?limit=100&${query}`)).json.items;
  }

  /**
   * Waits until the parts that a tab was sending when it was closed have come to their end, which nothing tells.
   *
   * @param {string} sub
   * @param {string} id of a multipart upload
   * @returns {Promise<any>} its progress, which has been the same for a while
   */
  async settled(sub, id) {
    for (let before = ""; ; ) {
      const { json } = await this.ask(sub, "GET", `/v1/uploads/${id}`);
      const now = JSON.stringify(json.parts);
      if (now === before) return json;
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }

  /**
   * Makes requests to storage or table go wrong.
   *
   * @param {object} fault see `Fault` in local/src/journal.rs
   */
  async fault(fault) {
    await this.#local("POST", "/_local/faults", fault);
  }

  async clearFaults() {
    await this.#local("DELETE", "/_local/faults");
  }

  /**
   * @param {string} operation
   * @param {string} id of an asset
   * @returns {Promise<any[]>} what storage was asked about that asset; see `Entry` in local/src/journal.rs
   */
  async asked(operation, id) {
    const { requests } = await this.#local("GET", "/_local/requests");
    return requests.filter((entry) => entry.operation === operation && entry.key?.includes(id));
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   */
  async #local(method, path, body) {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(this.gateway + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }
}
