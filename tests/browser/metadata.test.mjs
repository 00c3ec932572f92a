/** What the page tells of files of every kind, on cards and in the viewer, and what it does where it cannot. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { asFromACamera, heic, pdf } from "./support/handmade.mjs";
import { dubbedVideo, gif, photographs, song } from "./support/media.mjs";
import { System } from "./support/system.mjs";
import { FAILED_REQUEST, Visitor, eventually, launch } from "./support/visitor.mjs";

// An inspection that goes wrong is given up at once, and pictures may be of types that this browser does not show.
const ALLOWED_TYPES = "image/jpeg image/gif image/svg+xml image/heic video/mp4 audio/mpeg application/pdf";
const stage = { system: await System.start({ ALLOWED_TYPES, PROCESSING_ATTEMPTS: 1 }), browser: await launch() };
const { system } = stage;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const [video, sound, animation, [plainPhotograph]] = await Promise.all([dubbedVideo(), song(), gif(), photographs()]);
const photograph = {
  name: "harbour.jpg",
  mimeType: "image/jpeg",
  buffer: asFromACamera(readFileSync(plainPhotograph)),
};
const programme = { name: "programme.pdf", mimeType: "application/pdf", buffer: pdf(3) };
const EVERY_KIND = [video, sound, animation, photograph, programme];
const nameOf = (file) => file.name ?? file.split("/").at(-1);

/**
 * @param {import("./support/visitor.mjs").Tab} tab
 * @param {(string | object)[]} files
 */
async function upload(tab, files) {
  for (const file of files) await tab.choose(file);
  for (const file of files) await tab.reaches(nameOf(file), "ready");
}

/** A card's line of facts, with spaces that one can type. */
const facts = async (tab, name) =>
  (await tab.card(name).getByTestId("asset-facts").textContent()).replaceAll("\u00a0", " ");

/** @returns {Promise<Record<string, string>>} what the viewer tells of a file, by term */
async function details(tab, name) {
  await tab.card(name).getByRole("button").first().click();
  await tab.page.locator("#viewer-download[href]").waitFor();
  const told = await tab.page.locator("#viewer-details > div").evaluateAll((rows) =>
    rows.map((row) => [
      row.querySelector("dt").textContent,
      [...row.querySelectorAll("dd")].map((line) => line.textContent.replaceAll("\u00a0", " ")).join("; "),
    ]),
  );
  return Object.fromEntries(told);
}

test("every card says what one looks for in a file of its kind", async (t) => {
  const tab = await (await Visitor.arrive(t, stage)).signIn("ada");
  await upload(tab, EVERY_KIND);
  const badge = (name) => tab.card(name).getByTestId("asset-badge");
  for (const [name, said] of [
    ["dubbed.mp4", /^Video: 720p · 0:02 · [\d.]+ MB$/],
    ["song.mp3", /^Audio: 0:09 · 1\d\d kB$/],
    ["spinning.gif", /^Animation: 400 × 300 · 12 frames · \d+ kB$/],
    ["harbour.jpg", /^Image: 800 × 600 · \d+ kB$/],
    ["programme.pdf", /^PDF document: 3 pages · \d+ bytes$/],
  ]) {
    assert.match(await facts(tab, name), said);
  }
  assert.equal(await badge("dubbed.mp4").innerText(), "0:02");
  for (const [name, symbol] of [
    ["song.mp3", "audio"],
    ["programme.pdf", "pdf"],
  ]) {
    assert.equal(await tab.card(name).locator(".card-media use").getAttribute("href"), `#icon-${symbol}`);
    assert.equal(await badge(name).count(), 0);
  }
});

test("the viewer tells all that is known of a film, and plays it", async (t) => {
  const tab = await (await Visitor.arrive(t, stage)).signIn("bea");
  await upload(tab, [video]);
  const told = await details(tab, "dubbed.mp4");
  assert.deepEqual(
    [told.Kind, told["Media type"], told.Duration, told.Dimensions, told.Quality, told.Video, told.Audio],
    [
      "Video",
      "video/mp4",
      "2.0 s",
      "1280 × 720",
      "720p",
      "H.264, 25 frames/s",
      "English: AAC, stereo, 48 kHz; German: AAC, mono, 44.1 kHz",
    ],
  );
  assert.match(told["Bit rate"], /^[\d.]+ Mbit\/s$/);
  assert.match(told.Codecs, /^avc1\.[0-9a-f]{6}, mp4a\.40\.2$/);
  const player = tab.page.getByTestId("viewer-media").locator("video");
  await eventually("it can be played", () => player.evaluate((media) => media.readyState > 0));
  const { width, height } = await player.boundingBox();
  assert.ok(Math.abs(width / height - 16 / 9) < 0.02, "it has no black bars");
  assert.ok(await tab.page.locator("#viewer-problem").isHidden());
});

