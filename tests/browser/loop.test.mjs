/** The way of a file: from a browser into storage, inspected, and played from the edge. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createReadStream, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { test } from "node:test";
import { formatBytes } from "../../web/page/format.js";
import { longVideo, photograph } from "./support/media.mjs";
import { System } from "./support/system.mjs";
import { FAILED_REQUEST, Visitor, eventually, launch, partsSentBy } from "./support/visitor.mjs";

const stage = { system: await System.start(), browser: await launch() };
const { system } = stage;

async function sha256(stream) {
  const hash = createHash("sha256");
  await pipeline(stream, hash);
  return hash.digest("hex");
}

const rises = (values) => values.every((value, at) => at === 0 || Number(value) > Number(values[at - 1]));
const BAR = "[role=progressbar]";

test("a photograph goes up with progress, and its thumbnail shows", async (t) => {
  const path = await photograph();
  const tab = await (await Visitor.arrive(t, stage)).signIn("ada");
  await tab.limitUplink(statSync(path).size / 3);
  const shown = await tab.record(BAR, "aria-valuenow");
  await tab.choose(path);
  await tab.progressTo(path, 100);
  const seen = await shown();
  assert.ok(seen.length > 5 && rises(seen), `the bar showed ${seen}`);
  await tab.reaches(path, "ready");

  const thumbnail = tab.card(path).getByTestId("asset-thumbnail");
  await thumbnail.and(tab.page.locator(".loaded")).waitFor();
  const size = await thumbnail.evaluate((image) => [image.naturalWidth, image.naturalHeight]);
  assert.deepEqual(size, [320, 240]);
  const [asset] = await system.assets("ada");
  assert.deepEqual([asset.status, asset.metadata.width, asset.metadata.height], ["ready", 4000, 3000]);
  assert.equal(asset.sha256, await sha256(createReadStream(path)));
});

test("a video whose tab is closed halfway goes on with the missing parts only, plays and seeks", async (t) => {
  const path = await longVideo();
  const { size } = statSync(path);
  assert.ok(size >= 200e6);
  const ada = await Visitor.arrive(t, stage);
  const tab = await ada.signIn("ada");
  await tab.limitUplink(15e6);
  const shown = await tab.record(BAR, "aria-valuenow");
  await tab.choose(path);
  await tab.progressTo(path, 50);
  const seen = await shown();
  await tab.page.close();
  assert.ok(seen.length > 10 && rises(seen), `the bar showed ${seen}`);

  const [begun] = await system.assets("ada", "status=awaiting_upload");
  const stored = await system.settled("ada", begun.id);
  const storedParts = stored.parts.map(({ partNumber }) => partNumber);
  assert.ok(storedParts.length >= 3 && storedParts.length <= 10, `storage has the parts ${storedParts}`);

  await t.test("the page lists it as unfinished when it is opened again", async () => {
    const reopened = await ada.open();
    await reopened.listed();
    const row = reopened.page.getByTestId("unfinished-row");
    const text = await row.innerText();
    for (const words of ["long.mp4", `${formatBytes(stored.bytesUploaded)} of ${formatBytes(size)} stored`]) {
      assert.ok(text.includes(words), text);
    }
    await reopened.page.close();
  });

  const again = await ada.open();
  await again.listed();
  const sentAgain = partsSentBy(again.page);
  await again.limitUplink(1e6);
  await again.drop(path);
  await again.reaches(path, "uploading");
  assert.equal(await again.page.getByTestId("unfinished-row").count(), 0);
  await again.plugIn();
  await again.reaches(path, "ready");

  await t.test("no part that storage has is sent again", async () => {
    const all = Array.from({ length: Math.ceil(size / (16 * 2 ** 20)) }, (_, index) => index + 1);
    const missing = all.filter((number) => !storedParts.includes(number));
    assert.deepEqual([...new Set(sentAgain)].sort((one, other) => one - other), missing);
    const whole = (await system.asked("UploadPart", begun.id)).filter(({ status }) => status === 200);
    // Of what was on its way when the tab was closed, a part may be there without storage having answered.
    assert.ok(whole.length >= missing.length && whole.length <= all.length, `${whole.length} parts were taken`);
    const { json: asset } = await system.ask("ada", "GET", `/v1/assets/${begun.id}`);
    assert.deepEqual([asset.status, asset.size], ["ready", size]);
    const { body } = await fetch(asset.urls.original);
    assert.equal(await sha256(body), await sha256(createReadStream(path)));
    assert.deepEqual(await again.remembered(), []);
  });

  await t.test("it plays and seeks, by ranges from the edge", async () => {
    /** @type {string[]} */
    const answers = [];
    again.page.on("response", async (response) => {
      if (response.url().startsWith(system.edge) && response.url().includes(begun.id)) {
        answers.push(`${response.status()} ${(await response.request().allHeaders()).range}`);
      }
    });
    await again.card(path).getByRole("button", { name: "long.mp4", exact: true }).click();
    const player = again.page.getByTestId("viewer-media").locator("video");
    await player.evaluate((video) => {
      video.muted = true;
      return video.play();
    });
    const isPast = (seconds) => async () => (await player.evaluate((video) => video.currentTime)) > seconds;
    await eventually("the video has played half a second", isPast(0.5));
    const duration = await player.evaluate((video) => video.duration);
    assert.ok(Math.abs(duration - 60) < 1, `it lasts ${duration} seconds`);
    const landed = await player.evaluate((video) => {
      const seeked = new Promise((resolve) => video.addEventListener("seeked", resolve, { once: true }));
      video.currentTime = 55;
      return seeked.then(() => [video.currentTime, video.videoWidth, video.error]);
    });
    assert.ok(Math.abs(landed[0] - 55) < 1);
    assert.deepEqual(landed.slice(1), [1280, null]);
    await eventually("the video goes on from where it was sought", isPast(55.5));
    assert.ok(answers.length >= 2 && answers.every((answer) => /^206 bytes=\d+-/.test(answer)), answers.join(", "));
    const starts = answers.map((answer) => Number(/bytes=(\d+)/.exec(answer)?.[1]));
    assert.ok(Math.max(...starts) > size * 0.8, `it fetched from ${starts}`);
  });
});

