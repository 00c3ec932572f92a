// Makes the thumbnails of one image with sharp, as `examples/thumbnail.rs` does: `sharp_thumbnails.cjs FILE [COUNT]`.
// Prints the same line of JSON.
const fs = require("node:fs");
const sharp = require("sharp");

// One picture at a time on one thread, and nothing remembered from one to the next: as a function works. More threads
// would take as much CPU or more.
sharp.concurrency(1);
sharp.cache(false);

const WEBP = { quality: 80, effort: 1 };

/** The small one from the large one: decoding twice, from the file for each, takes sharp more CPU. */
async function thumbnails(bytes) {
  const { data, info } = await sharp(bytes)
    .autoOrient()
    .resize(1280, 1280, { fit: "inside", withoutEnlargement: true, kernel: "cubic" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const preview = sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
  const thumbnail = preview.clone().resize(320, 320, { fit: "inside", kernel: "cubic" });
  return { preview: await preview.webp(WEBP).toBuffer(), thumbnail: await thumbnail.webp(WEBP).toBuffer() };
}

async function main([file, count = "11"]) {
  const bytes = fs.readFileSync(file);
  const rounds = [];
  let made;
  const start = performance.now();
  for (let round = 0; round < Number(count); round += 1) {
    const before = process.cpuUsage();
    made = await thumbnails(bytes);
    const { user, system } = process.cpuUsage(before);
    rounds.push((user + system) / 1000);
  }
  const wall = (performance.now() - start) / rounds.length;
  rounds.sort((one, other) => one - other);
  const peak = /VmHWM:\s+(\d+)/.exec(fs.readFileSync("/proc/self/status", "utf8"))[1];
  console.log(
    JSON.stringify({
      cpu_ms: rounds[rounds.length >> 1],
      wall_ms: wall,
      peak_rss_kib: Number(peak),
      thumbnail_bytes: made.thumbnail.length,
      preview_bytes: made.preview.length,
    }),
  );
}

main(process.argv.slice(2));