test("the viewer tells how long a song plays, how many pages a document has, and shows an icon", async (t) => {
  const tab = await (await Visitor.arrive(t, stage)).signIn("carl");
  await upload(tab, [sound, programme]);
  const media = tab.page.getByTestId("viewer-media");
  const told = await details(tab, "song.mp3");
  assert.deepEqual([told.Duration, told.Audio, told["Bit rate"]], ["9.0 s", "MP3, mono, 44.1 kHz", told["Bit rate"]]);
  assert.match(told["Bit rate"], /^9\d(\.\d)? kbit\/s$/);
  await media.locator("audio").waitFor();
  assert.equal(await media.locator("use").getAttribute("href"), "#icon-audio");
  await tab.page.keyboard.press("Escape");

  const { Kind, Pages, Encrypted, Dimensions } = await details(tab, "programme.pdf");
  assert.deepEqual([Kind, Pages, Encrypted, Dimensions], ["PDF document", "3", undefined, undefined]);
  assert.equal(await media.innerText(), "3 pages");
  assert.equal(await media.locator("use").getAttribute("href"), "#icon-pdf");
});

test("a document that is encrypted says so, and no more than that it may ask for a password", async (t) => {
  const tab = await (await Visitor.arrive(t, stage)).signIn("cleo");
  const contract = { name: "contract.pdf", mimeType: "application/pdf", buffer: pdf(2, { isEncrypted: true }) };
  await upload(tab, [contract]);
  assert.match(await facts(tab, "contract.pdf"), /^PDF document: 2 pages · encrypted · \d+ bytes$/);
  assert.equal((await details(tab, "contract.pdf")).Encrypted, "yes");
  const said = await tab.page.getByTestId("viewer-media").locator("p").allInnerTexts();
  assert.deepEqual(said, ["2 pages", "It is encrypted and may ask for a password."]);
});

test("a photograph tells when and with what it was taken, and where only if that was asked for", async (t) => {
  const visitor = await Visitor.arrive(t, stage);
  const tab = await visitor.signIn("dora");
  await upload(tab, [photograph]);
  const told = await details(tab, "harbour.jpg");
  assert.deepEqual([told.Taken, told.Camera, told.Place], ["1 July 2024 at 12:30", "Canon EOS R5", undefined]);
  await tab.page.evaluate(async (base64) => {
    const { Quayside } = await import(`${location.origin}/quayside.js`);
    const { token } = JSON.parse(localStorage.getItem("quayside.session"));
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const file = new File([bytes], "with place.jpg", { type: "image/jpeg" });
    await new Quayside({ baseUrl: location.origin, token }).upload(file, { keepLocation: true }).finished;
  }, photograph.buffer.toString("base64"));
  await tab.page.reload();
  await tab.listed();
  const { Place } = await details(tab, "with place.jpg");
  assert.equal(Place, "53.54100° N, 9.98700° E");
});

test("an animation moves on its card for those who point at it or come by keyboard, and only then", async (t) => {
  const tab = await (await Visitor.arrive(t, stage)).signIn("emil");
  const { page } = tab;
  await upload(tab, [animation, programme]);
  await page.reload();
  await tab.listed();
  const moving = tab.card("spinning.gif").getByTestId("asset-animation");
  await tab.card("spinning.gif").locator("[data-testid=asset-thumbnail].loaded").waitFor();
  assert.equal(await moving.count(), 0);
  await tab.card("spinning.gif").hover();
  await tab.card("spinning.gif").locator("[data-testid=asset-animation].loaded").waitFor();
  await page.locator("#gallery-heading").hover();
  await moving.waitFor({ state: "detached" });
  await page.locator("#file-input").focus();
  for (let step = 0; step < 6 && (await moving.count()) === 0; step += 1) await page.keyboard.press("Tab");
  await moving.waitFor();
  for (let step = 0; step < 2; step += 1) await page.keyboard.press("Tab");
  await moving.waitFor({ state: "detached" });
});

