/** Files that are fetched from URLs which somebody has pasted. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { after, test } from "node:test";
import { photographs } from "./support/media.mjs";
import { System } from "./support/system.mjs";
import { Visitor, launch } from "./support/visitor.mjs";

const stage = { system: await System.start({ ALLOW_LOOPBACK_SOURCES: 1 }), browser: await launch() };
const { system } = stage;
const [path] = await photographs();
const photograph = readFileSync(path);
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** A web site with a photograph, one that comes when it is let go, and one that is gone. */
const letGo = deferred();
const site = createServer(async ({ url }, response) => {
  if (url === "/gone.jpg") return response.writeHead(410).end();
  response.writeHead(200, { "content-type": "image/jpeg", "content-length": photograph.length });
  response.write(photograph.subarray(0, 1000));
  if (url === "/slow.jpg") await letGo.promise;
  response.end(photograph.subarray(1000));
});
site.listen(0, "127.0.0.1");
await once(site, "listening");
after(() => {
  site.closeAllConnections();
  site.close();
});
const base = `http://127.0.0.1:${site.address().port}`;

/** A promise, and the function that fulfils it. */
function deferred() {
  const made = {};
  made.promise = new Promise((resolve) => (made.resolve = resolve));
  return made;
}

const box = (tab) => tab.page.getByLabel("Or fetch files from the web");

test("pasted URLs arrive in the gallery, and what cannot be fetched stays to be mended", async (t) => {
  const tab = await (await Visitor.arrive(t, stage)).signIn("ada");
  const lines = [`${base}/harbour.jpg?token=s3cret`, "", `  ${base}/gone.jpg  `, "ftp://example.com/a.jpg", "http://10.0.0.1/b.jpg"];
  await box(tab).fill(lines.join("\n"));
  await tab.press("Fetch");
  const problem = tab.page.locator("#links-problem");
  await problem.waitFor();
  assert.equal(
    await problem.innerText(),
    "ftp://example.com/a.jpg: Only http and https URLs can be fetched. 1 other URL cannot be fetched either.",
  );
  assert.equal(await box(tab).inputValue(), "ftp://example.com/a.jpg\nhttp://10.0.0.1/b.jpg");
  assert.ok(await box(tab).evaluate((element) => element === document.activeElement));

  await tab.card("harbour.jpg").locator("img.loaded").waitFor();
  const gone = tab.card("gone.jpg");
  await tab.page.locator('[data-status="failed"]').filter({ has: tab.page.getByText("gone.jpg") }).waitFor();
  const { failure } = (await system.assets("ada")).find(({ name }) => name === "gone.jpg");
  assert.equal(failure.code, "source_gone");
  assert.equal(await gone.getByTestId("asset-status").innerText(), `Failed. ${failure.detail}`);

  // The viewer says where it is from, and nothing of it that is secret.
  await tab.card("harbour.jpg").getByRole("button").first().click();
  const details = tab.page.locator("#viewer-details");
  await details.getByText(`${base}/harbour.jpg`).waitFor();
  assert.ok(!(await details.innerText()).includes("s3cret"));
});

test("a file that is being fetched is followed, also after the page was opened again", async (t) => {
  const visitor = await Visitor.arrive(t, stage);
  const first = await visitor.signIn("bea");
  await box(first).fill(`${base}/slow.jpg`);
  await box(first).press("Control+Enter");
  const status = (tab) => tab.card("slow.jpg").getByTestId("asset-status");
  await first.card("slow.jpg").waitFor();
  assert.match(await status(first).innerText(), /^Being fetched…/);
  assert.equal(await box(first).inputValue(), "");
  await first.page.close();

  const second = await visitor.open();
  await second.listed();
  assert.match(await status(second).innerText(), /^Being fetched…/);
  letGo.resolve();
  await second.card("slow.jpg").locator("img.loaded").waitFor();
  assert.equal(await status(second).innerText(), "");
});

test("nothing is asked for where nothing was pasted", async (t) => {
  const tab = await (await Visitor.arrive(t, stage)).signIn("carla");
  await box(tab).fill(" \n ");
  await tab.press("Fetch");
  await tab.page.getByText("Paste a URL first.").waitFor();
  assert.deepEqual(await system.assets("carla"), []);
});

for (const [scheme, width] of /** @type {const} */ ([["light", 1280], ["dark", 320]])) {
  test(`the form keeps the rules of accessibility: ${scheme}, ${width} pixels wide`, async (t) => {
    const context = { viewport: { width, height: 800 }, colorScheme: scheme };
    const tab = await (await Visitor.arrive(t, stage, { context })).signIn(`${scheme}-${width}`);
    await box(tab).fill(`ftp://example.com/${"long".repeat(60)}`);
    await tab.press("Fetch");
    await tab.page.locator("#links-problem").waitFor();
    await tab.page.evaluate(AXE);
    const { violations } = await tab.page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), RULES);
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`), []);
    const wide = await tab.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(wide, 0, "it scrolls sideways");
  });
}
