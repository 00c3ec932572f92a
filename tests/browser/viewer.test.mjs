/** The dialog that shows one file: while it is fetched, when its URLs grow old, and when something goes wrong. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { photographs, surroundVideo, video } from "./support/media.mjs";
import { System } from "./support/system.mjs";
import { FAILED_REQUEST, Visitor, eventually, launch } from "./support/visitor.mjs";

const URL_TTL_SECONDS = 12;
const stage = { system: await System.start(), browser: await launch() };
const { system } = stage;
/** One whose URLs do not last. */
const brief = await System.start({ URL_TTL_SECONDS });
const [path] = await photographs();
const NAME = "IMG_2000.jpg";

/** @param {import("./support/visitor.mjs").Tab} tab */
const openCard = (tab, file = path) => tab.card(file).getByRole("button").first().click();

test("a file has its name and says that it is being fetched before anything of it has come", async (t) => {
  const tab = await (await Visitor.arrive(t, stage)).signIn("ada");
  const { page } = tab;
  await tab.choose(path);
  await tab.reaches(path, "ready");
  let release = () => {};
  const released = new Promise((resolve) => (release = resolve));
  await page.route(/\/v1\/assets\/[^/]+$/, async (route) => {
    await released;
    await route.continue();
  });
  await openCard(tab);
  assert.equal(await page.locator("#viewer-name").innerText(), NAME);
  assert.equal(await page.locator("#viewer-progress").innerText(), "Fetching it…");
  release();
  await page.locator("#viewer-media img.loaded").waitFor();
  assert.ok(await page.locator("#viewer-progress").isHidden());
});

test("a file that is closed and opened again is shown once, and stays", async (t) => {
  const tab = await (await Visitor.arrive(t, stage)).signIn("bea");
  const { page } = tab;
  await tab.choose(path);
  await tab.reaches(path, "ready");
  let isInspected = false;
  let told = 0;
  await page.route(/\/v1\/assets\/[^/]+$/, async (route) => {
    const status = isInspected ? "ready" : "uploaded";
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), status } });
    told += Number(status === "ready");
  });
  await openCard(tab);
  await page.locator("#viewer-progress").getByText("Being inspected…").waitFor();
  // In one task, so that the closing is told only when it is open again.
  await page.evaluate(() => {
    document.getElementById("viewer-close").click();
    window.shown = 0;
    new MutationObserver((changes) => {
      for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
        window.shown += Number(node instanceof Element && node.matches(".picture"));
      }
    }).observe(document.getElementById("viewer-media"), { childList: true });
    document.querySelector(".card-open").click();
  });
  await page.locator("#viewer-progress").getByText("Being inspected…").waitFor();
  isInspected = true;
  await eventually("both openings have been told that it is ready", async () => told >= 2);
  await page.locator("#viewer-media img.loaded").waitFor();
  await page.locator("#viewer-download[href]").waitFor();
  await page.waitForTimeout(300);
  assert.equal(await page.locator("#viewer-name").innerText(), NAME);
  assert.equal(await page.evaluate(() => window.shown), 1);
});

test("a file that cannot be deleted stays open and says why", async (t) => {
  const tab = await (await Visitor.arrive(t, stage, { expected: FAILED_REQUEST })).signIn("carl");
  const { page } = tab;
  await tab.choose(path);
  await tab.reaches(path, "ready");
  await page.route(/\/v1\/assets\/[^/]+$/, (route) =>
    route.request().method() === "DELETE"
      ? route.fulfill({ status: 403, json: { code: "forbidden", detail: "Not by you." } })
      : route.continue(),
  );
  await openCard(tab);
  await page.locator("#viewer-media img.loaded").waitFor();
  await page.locator("#viewer-delete").click();
  await page.locator("#confirm-yes").click();
  await page.locator("#viewer-problem").getByText("could not be deleted. Not by you.").waitFor();
  assert.ok(await page.locator("#viewer-media img.loaded").isVisible());
  const hasFocus = await page.evaluate(() => document.activeElement?.closest("#viewer") !== null);
  assert.ok(hasFocus, "the focus is in the viewer");

  await page.unroute(/\/v1\/assets\/[^/]+$/);
  await page.locator("#viewer-delete").click();
  await page.locator("#confirm-yes").click();
  await tab.card(path).waitFor({ state: "detached" });
  assert.ok(await page.locator("#viewer").isHidden());
  assert.equal(await page.evaluate(() => document.activeElement?.id), "gallery-heading");
});

test("a file that was deleted elsewhere says so when it is opened, and its card goes", async (t) => {
  const tab = await (await Visitor.arrive(t, stage, { expected: FAILED_REQUEST })).signIn("dora");
  await tab.choose(path);
  await tab.reaches(path, "ready");
  const [{ id }] = await system.assets("dora");
  assert.equal((await system.ask("dora", "DELETE", `/v1/assets/${id}`)).status, 204);
  await openCard(tab);
  await tab.page.locator("#viewer-problem").waitFor();
  assert.ok(await tab.page.locator("#viewer-progress").isHidden());
  await tab.card(path).waitFor({ state: "detached" });
});

test("a film goes on where it was when its URL has grown old", async (t) => {
  const film = await video();
  const tab = await (await Visitor.arrive(t, { ...stage, system: brief }, { expected: FAILED_REQUEST })).signIn("emil");
  await tab.choose(film);
  await tab.reaches(film, "ready");
  await openCard(tab, film);
  const player = tab.page.getByTestId("viewer-media").locator("video");
  await eventually("it can be played", () => player.evaluate((media) => media.readyState > 0));
  const url = await player.getAttribute("src");
  await tab.page.waitForTimeout((URL_TTL_SECONDS + 1) * 1000);
  await player.evaluate((media) => {
    media.muted = true;
    media.currentTime = 15;
    return media.play().catch(() => {});
  });
  const isPast = () => player.evaluate((media) => media.currentTime > 15.2 && !media.paused && !media.error);
  await eventually("it goes on from where it was sought", isPast);
  assert.notEqual(await player.getAttribute("src"), url);
  assert.ok(await tab.page.locator("#viewer-problem").isHidden());
});

test("the link for downloading is renewed before it is followed when it is old", async (t) => {
  const tab = await (await Visitor.arrive(t, stage)).signIn("frida");
  const { page } = tab;
  await tab.choose(path);
  await tab.reaches(path, "ready");
  const asked = [];
  page.on("request", (request) => request.url().includes("/data?") && asked.push(request.url()));
  await openCard(tab);
  const link = page.locator("#viewer-download[href]");
  await link.waitFor();
  for (const [minutes, times] of [
    [29, 1],
    [31, 2],
  ]) {
    await page.evaluate((ahead) => {
      window.now ??= Date.now;
      Date.now = () => window.now() + ahead;
    }, minutes * 60_000);
    const downloading = page.waitForEvent("download");
    await link.click();
    assert.equal((await downloading).suggestedFilename(), NAME);
    assert.equal(asked.length, times, `after ${minutes} minutes`);
  }
});

test("a film whose sound the browser does not know says that it is silent", async (t) => {
  const film = await surroundVideo();
  const tab = await (await Visitor.arrive(t, stage)).signIn("gert");
  await tab.choose(film);
  await tab.reaches(film, "ready");
  await openCard(tab, film);
  const problem = tab.page.locator("#viewer-problem");
  await problem.waitFor();
  const said = "This browser plays only its picture, not its sound (AC-3). It can be downloaded.";
  assert.equal(await problem.innerText(), said);
});
