import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeBlurhash } from "../page/blurhash.js";
import { formatCodec } from "../page/codecs.js";
import { allFacts, iconOf, kindOf, shortFacts } from "../page/facts.js";
import {
  formatBitRate,
  formatBytes,
  formatChannels,
  formatClock,
  formatDuration,
  formatFrameRate,
  formatLanguage,
  formatPlace,
  formatSampleRate,
  formatSentence,
  formatTimeLeft,
  formatTimeThere,
} from "../page/format.js";

const WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/** As people see it, with spaces that one can type. */
const plain = (text) => text.replaceAll("\u00a0", " ");

const asset = (type, contentType, metadata = {}, rest = {}) => ({
  type,
  contentType,
  size: 21_800_000,
  status: "ready",
  createdAt: "2026-11-20T12:00:00Z",
  metadata,
  ...rest,
});
const short = (...of) => shortFacts(asset(...of)).map(plain).join(" · ");
const all = (...of) =>
  Object.fromEntries(allFacts(asset(...of)).map(([term, lines]) => [term, lines.map(plain).join("\n")]));

test("sizes are in decimal units, with as many digits as help", () => {
  const sizes = [0, 1, 999, 1000, 1400, 99_940, 99_960, 999_600, 5e9];
  assert.deepEqual(sizes.map((bytes) => plain(formatBytes(bytes))), [
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
  const read = (sentence) => plain(formatSentence(sentence));
  const said = "image files may have up to 52428800 bytes; this one has 60000000.";
  assert.equal(read(said), "Image files may have up to 52.4 MB; this one has 60.0 MB.");
  for (const same of [
    "At most 5 uploads, see RFC 9457.",
    "The image has 108000000 pixels; at most 100000000 are allowed.",
    "The image has 10001 frames; at most 10000 are allowed.",
    "The video plays for 86400 seconds; at most 10000 are allowed.",
  ]) {
    assert.equal(read(same), same);
  }
  assert.equal(read(""), "");
});

test("time left is in the unit that one plans with", () => {
  assert.deepEqual([0, 59, 61, 3600, 3900].map((seconds) => plain(formatTimeLeft(seconds))), [
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

test("how long something plays is a clock on a card, and words among the facts", () => {
  for (const [seconds, clock, words] of [
    [0, "0:00", "0.00 s"],
    [0.04, "0:01", "0.04 s"],
    [6.04, "0:06", "6.0 s"],
    [59.94, "0:59", "59.9 s"],
    [59.97, "0:59", "1 min 0 s"],
    [754.4, "12:34", "12 min 34 s"],
    [3599.6, "59:59", "1 h 0 min 0 s"],
    [3723, "1:02:03", "1 h 2 min 3 s"],
    [360_000, "100:00:00", "100 h 0 min 0 s"],
  ]) {
    assert.equal(formatClock(seconds), clock);
    assert.equal(plain(formatDuration(seconds)), words);
  }
});

test("rates are in the units that they are advertised in", () => {
  const rates = [0, 999, 96_000, 1_411_200, 28_130_000, 999_600, 2.5e9].map((rate) => plain(formatBitRate(rate)));
  const shown = ["0 bit/s", "999 bit/s", "96 kbit/s", "1.41 Mbit/s", "28.1 Mbit/s", "1 Mbit/s", "2.5 Gbit/s"];
  assert.deepEqual(rates, shown);
  assert.deepEqual([25, 23.976, 59.94, 12.5].map((rate) => plain(formatFrameRate(rate))), [
    "25 frames/s",
    "23.98 frames/s",
    "59.94 frames/s",
    "12.5 frames/s",
  ]);
  const samples = [8000, 44_100, 11_025].map((rate) => plain(formatSampleRate(rate)));
  assert.deepEqual(samples, ["8 kHz", "44.1 kHz", "11.025 kHz"]);
  assert.deepEqual([1, 2, 6].map((channels) => plain(formatChannels(channels))), ["mono", "stereo", "6 channels"]);
});

test("a time without an offset is shown as the clock there showed it, whatever the reader's time zone", () => {
  for (const [time, shown] of [
    ["2024-07-01T12:30:00", "1 July 2024 at 12:30"],
    ["2024-07-01T23:59:59.5+02:00", "1 July 2024 at 23:59 (UTC+02:00)"],
    ["2024-01-31T00:05:00-05:00", "31 January 2024 at 00:05 (UTC\u221205:00)"],
    ["2024-07-01T12:30:00Z", "1 July 2024 at 12:30 (UTC)"],
    ["2024-13-45T99:30:00", "2024-13-45T99:30:00"],
    ["<b>", "<b>"],
  ]) {
    assert.equal(formatTimeThere(time), shown);
  }
});

test("languages and codecs go by the names that people know, and by their own where there is none", () => {
  assert.deepEqual(["eng", "ger", "deu", "pt-BR", "qaa", "not a code"].map(formatLanguage), [
    "English",
    "German",
    "German",
    "Brazilian Portuguese",
    "qaa",
    "not a code",
  ]);
  const codecs = ["h264", "hevc", "opus", "pcm_s16le", "pcm_f32le", "pcm_alaw", "pcm_x", "XYZ1", "constructor"];
  assert.deepEqual(codecs.map(formatCodec), [
    "H.264",
    "H.265",
    "Opus",
    "16-bit PCM",
    "32-bit float PCM",
    "A-law PCM",
    "PCM",
    "XYZ1",
    "constructor",
  ]);
});

test("a place says which half of the world it is in, and its height where that is known", () => {
  assert.equal(plain(formatPlace({ latitude: 53.541, longitude: 9.987 })), "53.54100° N, 9.98700° E");
  const place = { latitude: -22.9519, longitude: -43.2105, altitude: -3.4 };
  assert.equal(plain(formatPlace(place)), "22.95190° S, 43.21050° W, 3 m below sea level");
});

test("a card says of each kind what one looks for", () => {
  for (const [said, ...of] of [
    ["4000 × 3000 · 21.8 MB", "image", "image/jpeg", { width: 4000, height: 3000, frames: 1 }],
    ["600 × 200 · 40 frames · 21.8 MB", "image", "image/gif", { width: 600, height: 200, frames: 40 }],
    ["1080p · 12:34 · 21.8 MB", "video", "video/mp4", { width: 1920, quality: "1080p", durationSeconds: 754 }],
    ["4K · 21.8 MB", "video", "video/mp4", { quality: "4k" }],
    ["5:00 · 21.8 MB", "audio", "audio/mpeg", { durationSeconds: 300 }],
    ["12 pages · 21.8 MB", "document", "application/pdf", { pages: 12, encrypted: false }],
    ["encrypted · 21.8 MB", "document", "application/pdf", { encrypted: true }],
    ["21.8 MB", "document", WORD],
    ["21.8 MB", "video", "video/mp4", null],
  ]) {
    assert.equal(short(...of), said);
  }
});

test("files go by what people call them, and documents have icons of their own", () => {
  for (const [kind, symbol, ...of] of [
    ["Image", "image", "image", "image/png", { frames: 1 }],
    ["Animation", "image", "image", "image/webp", { frames: 2 }],
    ["Drawing", "image", "image", "image/svg+xml"],
    ["Video", "video", "video", "video/mp4"],
    ["Audio", "audio", "audio", "audio/wav"],
    ["PDF document", "pdf", "document", "application/pdf"],
    ["Word document", "word", "document", "application/msword"],
    ["Word document", "word", "document", WORD],
  ]) {
    assert.deepEqual([kindOf(asset(...of)), iconOf(asset(...of))], [kind, symbol]);
  }
});

test("all that is known of a film is told in words", () => {
  const film = {
    width: 1080,
    height: 1920,
    rotation: 90,
    durationSeconds: 6.04,
    videoCodec: "hevc",
    audioCodec: "aac",
    codecs: "hvc1.1.6.L93.B0, mp4a.40.2",
    bitrate: 28_130_000,
    frameRate: 29.97,
    channels: 2,
    sampleRate: 48_000,
    quality: "1080p",
    colorTransfer: "hlg",
  };
  const { "SHA-256": sha256, Uploaded, ...facts } = all("video", "video/mp4", film);
  assert.equal(sha256, undefined);
  assert.match(Uploaded, /2026/);
  assert.deepEqual(facts, {
    Kind: "Video",
    Size: "21.8 MB",
    Duration: "6.0 s",
    Dimensions: "1080 × 1920",
    Turned: "90° clockwise when shown",
    Quality: "1080p",
    Video: "H.265, 29.97 frames/s, HDR (HLG)",
    Audio: "AAC, stereo, 48 kHz",
    "Bit rate": "28.1 Mbit/s",
    Codecs: "hvc1.1.6.L93.B0, mp4a.40.2",
    "Media type": "video/mp4",
    Status: "ready",
  });
});

test("of several sound tracks, each goes by its language", () => {
  const audioTracks = [
    { codec: "aac", language: "eng", channels: 2, sampleRate: 48_000 },
    { codec: "ac3", language: "ger", channels: 6 },
    { codec: "opus" },
  ];
  const { Audio } = all("video", "video/mp4", { videoCodec: "h264", audioCodec: "aac", channels: 2, audioTracks });
  assert.equal(Audio, "English: AAC, stereo, 48 kHz\nGerman: AC-3, 6 channels\nTrack 3: Opus");
});

test("a photograph says when, where and with what it was taken", () => {
  const taken = { capturedAt: "2024-07-01T12:30:00", location: { latitude: 53.541, longitude: 9.987, altitude: 12 } };
  const of = (cameraMake, cameraModel) =>
    all("image", "image/jpeg", { ...taken, orientation: 6, cameraMake, cameraModel });
  const { Taken, Camera, Place, Turned, Transparency, Frames } = of("Canon", "Canon EOS 5D");
  assert.deepEqual([Taken, Camera, Turned, Transparency, Frames], [
    "1 July 2024 at 12:30",
    "Canon EOS 5D",
    "90° clockwise when shown",
    undefined,
    undefined,
  ]);
  assert.equal(Place, "53.54100° N, 9.98700° E, 12 m above sea level");
  assert.equal(of("NIKON CORPORATION", "NIKON D850").Camera, "NIKON D850");
  assert.equal(of("Apple", "iPhone 15").Camera, "Apple iPhone 15");
  assert.equal(of("Apple", undefined).Camera, "Apple");
  assert.equal(of(undefined, "X100").Camera, "X100");
});

test("of a document, its pages and that it is encrypted are told, and nothing that is not known", () => {
  const { Pages, Encrypted } = all("document", "application/pdf", { pages: 1, encrypted: true });
  assert.deepEqual([Pages, Encrypted], ["1", "yes"]);
  const unknown = Object.keys(all("document", WORD, {}, { status: "failed" }));
  assert.deepEqual(unknown, ["Kind", "Size", "Media type", "Status", "Uploaded"]);
});
