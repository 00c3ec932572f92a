/** What people have uploaded: shown, refused, deleted, and never run. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { photographs } from "./support/media.mjs";
import { System } from "./support/system.mjs";
import { FAILED_REQUEST, Visitor, eventually, launch } from "./support/visitor.mjs";

const stage = { system: await System.start({ MAX_IMAGE_MB: 1 }), browser: await launch() };
const { system } = stage;
const [path, another] = await photographs();

/** @param {string} name */
const named = (name) => ({ name, mimeType: "image/jpeg", buffer: readFileSync(path) });

test("a page that is called a picture fails with the reason on its card, and can be deleted", async (t) => {
  const tab = await (await Visitor.arrive(t, stage)).signIn("ada");
  const buffer = Buffer.from("<!doctype html><title>Hello</title><script>parent.hacked = 1</script>");
  await tab.choose({ name: "page.png", mimeType: "image/png", buffer });
  await tab.reaches("page.png", "failed");
  const [asset] = await system.assets("ada");
  assert.equal(asset.failure.code, "type_mismatch");
  const status = tab.card("page.png").getByTestId("asset-status");
  assert.equal(await status.innerText(), `Failed. ${asset.failure.detail}`);
  assert.equal(await tab.row("page.png").getByTestId("upload-state").innerText(), asset.failure.detail);
  assert.equal(await tab.page.getByRole("button", { name: "Retry page.png" }).count(), 0);

  await tab.card("page.png").hover();
  await tab.press("Delete page.png");
  await tab.press("Keep it");
  assert.equal(await tab.card("page.png").count(), 1);
  await tab.card("page.png").hover();
  await tab.press("Delete page.png");
  await tab.page.locator("#confirm-yes").click();
  await tab.card("page.png").waitFor({ state: "detached" });
  assert.equal((await system.ask("ada", "GET", `/v1/assets/${asset.id}`)).status, 404);
  assert.deepEqual(await system.assets("ada"), []);
});

/** Has every attempt at an inspection fail: the asset waits for the next one until long after the test. */
const hinderInspection = () =>
  system.fault({
    ...{ service: "storage", by: "process-metadata", operation: "GetObject", times: 1000 },
    kind: { fail: { status: 403, code: "AccessDenied" } },
  });

test("a file that is deleted while it is being inspected is gone, and is not said to have failed", async (t) => {
  t.after(() => system.clearFaults());
  await hinderInspection();
  const tab = await (await Visitor.arrive(t, stage, { expected: FAILED_REQUEST })).signIn("henry");
  const { page } = tab;
  let missing = 0;
  page.on("response", (response) => (missing += Number(response.status() === 404)));
  const announced = await tab.record("#announcer");
  await tab.choose(path);
  await tab.reaches(path, "processing");
  await tab.card(path).hover();
  await tab.press("Delete IMG_2000.jpg");
  await page.locator("#confirm-yes").click();
  await tab.card(path).waitFor({ state: "detached" });
  await tab.row(path).waitFor({ state: "detached" });
  await eventually("its upload has noticed", async () => missing > 0);
  await page.locator("#announcer").getByText("IMG_2000.jpg was deleted.").waitFor({ state: "attached" });
  await page.waitForTimeout(500);
  assert.equal(await page.getByTestId("asset-card").count(), 0);
  assert.equal(await page.getByTestId("upload-row").count(), 0);
  const said = (await announced()).join(" ");
  assert.ok(!said.includes("failed"), said);
});

test("a file that is deleted elsewhere while it is inspected goes, and leaves the focus where it is", async (t) => {
  t.after(() => system.clearFaults());
  await hinderInspection();
  const visitor = await Visitor.arrive(t, stage, { expected: FAILED_REQUEST });
  const tab = await visitor.signIn("ian");
  await tab.choose(path);
  await tab.reaches(path, "processing");
  const other = await visitor.open();
  await other.card(path).waitFor();
  await other.page.locator("#sign-out").focus();
  const [{ id }] = await system.assets("ian");
  assert.equal((await system.ask("ian", "DELETE", `/v1/assets/${id}`)).status, 204);
  await tab.reaches(path, "failed");
  assert.equal(await tab.row(path).getByTestId("upload-state").innerText(), "The file was deleted.");
  for (const { page } of [tab, other]) await page.getByTestId("asset-card").waitFor({ state: "detached" });
  assert.equal(await other.page.evaluate(() => document.activeElement.id), "sign-out");
});

test("a file that the service does not take is refused at once, with the reason", async (t) => {
  const tab = await (await Visitor.arrive(t, stage, { expected: FAILED_REQUEST })).signIn("bea");
  await tab.choose([
    { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("hello") },
    { name: "large.png", mimeType: "image/png", buffer: Buffer.alloc(1.5 * 2 ** 20) },
    { name: "empty.png", mimeType: "image/png", buffer: Buffer.alloc(0) },
  ]);
  for (const [name, reason] of [
    ["notes.txt", /text\/plain/],
    ["large.png", /^A file of this kind \(image\) may have up to 1\.0\sMB; this one has 1\.6\sMB\.$/],
    ["empty.png", /empty/],
  ]) {
    await tab.reaches(name, "failed");
    assert.match(await tab.row(name).getByTestId("upload-state").innerText(), reason);
    assert.equal(await tab.page.getByRole("button", { name: `Retry ${name}` }).count(), 0, name);
  }
  assert.deepEqual(await system.assets("bea"), []);
});