test("an animation plays in the viewer and can be paused by keyboard", async (t) => {
  const tab = await (await Visitor.arrive(t, stage)).signIn("frida");
  const { page } = tab;
  await upload(tab, [animation]);
  assert.equal((await details(tab, "spinning.gif")).Frames, "12");
  const source = () => page.getByTestId("viewer-media").locator("img.loaded").getAttribute("src");
  const [{ urls }] = await system.assets("frida");
  const path = (url) => new URL(url).pathname;
  assert.equal(path(await source()), path(urls.original));
  const toggle = page.getByTestId("animation-toggle");
  await toggle.focus();
  await page.keyboard.press("Enter");
  assert.equal(path(await source()), path(urls.preview));
  assert.equal(await toggle.getAttribute("aria-label"), "Play the animation");
  await page.keyboard.press("Enter");
  assert.equal(path(await source()), path(urls.original));
});

test("for those who have asked for less motion nothing moves by itself", async (t) => {
  const visitor = await Visitor.arrive(t, stage, { context: { reducedMotion: "reduce" } });
  const tab = await visitor.signIn("gert");
  await upload(tab, [animation]);
  await tab.page.reload();
  await tab.listed();
  await tab.card("spinning.gif").locator("[data-testid=asset-thumbnail].loaded").waitFor();
  await tab.card("spinning.gif").hover();
  await tab.page.waitForTimeout(300);
  assert.equal(await tab.card("spinning.gif").getByTestId("asset-animation").count(), 0);
  await details(tab, "spinning.gif");
  await tab.press("Play the animation");
  await tab.page.getByRole("button", { name: "Pause the animation" }).waitFor();
});

test("for those who have asked for less motion a drawing, which may move, is shown when they ask for it", async (t) => {
  const tab = await (await Visitor.arrive(t, stage, { context: { reducedMotion: "reduce" } })).signIn("gitta");
  const { page } = tab;
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="60"><rect width="80" height="60">
    <animate attributeName="width" from="0" to="80" dur="1s" repeatCount="indefinite"/></rect></svg>`;
  await upload(tab, [{ name: "moving.svg", mimeType: "image/svg+xml", buffer: Buffer.from(drawing) }]);
  assert.equal(await tab.card("moving.svg").locator(".card-media use").getAttribute("href"), "#icon-image");
  assert.equal(await tab.card("moving.svg").locator("img").count(), 0);
  await details(tab, "moving.svg");
  assert.ok(await page.locator("#viewer-media img").isHidden());
  await tab.press("Show the picture");
  await page.locator("#viewer-media .drawing img.loaded").waitFor();
  await tab.press("Hide the picture");
  assert.ok(await page.locator("#viewer-media img").isHidden());
});

test("an animation of which there is no still picture stands still all the same until it is played", async (t) => {
  const visitor = await Visitor.arrive(t, stage, { context: { reducedMotion: "reduce" } });
  const tab = await visitor.signIn("greta");
  const { page } = tab;
  await upload(tab, [animation]);
  await page.route(/\/v1\/assets(\?|\/[^/]+$)/, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    for (const { urls, metadata } of json.items ?? [json]) {
      delete urls.thumbnail;
      delete urls.preview;
      delete metadata.blurhash;
    }
    await route.fulfill({ response, json });
  });
  await page.reload();
  await tab.listed();
  assert.equal(await tab.card("spinning.gif").locator("img").count(), 0);
  await details(tab, "spinning.gif");
  assert.ok(await page.locator("#viewer-media img").isHidden());
  await tab.press("Play the animation");
  await page.locator("#viewer-media img.loaded").waitFor();
  await tab.press("Pause the animation");
  assert.ok(await page.locator("#viewer-media img").isHidden());
});

test("a drawing is its own picture, and what the browser cannot show has an icon and says so", async (t) => {
  const tab = await (await Visitor.arrive(t, stage)).signIn("hans");
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="60"><rect width="80" height="60"/></svg>`;
  await upload(tab, [
    { name: "drawing.svg", mimeType: "image/svg+xml", buffer: Buffer.from(drawing) },
    { name: "phone.heic", mimeType: "image/heic", buffer: heic(64, 48) },
  ]);
  await tab.card("drawing.svg").locator("img.drawing.loaded").waitFor();
  assert.match(await facts(tab, "phone.heic"), /^Image: 64 × 48 · /);
  await tab.card("phone.heic").locator("img").waitFor({ state: "detached" });
  assert.equal(await tab.card("phone.heic").locator(".card-media use").getAttribute("href"), "#icon-image");
  await details(tab, "phone.heic");
  const problem = tab.page.locator("#viewer-problem");
  await problem.waitFor();
  assert.equal(await problem.innerText(), "This browser cannot show it (image/heic). It can be downloaded.");
  await tab.page.getByTestId("viewer-media").locator("use").waitFor({ state: "attached" });
});