test("a second user sees none of it by any route", async (t) => {
  const assets = await system.assets("ada");
  assert.equal(assets.length, 2);
  const expected = FAILED_REQUEST;
  const bob = await Visitor.arrive(t, stage, { expected });
  const tab = await bob.signIn("bob");
  assert.ok(await tab.page.getByText("Nothing here yet").isVisible());
  assert.equal(await tab.page.getByTestId("asset-card").count(), 0);

  const template = readFileSync(join(import.meta.dirname, "../../template.yaml"), "utf8");
  const routes = Array.from(template.matchAll(/Method: (\w+), Path: "(\S+?)"/g), ([, method, path]) => [method, path]);
  const withId = routes.filter(([, path]) => path.includes("{id}"));
  assert.ok(withId.length >= 8);
  for (const asset of assets) {
    for (const [method, path] of withId) {
      const body = method === "POST" ? (path.endsWith("parts") ? { partNumbers: [1] } : {}) : undefined;
      const answer = await system.ask("bob", method, path.replace("{id}", asset.id), body);
      assert.equal(answer.status, 404, `${method} ${path}`);
      assert.equal(JSON.stringify(answer.json).includes(asset.name), false);
    }
    assert.deepEqual(await system.assets("bob"), []);

    const { origin, pathname, search } = new URL(asset.urls.original);
    const opened = await fetch(origin + pathname + search, { method: "HEAD" });
    assert.equal(opened.status, 200);
    for (const query of [
      "",
      search.replace(/token=[^&]+/, "token=HS256-AAAA"),
      search.replace(/expires=\d/, "expires=9"),
    ]) {
      assert.equal((await fetch(origin + pathname + query)).status, 403, query);
    }
    const direct = await fetch(`${system.storage}/quayside-media/${asset.storageKey}`);
    assert.equal(direct.status, 403);
  }

  await t.test("nor in a browser in which the owner was signed in before", async () => {
    const shared = await Visitor.arrive(t, stage);
    const before = await shared.signIn("ada");
    assert.equal(await before.page.getByTestId("asset-card").count(), 2);
    await before.press("Sign out");
    await before.signIn("bob");
    assert.equal(await before.page.getByTestId("asset-card").count(), 0);
    assert.equal((await before.page.content()).includes("long.mp4"), false);
  });
  assert.equal((await system.assets("ada")).length, 2);
});
