/** A browser that is gone after its last byte. */
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { photographs } from "./support/media.mjs";
import { System } from "./support/system.mjs";
import { FAILED_REQUEST, Visitor, eventually, launch } from "./support/visitor.mjs";

const stage = { system: await System.start({}, { notifyAfter: 1 }), browser: await launch() };
const { system } = stage;
const [path] = await photographs();

test("an upload whose browser was killed before it could say that all is there becomes ready", async (t) => {
  const tab = await (await Visitor.arrive(t, stage, { expected: FAILED_REQUEST })).signIn("vera");
  // The browser gets no further than its last byte.
  let asked = 0;
  await tab.page.route(/\/complete$/, () => (asked += 1));
  const file = { name: "harbour.jpg", mimeType: "image/jpeg", buffer: readFileSync(path) };
  await tab.choose(file);
  await eventually("all bytes are sent", async () => asked > 0);
  await tab.page.close();

  await eventually("it is ready", async () => (await system.assets("vera"))[0].status === "ready");
  const again = await (await Visitor.arrive(t, stage)).signIn("vera");
  await again.card("harbour.jpg").locator("img.loaded").waitFor();
});