test("what could not be inspected is inspected again where one asks for it", async (t) => {
  const tab = await (await Visitor.arrive(t, stage, { expected: FAILED_REQUEST })).signIn("ida");
  const { page } = tab;
  const refused = { fail: { status: 403, code: "AccessDenied" } };
  const fault = { service: "storage", by: "process-metadata", operation: "GetObject", times: 1000, kind: refused };
  t.after(() => system.clearFaults());
  await system.fault(fault);
  await tab.choose(photograph);
  await tab.reaches("harbour.jpg", "failed");
  const [{ failure }] = await system.assets("ida");
  assert.equal(failure.code, "processing_gave_up");
  const again = page.locator("#viewer-again");
  await tab.card("harbour.jpg").getByRole("button").first().click();
  await again.waitFor();
  assert.equal(await page.locator("#viewer-problem").innerText(), failure.detail);

  // It goes wrong once more, and that is said too; slowly enough that one sees it being tried.
  const slowly = { stall: { milliseconds: 2000 } };
  await system.fault({ service: "table", by: "process-metadata", operation: "GetItem", times: 1, kind: slowly });
  const progress = await tab.record("#viewer-progress");
  const problems = await tab.record("#viewer-problem");
  await again.focus();
  await page.keyboard.press("Enter");
  await eventually("it is said once more", async () => (await problems()).length === 3);
  assert.deepEqual(await problems(), [failure.detail, "", failure.detail]);
  assert.deepEqual(await progress(), ["", "Being inspected…", ""]);
  await again.waitFor();

  await system.clearFaults();
  await again.click();
  await page.locator("#viewer-download[href]").waitFor();
  assert.equal(await page.locator("#viewer-progress").innerText(), "It is ready.");
  assert.ok(await again.isHidden());
  assert.ok(await page.locator("#viewer-problem").isHidden());
  const hasFocus = await page.evaluate(() => document.activeElement?.closest("#viewer") !== null);
  assert.ok(hasFocus, "the focus is in the viewer");
  await page.locator("#viewer-media img.loaded").waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await tab.card("harbour.jpg").getAttribute("data-status"), "ready");
  assert.match(await facts(tab, "harbour.jpg"), /800 × 600/);
});

for (const [scheme, width] of [
  ["light", 1280],
  ["dark", 320],
]) {
  test(`files of every kind are told of by the rules of accessibility: ${scheme}, ${width} pixels wide`, async (t) => {
    const context = { viewport: { width, height: 800 }, colorScheme: scheme };
    const tab = await (await Visitor.arrive(t, stage, { context })).signIn(`${scheme}-${width}`);
    const { page } = tab;
    const check = async (view) => {
      await page.evaluate(AXE);
      const { violations } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), RULES);
      assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`), [], view);
      const wide = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        const viewer = document.getElementById("viewer");
        return [scrollWidth - clientWidth, viewer.scrollWidth - viewer.clientWidth];
      });
      assert.deepEqual(wide, [0, 0], `${view} scrolls sideways`);
    };
    await upload(tab, EVERY_KIND);
    await page.evaluate(() => document.activeElement.blur());
    await check("gallery");
    for (const file of EVERY_KIND) {
      await details(tab, nameOf(file));
      await check(`viewer of ${nameOf(file)}`);
      // The focus stays in the dialog, and comes by everything that one can do there.
      const seen = new Set();
      for (let step = 0; step < 12; step += 1) {
        seen.add(await page.evaluate(() => document.activeElement.id || document.activeElement.dataset.testid || ""));
        await page.keyboard.press("Tab");
      }
      const all = ["viewer-close", "viewer-download", "viewer-delete"];
      if (nameOf(file) === "spinning.gif") all.push("animation-toggle");
      for (const stop of all) assert.ok(seen.has(stop), `${stop} cannot be reached for ${nameOf(file)}: ${[...seen]}`);
      await page.keyboard.press("Escape");
    }
  });
}
