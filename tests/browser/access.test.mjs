/** By keyboard, on a phone's width, in dark mode, and by the rules that assistive technology relies on. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { photographs, shortVideo } from "./support/media.mjs";
import { System } from "./support/system.mjs";
import { FAILED_REQUEST, Visitor, launch } from "./support/visitor.mjs";

const stage = { system: await System.start(), browser: await launch() };
const { system } = stage;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const [path] = await photographs();

const focused = (page) =>
  page.evaluate(
    () =>
      document.activeElement?.getAttribute("aria-label") ||
      document.activeElement?.id ||
      document.activeElement?.textContent,
  );

test("everything can be done by keyboard, and the focus is never lost", async (t) => {
  const tab = await (await Visitor.arrive(t, stage)).open();
  const { page } = tab;
  page.on("filechooser", (chooser) => chooser.setFiles(path));
  assert.equal(await focused(page), "sign-in-name");
  await page.keyboard.type("ada");
  await page.keyboard.press("Enter");
  await tab.listed();
  assert.equal(await focused(page), "main");

  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "file-input");
  await page.keyboard.press("Enter");
  await tab.reaches(path, "ready");
  assert.equal(await focused(page), "file-input");
  await page.locator("#announcer").getByText("IMG_2000.jpg is ready.").waitFor({ state: "attached" });

  const stops = ["links", "fetch-links", "clear-finished", "Open IMG_2000.jpg", "Dismiss IMG_2000.jpg", "IMG_2000.jpg"];
  for (const stop of stops) {
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), stop);
  }
  await page.keyboard.press("Enter");
  await page.locator("#viewer-media img.loaded").waitFor();
  await page.locator("#viewer-download[href]").waitFor();
  for (const stop of ["viewer-download", "viewer-delete"]) {
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), stop);
  }
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#viewer").isVisible(), false);
  assert.equal(await focused(page), "IMG_2000.jpg");

  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "Delete IMG_2000.jpg");
  await page.keyboard.press("Enter");
  assert.equal(await focused(page), "confirm-no");
  await page.keyboard.press("Escape");
  assert.equal(await focused(page), "Delete IMG_2000.jpg");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await tab.card(path).waitFor({ state: "detached" });
  assert.equal(await focused(page), "gallery-heading");
  await page.locator("#announcer").getByText("IMG_2000.jpg was deleted.").waitFor({ state: "attached" });
});

test("a question that follows another at once gets its own answer", async (t) => {
  const tab = await (await Visitor.arrive(t, stage)).open();
  await tab.signIn("ada");
  await tab.choose(path);
  await tab.reaches(path, "ready");
  // In one task, so that the first dialog's closing is told only when the second is open.
  await tab.page.evaluate(() => {
    const button = document.querySelector("[aria-label='Delete IMG_2000.jpg']");
    button.click();
    document.getElementById("confirm-no").click();
    button.click();
  });
  await tab.page.locator("#confirm-yes").click();
  await tab.card(path).waitFor({ state: "detached" });
});

for (const [scheme, width] of [
  ["light", 1280],
  ["dark", 1280],
  ["light", 320],
  ["dark", 320],
]) {
  test(`no view breaks a rule of accessibility or its width: ${scheme}, ${width} pixels wide`, async (t) => {
    const context = { viewport: { width, height: 800 }, colorScheme: scheme, reducedMotion: "reduce" };
    const visitor = await Visitor.arrive(t, stage, { context, expected: FAILED_REQUEST });
    const tab = await visitor.open();
    const { page } = tab;
    const check = async (view) => {
      await page.evaluate(AXE);
      const { violations } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), RULES);
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
      assert.deepEqual(found, [], view);
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(wide, 0, `${view} scrolls sideways`);
    };
    await check("sign in");
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const [red] = /\d+/.exec(ground) ?? [];
    assert.equal(Number(red) < 64, scheme === "dark", `the background is ${ground}`);

    await tab.signIn(`${scheme}-${width}`);
    await check("empty gallery");
    const long = `${"An-extraordinarily-long-file-name-without-a-single-place-to-break-it-".repeat(3)}.png`;
    await tab.choose(path);
    await tab.choose([
      { name: long, mimeType: "image/png", buffer: Buffer.from("<!doctype html><p>") },
      { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("hello") },
    ]);
    await tab.reaches(path, "ready");
    for (const name of [long, "notes.txt"]) await tab.reaches(name, "failed");
    await tab.limitUplink(100e3);
    await tab.choose(await shortVideo());
    await tab.progressTo("short.mp4", 1);
    await check("uploads and gallery");
    await tab.press("Pause short.mp4");
    await check("a paused upload");

    await tab.card(path).getByRole("button").first().click();
    await page.locator("#viewer-media img.loaded").waitFor();
    await page.locator("#viewer-download[href]").waitFor();
    await check("viewer");
    await page.locator("#viewer-delete").click();
    await check("confirmation");
    await tab.press("Keep it");
    await page.keyboard.press("Escape");

    const again = await visitor.open();
    await again.listed();
    await again.page.getByTestId("unfinished-row").waitFor();
    await again.page.close();
    await page.reload();
    await tab.listed();
    await page.getByTestId("unfinished-row").waitFor();
    await check("an unfinished upload");
    assert.equal((await system.assets(`${scheme}-${width}`)).length, 3);
  });
}
