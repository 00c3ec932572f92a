import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { after } from "node:test";

const PROJECT = join(import.meta.dirname, "../../..");
const START_SECONDS = 60;
/** No upload of a test waits so long for storage to tell of it, in seconds. */
const NEVER = "86400";
/** Whether the functions run under `cargo lambda watch` and not in the system's own process. */
const WATCHED = process.env.QUAYSIDE_FUNCTIONS === "watch";

/** The built program: `QUAYSIDE_LOCAL`, else what `cargo build` made. */
function program() {
  const target = process.env.CARGO_TARGET_DIR ?? join(PROJECT, "target");
  const path = process.env.QUAYSIDE_LOCAL ?? join(target, "debug/quayside-local");
  if (!existsSync(path)) throw new Error(`${path} is not there. Run cargo build --workspace, or set QUAYSIDE_LOCAL.`);
  return path;
}

/**
 * Stops a process when the calling test file is done, and at the latest when this one ends.
 *
 * @param {import("node:child_process").ChildProcess} child
 * @param {NodeJS.Signals} atLast what it is sent where nobody can wait for its end
 */
function stopAfterwards(child, atLast) {
  const stop = () => child.kill(atLast);
  process.on("exit", stop);
  const exited = once(child, "exit");
  after(async () => {
    child.kill("SIGTERM");
    await exited;
    process.off("exit", stop);
  });
}

/** @returns {Promise<number>} a port that was free a moment ago */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return port;
}

/**
 * Has `cargo lambda watch` run the functions, and waits until each of them runs.
 *
 * @param {number} port
 * @param {string} variables the file that tells them of the system
 */
async function watch(port, variables) {
  const where = ["--invoke-address", "127.0.0.1", "--invoke-port", String(port), "--env-file", variables];
  const options = { cwd: PROJECT, stdio: /** @type {const} */ (["ignore", "ignore", "inherit"]) };
  const child = spawn("cargo-lambda", ["lambda", "watch", "--quiet", "--ignore-changes", ...where], options);
  // Killed, it would leave the functions behind.
  stopAfterwards(child, "SIGTERM");
  for (const name of readdirSync(join(PROJECT, "functions"))) {
    for (const begun = Date.now(); ; ) {
      try {
        // No event of theirs; it is refused as soon as somebody can refuse it.
        const url = `http://127.0.0.1:${port}/2015-03-31/functions/${name}/invocations`;
        const { status } = await fetch(url, { method: "POST", body: "null" });
        if (status === 404) throw new Error(`cargo lambda watch does not know ${name}.`);
        break;
      } catch (error) {
        const refused = /** @type {any} */ (error).cause?.code === "ECONNREFUSED";
        if (!refused || Date.now() - begun > START_SECONDS * 1000) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }
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
    const port = WATCHED ? await freePort() : 0;
    const command = WATCHED ? ["backends", "--functions", `http://127.0.0.1:${port}`] : [];
    const flags = ["--ephemeral", "--port", "0", "--notify-after", String(notifyAfter)];
    const child = spawn(program(), [...command, ...flags], { env, stdio: ["ignore", "pipe", "pipe"] });
    process.once("SIGTERM", () => process.exit(1));
    stopAfterwards(child, "SIGKILL");

    let log = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (log = (log + text).slice(-10_000)));
    const timer = setTimeout(() => child.kill("SIGKILL"), START_SECONDS * 1000);
    const addresses = {};
    for await (const line of createInterface({ input: child.stdout })) {
      if (line === "ready") {
        clearTimeout(timer);
        if (WATCHED) await watch(port, addresses.variables);
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
