import assert from "node:assert/strict";
import { test } from "node:test";
import { contentTypeOf } from "../quayside/content-type.js";
import { Meter } from "../quayside/meter.js";
import { Places } from "../quayside/places.js";
import { Records } from "../quayside/records.js";
import { backoffSeconds, parseRetryAfter, sleep } from "../quayside/retry.js";

const never = new AbortController().signal;

test("the limit of the backoff doubles up to half a minute, and delays are spread over all of it", () => {
  for (const [attempt, limit] of [[1, 0.5], [2, 1], [4, 4], [20, 30]]) {
    const delays = Array.from({ length: 2000 }, () => backoffSeconds(attempt));
    assert.ok(Math.max(...delays) <= limit && Math.max(...delays) > limit * 0.95);
    assert.ok(Math.min(...delays) < limit * 0.05);
  }
});

test("Retry-After is read as seconds and as a date, and ignored where it makes no sense", () => {
  assert.equal(parseRetryAfter("7"), 7);
  const seconds = parseRetryAfter(new Date(Date.now() + 10_000).toUTCString());
  assert.ok(seconds > 8 && seconds <= 10);
  assert.equal(parseRetryAfter(new Date(0).toUTCString()), 0);
  assert.equal(parseRetryAfter("soon"), undefined);
  assert.equal(parseRetryAfter(null), undefined);
});

test("a sleep ends at once when it is aborted", async () => {
  const abort = new AbortController();
  const slept = sleep(60, abort.signal);
  abort.abort(new Error("enough"));
  await assert.rejects(slept, { message: "enough" });
});

test("places are given in the order in which they were asked for", async () => {
  const places = new Places(2);
  const order = [];
  const take = (name) => places.take(never).then((release) => (order.push(name), release));
  const first = await take("a");
  await take("b");
  const third = take("c");
  take("d");
  assert.deepEqual(order, ["a", "b"]);
  first();
  first();
  await third;
  await sleep(0.01);
  assert.deepEqual(order, ["a", "b", "c"]);
});

test("whoever leaves the queue is not given a place", async () => {
  const places = new Places(1);
  const release = await places.take(never);
  const abort = new AbortController();
  const left = places.take(abort.signal);
  const next = places.take(never);
  abort.abort(new Error("paused"));
  await assert.rejects(left, { message: "paused" });
  release();
  await next;
});

test("a wait for a freed place ends with the first one that is given back", async () => {
  const places = new Places(1);
  const release = await places.take(never);
  const wait = places.untilFreed(60, never);
  release();
  await wait;
});

const file = (name, lastModified = 1) => new File(["content"], name, { type: "video/mp4", lastModified });

test("a record belongs to an owner and an unchanged file", () => {
  const records = new Records();
  const record = { uploadId: "u1", name: "a.mp4", size: 7, startedAt: "2026-11-20T12:00:00Z" };
  records.set(records.key("ada", file("a.mp4")), record);
  assert.deepEqual(records.get(records.key("ada", file("a.mp4"))), record);
  assert.equal(records.get(records.key("bob", file("a.mp4"))), null);
  assert.equal(records.get(records.key("ada", file("b.mp4"))), null);
  assert.equal(records.get(records.key("ada", file("a.mp4", 2))), null);
});

test("records are listed by owner, and one owner's name cannot pass for the start of another's", () => {
  const records = new Records();
  const record = { uploadId: "u1", name: "a.mp4", size: 7, startedAt: "2026-11-20T12:00:00Z" };
  for (const owner of ["ada", 'ada":', "ad"]) records.set(records.key(owner, file("a.mp4")), record);
  assert.equal(records.list("ada").length, 1);
  const [{ key }] = records.list("ada");
  records.delete(key);
  assert.equal(records.list("ada").length, 0);
  assert.equal(records.list("ad").length, 1);
});

test("speed is that of the last seconds and falls to nothing when nothing moves", () => {
  const meter = new Meter();
  assert.equal(meter.bytesPerSecond(0, 0), 0);
  for (let second = 0; second <= 20; second += 0.5) meter.record(second * 1000, second);
  assert.equal(meter.bytesPerSecond(20_000, 20), 1000);
  for (let second = 20.5; second <= 30; second += 0.5) meter.record(20_000 + (second - 20) * 4000, second);
  assert.equal(meter.bytesPerSecond(60_000, 30), 4000);
  assert.equal(meter.bytesPerSecond(60_000, 60), 0);
});

test("bytes that have to be sent again do not make a negative speed", () => {
  const meter = new Meter();
  meter.record(1000, 0);
  assert.equal(meter.bytesPerSecond(400, 1), 0);
});

test("a file without a type gets that of its extension", () => {
  assert.equal(contentTypeOf(new File([], "a.jpg", { type: "image/png" })), "image/png");
  assert.equal(contentTypeOf(new File([], "Film.MKV")), "video/matroska");
  assert.equal(contentTypeOf(new File([], "Bells.flac")), "audio/flac");
  assert.equal(contentTypeOf(new File([], "constructor")), "application/octet-stream");
});
