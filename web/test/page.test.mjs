import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeBlurhash } from "../page/blurhash.js";
import { formatBytes, formatSentence, formatTimeLeft } from "../page/format.js";

test("sizes are in decimal units, with as many digits as help", () => {
  const plain = (bytes) => formatBytes(bytes).replace("\u00a0", " ");
  assert.deepEqual([0, 1, 999, 1000, 1400, 99_940, 99_960, 999_600, 5e9].map(plain), [
    "0 bytes",
    "1 byte",
    "999 bytes",
    "1.0 kB",
    "1.4 kB",
    "99.9 kB",
    "100 kB",
    "1.0 MB",
    "5.0 GB",
  ]);
});

test("sizes in the service's sentences become readable, and other numbers stay", () => {
  const plain = (sentence) => formatSentence(sentence).replaceAll("\u00a0", " ");
  const said = "image files may have up to 52428800 bytes; this one has 60000000.";
  assert.equal(plain(said), "Image files may have up to 52.4 MB; this one has 60.0 MB.");
  assert.equal(plain("At most 5 uploads, see RFC 9457."), "At most 5 uploads, see RFC 9457.");
  assert.equal(plain(""), "");
});

test("time left is in the unit that one plans with", () => {
  const plain = (seconds) => formatTimeLeft(seconds).replaceAll("\u00a0", " ");
  assert.deepEqual([0, 59, 61, 3600, 3900].map(plain), [
    "1 s left",
    "59 s left",
    "2 min left",
    "1 h 0 min left",
    "1 h 5 min left",
  ]);
});

test("what is no blurhash is told apart, whatever its length", () => {
  for (const text of ["", "L", "00OZZ", "00OZZy0", "LEHV6nWB2yk8pyo0adR*.7kCMdn", "00OZZ\u00e9", "00OZZ\""]) {
    assert.equal(decodeBlurhash(text, 2, 2), null);
  }
});

test("a blurhash becomes the pixels that the format's own decoder makes of it", () => {
  // 4 × 3 pixels by version 2.0.5 of the decoder in the format's repository, to within a rounding.
  const expected = [
    [135, 164, 177], [161, 173, 177], [181, 180, 171], [160, 172, 174],
    [124, 154, 169], [148, 148, 154], [164, 145, 134], [146, 152, 155],
    [124, 144, 154], [144, 134, 132], [163, 130, 104], [148, 140, 134],
  ].flatMap((colour) => [...colour, 255]);
  const decoded = decodeBlurhash("LEHV6nWB2yk8pyo0adR*.7kCMdnj", 4, 3);
  assert.equal(decoded.length, expected.length);
  decoded.forEach((value, at) => assert.ok(Math.abs(value - expected[at]) <= 1, `at ${at}: ${value}`));
});

test("a blurhash of one term is one colour", () => {
  assert.deepEqual([...decodeBlurhash("00OZZy", 1, 2)], [213, 30, 120, 255, 213, 30, 120, 255]);
});
