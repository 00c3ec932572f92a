import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "quayside/fixtures");

/** A photograph's size and detail: 12 megapixels, noise, a dark rim. */
export const photograph = () =>
  made("photograph.jpg", [
    [
      "-f",
      "lavfi",
      "-i",
      "mandelbrot=size=1000x750:start_scale=0.02:start_x=-0.7436438:start_y=-0.1318259",
      "-frames:v",
      "1",
      "-vf",
      "scale=4000:3000:flags=bicubic,vignette,noise=alls=14",
      "-q:v",
      "3",
      "photograph.jpg",
    ],
  ]);

/** A minute of H.264 and AAC as a camera would leave it, ready to stream: 218 MB, fourteen parts of 16 MiB. */
export const longVideo = () => made("long.mp4", [seconds(6), repeated(10, "long.mp4")]);

/** The same, eighteen seconds: 65 MB. */
export const video = () => made("video.mp4", [seconds(6), repeated(3, "video.mp4")]);

/** The same, six seconds: 22 MB. */
export const shortVideo = () => made("short.mp4", [seconds(6), repeated(1, "short.mp4")]);

/** Two seconds of H.264, 25 frames a second, with two sound tracks: English in stereo and German in mono. */
export const dubbedVideo = () =>
  made("dubbed.mp4", [
    [
      ...["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=25:duration=2"],
      ...["-f", "lavfi", "-i", "sine=frequency=220:sample_rate=48000:duration=2"],
      ...["-f", "lavfi", "-i", "sine=frequency=330:sample_rate=44100:duration=2"],
      ...["-map", "0", "-map", "1", "-map", "2", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"],
      ...["-c:a", "aac", "-ac:a:0", "2", "-ac:a:1", "1"],
      ...["-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=ger", "dubbed.mp4"],
    ],
  ]);

/** Two seconds of H.264 with sound that Chromium does not play: AC-3. */
export const surroundVideo = () =>
  made("surround.mp4", [
    [
      ...["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=2"],
      ...["-f", "lavfi", "-i", "sine=frequency=220:sample_rate=48000:duration=2"],
      ...["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "ac3", "surround.mp4"],
    ],
  ]);

/** Nine seconds of MP3, mono. */
export const song = () =>
  made("song.mp3", [
    ["-f", "lavfi", "-i", "sine=frequency=196:sample_rate=44100:duration=9", "-b:a", "96k", "song.mp3"],
  ]);

/** Twelve frames that repeat for ever. */
export const gif = () =>
  made("spinning.gif", [
    ["-f", "lavfi", "-i", "testsrc2=size=400x300:rate=6:duration=2", "-loop", "0", "spinning.gif"],
  ]);

/** @returns {Promise<string[]>} twenty small photographs, each another one */
export const photographs = () =>
  Promise.all(
    Array.from({ length: 20 }, (_, index) => {
      const name = `IMG_${2000 + index}.jpg`;
      const gradient = `gradients=size=800x600:seed=${index}:duration=1,noise=alls=8`;
      return made(name, [["-f", "lavfi", "-i", gradient, "-frames:v", "1", "-q:v", "4", name]]);
    }),
  );

/** @param {number} duration */
const seconds = (duration) => [
  "-f",
  "lavfi",
  "-i",
  `testsrc2=size=1280x720:rate=25:duration=${duration},noise=alls=30:allf=t`,
  "-f",
  "lavfi",
  "-i",
  `sine=frequency=220:beep_factor=4:duration=${duration}`,
  "-c:v",
  "libx264",
  "-preset",
  "ultrafast",
  "-pix_fmt",
  "yuv420p",
  "-g",
  "25",
  "-b:v",
  "28M",
  "-minrate",
  "28M",
  "-maxrate",
  "28M",
  "-bufsize",
  "14M",
  "-c:a",
  "aac",
  "-b:a",
  "128k",
  "clip.mp4",
];

/**
 * @param {number} times
 * @param {string} name
 */
const repeated = (times, name) => [
  "-stream_loop",
  String(times - 1),
  "-i",
  "clip.mp4",
  "-c",
  "copy",
  "-movflags",
  "+faststart",
  name,
];

/**
 * Makes a file with ffmpeg, or takes it from the cache, where it lies under what it was made from. It gets there by a
 * rename, so that what was interrupted is made again.
 *
 * @param {string} name
 * @param {string[][]} steps arguments of ffmpeg
 * @returns {Promise<string>} the file's path
 */
export async function made(name, steps) {
  const recipe = createHash("sha256")
    .update(JSON.stringify([name, steps]))
    .digest("hex")
    .slice(0, 16);
  const folder = join(CACHE, recipe);
  const path = join(folder, name);
  if (existsSync(path)) return path;
  await mkdir(CACHE, { recursive: true });
  const workshop = await mkdtemp(join(CACHE, "making-"));
  try {
    for (const step of steps) await run("ffmpeg", ["-v", "error", "-y", ...step], { cwd: workshop });
    for (const other of await readdir(workshop)) if (other !== name) await rm(join(workshop, other));
    await rename(workshop, folder).catch((error) => {
      // Another test file was quicker.
      if (!existsSync(path)) throw error;
    });
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
  return path;
}
