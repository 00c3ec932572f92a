/** What goes wrong on the way, and that it is got over. */
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { copyFile, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { photograph, shortVideo, video } from "./support/media.mjs";
import { System } from "./support/system.mjs";
import { FAILED_REQUEST, Visitor, eventually, launch, partsSentBy } from "./support/visitor.mjs";

const stage = { system: await System.start({ PART_SIZE_MB: 5 }), browser: await launch() };
const { system } = stage;
const path = await shortVideo();
const partsOf = (/** @type {string} */ file) => Math.ceil(statSync(file).size / (5 * 2 ** 20));
const PARTS = partsOf(path);
const expected = FAILED_REQUEST;

/** Counts what the page asks the API for. */
function asksOf(page, method, ending) {
  const asks = [];
  page.on("request", (request) => {
    if (request.method() === method && new URL(request.url()).pathname.endsWith(ending)) asks.push(request.url());
  });
  return asks;
}

/** Lets a request through to the service and its answer be lost on the way back, once. */
async function loseAnswer(page, glob) {
  let lost = 0;
  await page.route(glob, async (route) => {
    lost += 1;
    if (lost > 1) return route.continue();
    assert.ok((await route.fetch()).ok());
    await route.abort("connectionreset");
  });
  return () => lost;
}

test("parts that storage is too busy for, breaks off or leaves unanswered are sent again", async (t) => {
  const tab = await (await Visitor.arrive(t, stage, { expected })).signIn("parts");
  const faults = [
    { fail: { status: 503, code: "SlowDown" } },
    "breakOff",
    "loseAnswer",
    { stall: { milliseconds: 300 } },
  ];
  for (const kind of faults) {
    await system.fault({ service: "storage", operation: "UploadPart", by: "client", kind, times: 2 });
  }
  await tab.choose(path);
  await tab.reaches(path, "ready");
  const [asset] = await system.assets("parts");
  assert.equal(asset.size, statSync(path).size);
  const asked = await system.asked("UploadPart", asset.id);
  assert.equal(asked.filter(({ status }) => status === 503).length, 2);
  assert.equal(asked.filter(({ status }) => status === null).length, 4);
  assert.equal(asked.filter(({ status }) => status === 200).length, PARTS);
});

test("a small file that storage is too busy for, breaks off or leaves unanswered is sent again", async (t) => {
  const tab = await (await Visitor.arrive(t, stage, { expected })).signIn("single");
  const photo = await photograph();
  for (const kind of [{ fail: { status: 503, code: "SlowDown" } }, "breakOff", "loseAnswer"]) {
    await system.fault({ service: "storage", operation: "PutObject", by: "client", kind });
  }
  await tab.choose(photo);
  await tab.reaches(photo, "ready");
  const [asset] = await system.assets("single");
  const asked = await system.asked("PutObject", asset.id);
  assert.deepEqual(
    asked.filter(({ by }) => by === "client").map(({ status }) => status),
    [503, null, null, 200],
  );
});

test("a URL that storage refuses is replaced by a new one", async (t) => {
  const tab = await (await Visitor.arrive(t, stage, { expected })).signIn("refused");
  const signings = asksOf(tab.page, "POST", "/parts");
  const kind = { fail: { status: 403, code: "AccessDenied" } };
  await system.fault({ service: "storage", operation: "UploadPart", by: "client", kind, times: 2 });
  await tab.choose(path);
  await tab.reaches(path, "ready");
  assert.ok(signings.length >= 1);
});

test("URLs that expire during a slow upload are replaced", async (t) => {
  // Of its own, since its uploads themselves do not last either, once it looks for such.
  const brief = await System.start({ PART_SIZE_MB: 5, UPLOAD_TTL_SECONDS: 2 });
  const tab = await (await Visitor.arrive(t, { ...stage, system: brief }, { expected })).signIn("slow");
  const signings = asksOf(tab.page, "POST", "/parts");
  // More parts than connections, so that some begin when their URLs have expired.
  const long = await video();
  await tab.limitUplink(10e6);
  await tab.choose(long);
  await tab.reaches(long, "ready");
  const [asset] = await brief.assets("slow");
  const asked = await brief.asked("UploadPart", asset.id);
  assert.ok(
    asked.some(({ status }) => status === 403),
    "no URL had expired",
  );
  assert.equal(asked.filter(({ status }) => status === 200).length, partsOf(long));
  assert.ok(signings.length >= 1);
});

test("when the answer to the first request is lost, one asset is made", async (t) => {
  const tab = await (await Visitor.arrive(t, stage, { expected })).signIn("initiate");
  const asked = await loseAnswer(tab.page, "**/v1/uploads");
  await tab.choose(path);
  await tab.reaches(path, "ready");
  assert.equal(asked(), 2);
  assert.equal((await system.assets("initiate")).length, 1);
});

test("when the answer to complete is lost, the upload is complete all the same", async (t) => {
  const tab = await (await Visitor.arrive(t, stage, { expected })).signIn("complete");
  const asked = await loseAnswer(tab.page, "**/complete");
  await tab.choose(path);
  await tab.reaches(path, "ready");
  assert.equal(asked(), 2);
  assert.equal((await system.assets("complete")).length, 1);
});

test("a tab closed after complete and before its answer finds the file ready", async (t) => {
  const visitor = await Visitor.arrive(t, stage, { expected });
  const tab = await visitor.signIn("hasty");
  const done = new Promise((resolve) => {
    tab.page.route("**/complete", async (route) => {
      await route.fetch();
      resolve(tab.page.close());
    });
  });
  await tab.choose(path);
  await done;
  const again = await visitor.open();
  await again.listed();
  const sent = partsSentBy(again.page);
  await again.card(path).and(again.page.locator("[data-status=ready]")).waitFor();
  assert.equal(await again.page.getByTestId("unfinished-row").count(), 0);
  assert.deepEqual(sent, []);
  assert.equal((await system.assets("hasty")).length, 1);
});

test("a service that is too busy is asked again when it said it may be", async (t) => {
  const tab = await (await Visitor.arrive(t, stage, { expected })).signIn("busy");
  /** @type {{at: number, status: number, wait: number}[]} */
  const answers = [];
  tab.page.on("response", (response) => {
    if (!response.url().endsWith("/v1/uploads")) return;
    answers.push({ at: Date.now(), status: response.status(), wait: Number(response.headers()["retry-after"] ?? 0) });
  });
  const kind = { fail: { status: 503, code: "ServiceUnavailable" } };
  await system.fault({ service: "table", operation: "TransactWriteItems", by: "initiate-upload", kind, times: 6 });
  await tab.choose(await photograph());
  await tab.reaches(await photograph(), "ready");
  assert.deepEqual(
    answers.map(({ status }) => status),
    [503, 503, 201],
  );
  // Both are noted a little later than they came.
  const [first, second] = answers;
  assert.ok(first.wait >= 1 && second.at - first.at >= first.wait * 1000 - 100);
  assert.equal((await system.assets("busy")).length, 1);
});

test("without a network an upload waits, and goes on by itself", async (t) => {
  const tab = await (await Visitor.arrive(t, stage, { expected })).signIn("offline");
  const long = await video();
  await tab.limitUplink(5e6);
  await tab.choose(long);
  await tab.progressTo(long, 10);
  await tab.crawl();
  await tab.unplug();
  await tab.reaches(long, "offline");
  assert.match(await tab.row(long).innerText(), /Offline\. Goes on by itself/);
  await tab.page.waitForTimeout(1000);
  assert.equal(await tab.row(long).getAttribute("data-status"), "offline");
  await tab.plugIn();
  await tab.reaches(long, "ready");
});

test("what is tried in vain without a network changes nothing, and is not told again", async (t) => {
  const tab = await (await Visitor.arrive(t, stage, { expected })).signIn("vainly");
  const { page } = tab;
  let failed = 0;
  page.on("requestfailed", (request) => (failed += Number(request.method() === "PUT")));
  const long = await video();
  await tab.limitUplink(5e6);
  await tab.choose(long);
  await tab.progressTo(long, 2);
  await tab.crawl();
  await tab.unplug();
  await tab.reaches(long, "offline");
  await page.locator("#announcer").getByText("Offline").waitFor({ state: "attached" });
  const statuses = await tab.record("[data-testid=upload-row]", "data-status");
  await page.evaluate(() => (document.getElementById("announcer").textContent = ""));
  const before = failed;
  // As it is tried again by itself after half a minute.
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await eventually("it was tried in vain", async () => failed > before);
  await page.waitForTimeout(1000);
  assert.deepEqual((await statuses()).filter((status) => status !== "offline"), []);
  assert.equal(await page.locator("#announcer").textContent(), "");
  await tab.plugIn();
  await tab.reaches(long, "ready");
});

test("a token that expires during an upload is replaced, also where the computer's clock is slow", async (t) => {
  const visitor = await Visitor.arrive(t, stage, { expected });
  await visitor.context.addInitScript(() => {
    const now = Date.now;
    Date.now = () => now() - 600_000;
  });
  // The first token lasts a moment; the page takes it for good, by its clock.
  let given = 0;
  await visitor.context.route("**/_local/token", (route) => {
    given += 1;
    const body = { ...route.request().postDataJSON(), ...(given === 1 ? { expiresIn: 2 } : {}) };
    return route.continue({ postData: JSON.stringify(body) });
  });
  const tab = await visitor.open();
  let rejected = 0;
  tab.page.on("response", (response) => (rejected += Number(response.status() === 401)));
  await tab.signIn("expiring");
  await tab.limitUplink(4e6);
  await tab.choose(path);
  await tab.reaches(path, "ready");
  assert.ok(rejected >= 1, "no token had expired");
  assert.equal(given, 2);
  assert.equal((await system.assets("expiring")).length, 1);
});

test("a token that is about to expire is replaced before it is used", async (t) => {
  const visitor = await Visitor.arrive(t, stage);
  let given = 0;
  await visitor.context.route("**/_local/token", (route) => {
    given += 1;
    return route.continue({ postData: JSON.stringify({ ...route.request().postDataJSON(), expiresIn: 61 }) });
  });
  const tab = await visitor.signIn("careful");
  await tab.page.waitForTimeout(1500);
  const before = given;
  await tab.choose(await photograph());
  await tab.reaches(await photograph(), "ready");
  assert.ok(before >= 1 && given > before, `${before} tokens before the upload, ${given} after it`);
});

test("a file that is changed while it is sent is told apart from a broken connection", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "quayside-"));
  t.after(() => rm(folder, { recursive: true }));
  const changing = join(folder, "changing.mp4");
  await copyFile(await video(), changing);
  const tab = await (await Visitor.arrive(t, stage, { expected })).signIn("editor");
  await tab.limitUplink(5e6);
  await tab.choose(changing);
  await tab.progressTo(changing, 5);
  await tab.crawl();
  const file = await open(changing, "a");
  await file.write("another byte");
  await file.close();
  await tab.plugIn();
  await tab.reaches(changing, "failed");
  assert.match(await tab.row(changing).innerText(), /changed, moved or deleted since it was chosen/);
});

test("what cannot be listed is said, and listed when it is tried again", async (t) => {
  const visitor = await Visitor.arrive(t, stage, { expected });
  const tab = await visitor.signIn("lister");
  const photo = await photograph();
  await tab.choose(photo);
  await tab.reaches(photo, "ready");
  await tab.page.route("**/v1/assets?*", (route) => route.fulfill({ status: 400, json: { detail: "Not today." } }));
  await tab.page.reload();
  await tab.listed();
  assert.match(await tab.page.locator("#gallery-problem").innerText(), /could not be listed\. Not today\./);
  await tab.page.unroute("**/v1/assets?*");
  await tab.press("Try again");
  await tab.card(photo).waitFor();
  await eventually("the complaint is gone", async () => !(await tab.page.locator("#gallery-problem").isVisible()));
});
