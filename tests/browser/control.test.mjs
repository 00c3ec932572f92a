/** What people do to their uploads: pause, resume, cancel, try again, discard. */
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";
import { video } from "./support/media.mjs";
import { System } from "./support/system.mjs";
import { FAILED_REQUEST, Visitor, eventually, launch, partsSentBy } from "./support/visitor.mjs";

const PART_SIZE = 5 * 2 ** 20;
const stage = { system: await System.start({ PART_SIZE_MB: 5 }), browser: await launch() };
const { system } = stage;
const path = await video();
const PARTS = Math.ceil(statSync(path).size / PART_SIZE);

const ALL = Array.from({ length: PARTS }, (_, index) => index + 1);

const wholeParts = async (id) => (await system.asked("UploadPart", id)).filter(({ status }) => status === 200).length;

/** What was sent, without what was sent once more. */
const distinct = (numbers) => [...new Set(numbers)].sort((one, other) => one - other);

/** As many parts are on their way at once. */
const AT_ONCE = 6;

/**
 * Begins an upload and holds it up when storage has some parts of it, others are on their way, and others still to be
 * sent: that lasts until the tab is plugged in.
 */
async function begin(t, sub, options) {
  const visitor = await Visitor.arrive(t, stage, options);
  const tab = await visitor.signIn(sub);
  const sent = partsSentBy(tab.page);
  await tab.limitUplink(5e6);
  await tab.choose(path);
  await tab.progressTo(path, 2);
  await tab.crawl();
  const [{ id }] = await system.assets(sub, "status=awaiting_upload");
  /** @type {number[]} */
  let stored = [];
  await eventually("the first parts are stored and the next ones held up", async () => {
    const { json } = await system.ask(sub, "GET", `/v1/uploads/${id}`);
    stored = json.parts.map(({ partNumber }) => partNumber);
    return stored.length >= AT_ONCE && sent.length === Math.min(PARTS, stored.length + AT_ONCE);
  });
  assert.ok(stored.length < PARTS - 1, `storage has the parts ${stored}`);
  return { visitor, tab, sent, stored, id };
}

test("a paused upload sends nothing, and resumed sends only what is missing", async (t) => {
  const { tab, sent, stored, id } = await begin(t, "pauser");
  await tab.press("Pause video.mp4");
  await tab.reaches(path, "paused");
  const bar = tab.page.getByRole("progressbar", { name: "video.mp4" });
  const percent = Math.floor((stored.length * PART_SIZE * 100) / statSync(path).size);
  await eventually(
    `the bar shows ${percent} %`,
    async () => (await bar.getAttribute("aria-valuenow")) === `${percent}`,
  );

  const before = sent.length;
  await tab.page.waitForTimeout(1000);
  assert.equal(sent.length, before);
  await tab.plugIn();
  await tab.press("Resume video.mp4");
  await tab.reaches(path, "ready");
  assert.deepEqual(distinct(sent.slice(before)), ALL.filter((number) => !stored.includes(number)));
  assert.equal(await wholeParts(id), PARTS);
});

test("a cancelled upload is gone from page, storage and service", async (t) => {
  const { tab, id } = await begin(t, "canceller");
  await tab.press("Cancel video.mp4");
  await tab.row(path).waitFor({ state: "detached" });
  await eventually("storage has dropped the parts", async () => {
    return (await system.asked("AbortMultipartUpload", id)).some(({ status }) => status === 204);
  });
  assert.deepEqual(await system.assets("canceller"), []);
  assert.equal((await system.ask("canceller", "GET", `/v1/uploads/${id}`)).status, 404);
  assert.deepEqual(await tab.remembered(), []);

  await tab.plugIn();
  await tab.choose(path);
  await tab.reaches(path, "ready");
  assert.equal((await system.assets("canceller")).length, 1);
});

test("an upload that failed goes on from where it was when it is tried again", async (t) => {
  const { tab, sent, id } = await begin(t, "retrier", { expected: FAILED_REQUEST });
  const kind = { fail: { status: 400, code: "InvalidRequest" } };
  await system.fault({ service: "storage", operation: "UploadPart", keyContains: id, kind, times: 99 });
  await tab.plugIn();
  await tab.reaches(path, "failed");
  assert.match(await tab.row(path).innerText(), /Storage refused the data \(status 400\)\./);
  // The first part that fails stops the others, of which some may be there without anybody having been told.
  const stored = (await system.settled("retrier", id)).parts.map(({ partNumber }) => partNumber);
  assert.ok(stored.length >= AT_ONCE && stored.length < PARTS, `storage has the parts ${stored}`);

  const before = sent.length;
  await system.clearFaults();
  await tab.press("Retry video.mp4");
  await tab.reaches(path, "ready");
  assert.deepEqual(distinct(sent.slice(before)), ALL.filter((number) => !stored.includes(number)));
  assert.deepEqual(
    (await system.assets("retrier")).map((asset) => asset.id),
    [id],
  );
});

test("an unfinished upload of an earlier session can be discarded", async (t) => {
  const { visitor, tab, id } = await begin(t, "discarder");
  await tab.page.close();
  const reopened = await visitor.open();
  await reopened.listed();
  await reopened.press("Discard video.mp4");
  await reopened.page.getByRole("button", { name: "Discard", exact: true }).click();
  await reopened.page.getByTestId("unfinished-row").waitFor({ state: "detached" });
  assert.equal((await system.ask("discarder", "GET", `/v1/uploads/${id}`)).status, 404);
  assert.deepEqual(await reopened.remembered(), []);
});

test("an upload that is cancelled on another device fails here and can be begun anew", async (t) => {
  const { tab, id } = await begin(t, "absent", { expected: FAILED_REQUEST });
  assert.equal((await system.ask("absent", "DELETE", `/v1/uploads/${id}`)).status, 204);
  await tab.plugIn();
  await tab.reaches(path, "failed");
  assert.match(await tab.row(path).innerText(), /cancelled elsewhere/);
  await tab.press("Retry video.mp4");
  await tab.reaches(path, "ready");
  assert.equal((await system.assets("absent")).length, 1);
});

test("an upload begun in another browser is listed there as unfinished and can be discarded", async (t) => {
  const { tab, id } = await begin(t, "traveller", { expected: FAILED_REQUEST });
  await tab.press("Pause video.mp4");
  const elsewhere = await (await Visitor.arrive(t, stage)).signIn("traveller");
  assert.match(await elsewhere.page.getByTestId("unfinished-row").innerText(), /Begun in another browser/);
  await elsewhere.press("Discard video.mp4");
  await elsewhere.page.getByRole("button", { name: "Discard", exact: true }).click();
  await elsewhere.page.getByTestId("unfinished-row").waitFor({ state: "detached" });
  assert.equal((await system.ask("traveller", "GET", `/v1/uploads/${id}`)).status, 404);
});
