/** Takes the README's picture of the page, docs/page.png, from a running system with uploads under way. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { pdf } from "./support/handmade.mjs";
import { longVideo, made, shortVideo } from "./support/media.mjs";
import { paint } from "./support/paint.mjs";
import { System } from "./support/system.mjs";
import { Visitor, eventually, launch } from "./support/visitor.mjs";

const PICTURE = process.env.PICTURE ?? join(import.meta.dirname, "../../docs/page.png");

/** @type {[string, Parameters<typeof paint>[2]][]} */
const SCENES = [
  [
    "Foyer wall.jpg",
    { sky: ["eecda3", "efa082", "f7e1c8"], hills: ["be786e", "8c505a", "5a3246"], sun: "fff5e6", at: 0.5 },
  ],
  [
    "Moonrise, long exposure.jpg",
    { sky: ["080c28", "142850", "3c6e82"], hills: ["19324b", "0f1e37", "060c1e"], sun: "ebf0ff", at: 0.75 },
  ],
  [
    "Basin at noon.jpg",
    { sky: ["5696be", "a0cde1", "f0f0e1"], hills: ["78a0aa", "467378", "1e464b"], sun: "fffff5", at: 0.3 },
  ],
  [
    "Poster, second draft.jpg",
    { sky: ["5a1450", "c8325a", "ff825a", "ffc878"], hills: ["962850", "5f1946", "320c32"], sun: "fff0b4", at: 0.42 },
  ],
  [
    "Winter ferry.jpg",
    { sky: ["b4c3d2", "d7dee6", "f5f0eb"], hills: ["a5b4c3", "788ca0", "4b5f73"], sun: "ffffff", at: 0.2 },
  ],
  [
    "Green hour.jpg",
    { sky: ["0a323c", "14645f", "78be8c", "e6ebaa"], hills: ["286e64", "14464b", "08232d"], sun: "faffd2", at: 0.66 },
  ],
];
const LAST = /** @type {const} */ ([
  "Dusk over the quay.jpg",
  { sky: ["2b2d6e", "8e4162", "f0935b", "ffd9a0"], hills: ["6e466e", "462d55", "231937"], sun: "ffecbe", at: 0.62 },
]);
const TALK = ["-f", "lavfi", "-i", "sine=frequency=196:duration=300", "-b:a", "96k", "Talk about tides.mp3"];

const stage = { system: await System.start(), browser: await launch() };

test("the picture is taken", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "quayside-"));
  t.after(() => rm(folder, { recursive: true }));
  const named = async (name, path) => {
    await symlink(path, join(folder, name));
    return join(folder, name);
  };
  await writeFile(join(folder, "Programme.pdf"), pdf(12, { size: 184_000 }));
  const scenes = [];
  for (const [name, scene] of SCENES) scenes.push(await paint(folder, name, scene));
  const shown = [
    scenes[0],
    scenes[1],
    join(folder, "Programme.pdf"),
    scenes[2],
    scenes[3],
    await made("Talk about tides.mp3", [TALK]),
    scenes[4],
    await named("Trailer.mp4", await shortVideo()),
    scenes[5],
  ];
  const last = await paint(folder, ...LAST);
  const first = await named("Harbour walk, uncut.mp4", await longVideo());
  const second = await named("Opening night.mp4", await longVideo());
  const third = await named("Rehearsal, camera 2.mp4", await longVideo());

  const context = { viewport: { width: 1280, height: 905 }, colorScheme: "light", reducedMotion: "reduce" };
  const tab = await (await Visitor.arrive(t, stage, { context })).signIn("Ada");
  for (const path of shown) {
    await tab.choose(path);
    await tab.reaches(path, "ready");
  }
  await tab.press("Clear finished");
  await tab.limitUplink(30e6);
  await tab.choose(first);
  await tab.progressTo(first, 58);
  await tab.choose(second);
  await tab.progressTo(second, 12);
  await tab.limitUplink(9e6);
  await tab.choose(third);
  await tab.press("Pause Harbour walk, uncut.mp4");
  await tab.choose(last);
  await tab.reaches(last, "ready");
  await tab.progressTo(third, 9);
  await eventually("the thumbnails are there", async () => {
    const thumbnails = tab.page.getByTestId("asset-thumbnail");
    return (await thumbnails.count()) === (await tab.page.locator("[data-testid=asset-thumbnail].loaded").count());
  });
  await tab.page.mouse.move(2, 2);
  const whole = join(folder, "page.png");
  await tab.page.screenshot({ path: whole });
  // 256 colours, a third of the size.
  const palette = "split[picture][sample];[sample]palettegen[palette];[picture][palette]paletteuse=dither=sierra2_4a";
  await promisify(execFile)("ffmpeg", ["-v", "error", "-y", "-i", whole, "-vf", palette, PICTURE]);
  t.diagnostic(`${PICTURE}: ${(await stat(PICTURE)).size} bytes`);
});
