import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const WIDTH = 1600;
const HEIGHT = 1200;

/** @typedef {string} Colour red, green and blue in hexadecimal */
/** @typedef {{sky: Colour[], hills: Colour[], sun: Colour, at: number}} Scene */

/**
 * Paints a quiet view over water, for a picture of the page that is worth looking at.
 *
 * @param {string} folder
 * @param {string} name of the JPEG
 * @param {Scene} scene the sky from above to the horizon, the hills from the farthest to the nearest, the sun and where
 *   across it stands, 0 to 1
 * @returns {Promise<string>} the file's path
 */
export async function paint(folder, name, scene) {
  const path = join(folder, name);
  const seen = {
    sky: scene.sky.map(channels),
    hills: scene.hills.map(channels),
    sun: channels(scene.sun),
    at: scene.at,
  };
  const pixels = Buffer.alloc(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) pixels.set(colourAt(seen, x / WIDTH, y / HEIGHT), (y * WIDTH + x) * 3);
  }
  const size = `${WIDTH}x${HEIGHT}`;
  const input = ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", size, "-i", "-"];
  const ffmpeg = spawn("ffmpeg", ["-v", "error", "-y", ...input, "-q:v", "3", path], {
    stdio: ["pipe", "inherit", "inherit"],
  });
  ffmpeg.stdin.end(pixels);
  const [code] = await once(ffmpeg, "exit");
  if (code !== 0) throw new Error(`ffmpeg could not write ${path}`);
  return path;
}

const HORIZON = 0.62;

function colourAt(scene, x, y) {
  if (y <= HORIZON) return above(scene, x, y);
  // Water shows what is above it, stretched, darker, and broken by waves that grow towards the viewer.
  const depth = (y - HORIZON) / (1 - HORIZON);
  const wave = Math.sin((y * 900) / (1 + 6 * depth) + Math.sin(x * 9 + y * 40) * 2) * (0.004 + 0.03 * depth);
  const mirrored = above(scene, x + wave, Math.max(0, HORIZON - depth * 0.55 - Math.abs(wave) * 0.3));
  return mirrored.map((value) => value * (0.86 - 0.3 * depth));
}

function above({ sky, hills, sun, at }, x, y) {
  for (let index = hills.length - 1; index >= 0; index -= 1) {
    const near = (index + 1) / hills.length;
    const top = HORIZON - 0.2 + 0.17 * near + ridge(x * (1.5 + index), index * 7 + at * 40) * 0.09 * (1.3 - near);
    if (y > top) return mix(hills[index], sky.at(-1), 0.25 * (1 - near) + 0.35 * Math.max(0, (y - top) * 3));
  }
  const place = (Math.max(0, y) / HORIZON) * (sky.length - 1);
  const lower = Math.min(sky.length - 2, Math.floor(place));
  const plain = mix(sky[lower], sky[lower + 1], place - lower);
  const distance = Math.hypot((x - at) * (WIDTH / HEIGHT), y - 0.33);
  return mix(plain, sun, distance < 0.055 ? 0.95 : Math.exp(-distance * 7) * 0.55);
}

const ridge = (x, seed) =>
  Math.sin(x * 3 + seed) * 0.6 + Math.sin(x * 7.3 + seed * 1.7) * 0.3 + Math.sin(x * 17 + seed * 2.3) * 0.1;

/** @param {Colour} colour */
const channels = (colour) => [...Buffer.from(colour, "hex")];

/** Colours as lists of channels; the part of the other is 0 to 1. */
const mix = (one, other, part) =>
  one.map((value, index) => value + (other[index] - value) * Math.min(1, Math.max(0, part)));
