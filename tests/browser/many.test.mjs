/** Many files at once, and the service's limit on uploads at once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { photograph, photographs } from "./support/media.mjs";
import { System } from "./support/system.mjs";
import { FAILED_REQUEST, Visitor, eventually, launch } from "./support/visitor.mjs";

const stage = { system: await System.start({ MAX_ACTIVE_UPLOADS: 5 }), browser: await launch() };
const { system } = stage;

test("twenty files chosen at once all become ready, each once", async (t) => {
  const paths = await photographs();
  const tab = await (await Visitor.arrive(t, stage)).signIn("ada");
  await tab.choose(paths);
  const ready = tab.page.locator("[data-testid=upload-row][data-status=ready]");
  await eventually("all are ready", async () => (await ready.count()) === paths.length);
  assert.match(await tab.page.getByTestId("upload-summary").innerText(), /^20 of 20 files ready/);
  assert.equal(await tab.page.getByTestId("asset-card").count(), paths.length);

  const assets = await system.assets("ada");
  const names = paths.map((path) => path.split("/").at(-1));
  assert.deepEqual(assets.map(({ name }) => name).sort(), names.sort());
  assert.ok(assets.every(({ status, urls }) => status === "ready" && urls.thumbnail));
  assert.equal(new Set(assets.map(({ sha256 }) => sha256)).size, paths.length);
  await tab.press("Clear finished");
  assert.equal(await tab.page.getByTestId("upload-row").count(), 0);
});

test("two tabs together meet the limit, and both get through", async (t) => {
  const paths = await photographs();
  const visitor = await Visitor.arrive(t, stage, { expected: FAILED_REQUEST });
  const tabs = [await visitor.signIn("bob"), await visitor.open()];
  let refused = 0;
  for (const tab of tabs) {
    tab.page.on("response", (response) => (refused += Number(response.status() === 429)));
    await tab.listed();
    await tab.crawl();
  }
  await Promise.all([tabs[0].choose(paths.slice(0, 6)), tabs[1].choose(paths.slice(6, 12))]);
  await eventually("six uploads were too many", async () => refused > 0);
  for (const tab of tabs) await tab.plugIn();
  for (const tab of tabs) {
    const ready = tab.page.locator("[data-testid=upload-row][data-status=ready]");
    await eventually("all are ready", async () => (await ready.count()) === 6);
  }
  const assets = await system.assets("bob");
  assert.deepEqual([assets.length, new Set(assets.map(({ status }) => status))], [12, new Set(["ready"])]);
});

test("a file that has to wait for uploads elsewhere says so, and goes up when one of them ends", async (t) => {
  const path = await photograph();
  const ids = [];
  for (let index = 0; index < 5; index += 1) {
    const body = { filename: `elsewhere ${index}.png`, size: 1000, contentType: "image/png" };
    ids.push((await system.ask("carol", "POST", "/v1/uploads", body)).json.uploadId);
  }
  const tab = await (await Visitor.arrive(t, stage, { expected: FAILED_REQUEST })).signIn("carol");
  assert.equal(await tab.page.getByTestId("unfinished-row").count(), 5);
  await tab.choose(path);
  await tab
    .row(path)
    .getByText(/^Waiting\. .*5/)
    .waitFor();
  assert.equal(await tab.row(path).getAttribute("data-status"), "queued");
  await system.ask("carol", "DELETE", `/v1/uploads/${ids[0]}`);
  await tab.reaches(path, "ready");
});

test("files that go up at once share the connections to storage", async (t) => {
  const { page } = await (await Visitor.arrive(t, stage)).signIn("dave");
  const most = await page.evaluate(async () => {
    const { Quayside } = await import("/quayside.js");
    let most = 0;
    let now = 0;
    const { send } = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.send = function (body) {
      most = Math.max(most, (now += 1));
      this.addEventListener("readystatechange", () => (now -= Number(this.readyState === XMLHttpRequest.DONE)));
      return send.call(this, body);
    };
    const body = JSON.stringify({ sub: "dave" });
    const headers = { "content-type": "application/json" };
    const { token } = await (await fetch("/_local/token", { method: "POST", headers, body })).json();
    const quayside = new Quayside({ baseUrl: location.origin, token, connections: 2 });
    const files = [21, 22, 1].map((mebibytes) => new File([new Uint8Array(mebibytes << 20)], `${mebibytes}.mp4`));
    const stored = files.map((file) => {
      const upload = quayside.upload(file, { contentType: "video/mp4" });
      return new Promise((resolve) => upload.addEventListener("status", () => upload.asset && resolve()));
    });
    await Promise.all(stored);
    return most;
  });
  assert.equal(most, 2);
});