test("a hostile file name is text everywhere, and nothing of it runs", async (t) => {
  const name = `"><img src=x onerror="window.hacked = 1">&lt;.jpg`;
  const tab = await (await Visitor.arrive(t, stage)).signIn("mallory");
  await tab.choose(named(name));
  await tab.row(name).waitFor();
  await eventually("it is ready", async () => (await tab.row(name).getAttribute("data-status")) === "ready");
  assert.equal(await tab.row(name).getByRole("heading").innerText(), name);
  assert.equal(await tab.card(name).getByRole("button").first().innerText(), name);
  await tab.card(name).getByRole("button").first().click();
  await tab.page.getByTestId("viewer-media").locator("img.loaded").waitFor();
  assert.equal(await tab.page.getByTestId("viewer-media").locator("img").getAttribute("alt"), name);
  assert.equal(await tab.page.locator("#viewer-name").innerText(), name);
  await tab.page.locator("#viewer-delete").click();
  assert.match(await tab.page.locator("#confirm-question").innerText(), /^Delete "><img src=x/);
  await tab.page.locator("#confirm-yes").click();
  await tab.card(name).waitFor({ state: "detached" });
  assert.equal(await tab.page.locator("img[src=x]").count(), 0);
  assert.equal(await tab.page.evaluate(() => "hacked" in window), false);
});

test("a picture opens as it was uploaded, with its facts, and downloads under its name", async (t) => {
  const tab = await (await Visitor.arrive(t, stage)).signIn("dora");
  await tab.choose(named("Größe & ½ \u{1F600}.jpg"));
  await tab.reaches("Größe & ½ \u{1F600}.jpg", "ready");
  await tab.press("Open Größe & ½ \u{1F600}.jpg");
  const picture = tab.page.getByTestId("viewer-media").locator("img.loaded");
  await picture.waitFor();
  assert.ok((await picture.evaluate((image) => image.naturalWidth)) >= 800);
  assert.match(await tab.page.locator("#viewer-details").innerText(), /800\s×\s600/);
  const link = tab.page.locator("#viewer-download");
  await link.and(tab.page.locator("[href]")).waitFor();
  const downloading = tab.page.waitForEvent("download");
  await link.click();
  const download = await downloading;
  assert.equal(download.suggestedFilename(), "Größe & ½ \u{1F600}.jpg");
  assert.deepEqual(readFileSync(await download.path()), readFileSync(path));
});

test("a drawing that carries a script is shown as a picture, and opened by itself is only saved", async (t) => {
  const visitor = await Visitor.arrive(t, stage);
  const tab = await visitor.signIn("eve");
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="60">
    <rect width="80" height="60" fill="teal"/>
    <script>top.hacked = 1; alert(1)</script></svg>`;
  await tab.choose({ name: "drawing.svg", mimeType: "image/svg+xml", buffer: Buffer.from(drawing) });
  await tab.reaches("drawing.svg", "ready");
  await tab.press("Open drawing.svg");
  await tab.page.getByTestId("viewer-media").locator("img.loaded").waitFor();
  assert.equal(await tab.page.evaluate(() => "hacked" in window), false);

  const [{ urls }] = await system.assets("eve");
  const alone = await visitor.context.newPage();
  const downloading = alone.waitForEvent("download");
  await alone.goto(urls.original).catch(() => {});
  assert.equal((await downloading).suggestedFilename(), "drawing.svg");
  const answer = await fetch(urls.original);
  assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  assert.match(answer.headers.get("content-security-policy") ?? "", /sandbox/);
});

test("what was uploaded is there after a reload, newest first, page by page", async (t) => {
  const many = await photographs();
  const tab = await (await Visitor.arrive(t, stage)).signIn("frank");
  const copies = Array.from({ length: 5 }, (_, index) => ({ ...named(`copy ${index}.jpg`) }));
  await tab.choose([...many]);
  await tab.choose(copies);
  const ready = tab.page.locator("[data-testid=upload-row][data-status=ready]");
  await eventually("all are ready", async () => (await ready.count()) === 25);
  const shown = async () =>
    tab.page.getByTestId("asset-card").evaluateAll((cards) => cards.map((card) => card.dataset.assetId));
  const all = await shown();
  assert.deepEqual(all, all.toSorted().reverse());
  await tab.page.reload();
  await tab.listed();
  assert.deepEqual(await shown(), all.slice(0, 24));
  await tab.press("Show more");
  await eventually("all are shown", async () => (await shown()).length === 25);
  assert.deepEqual(await shown(), all);
  assert.ok(await tab.page.getByRole("button", { name: "Show more" }).isHidden());
});

test("the same file twice, by pasting and by dropping, is there once while it is on its way", async (t) => {
  const tab = await (await Visitor.arrive(t, stage)).signIn("grace");
  await tab.crawl();
  await tab.drop(another);
  await tab.reaches(another, "uploading");
  await tab.drop(another);
  assert.equal(await tab.page.getByTestId("upload-row").count(), 1);
  await tab.plugIn();
  await tab.reaches(another, "ready");
  await tab.page.evaluate(() => {
    const clipboardData = new DataTransfer();
    const canvas = document.createElement("canvas");
    const bytes = Uint8Array.from(atob(canvas.toDataURL("image/png").split(",")[1]), (letter) => letter.charCodeAt(0));
    clipboardData.items.add(new File([bytes], "pasted.png", { type: "image/png" }));
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
  });
  await tab.reaches("pasted.png", "ready");
  assert.equal((await system.assets("grace")).length, 2);
});
