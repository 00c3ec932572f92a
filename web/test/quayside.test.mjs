import assert from "node:assert/strict";
import { test } from "node:test";
import { Quayside, QuaysideError } from "../quayside.js";
import { startService } from "./service.mjs";

const READY = { id: "a", status: "ready" };

/** @param {Parameters<typeof startService>[0]} answer */
async function connect(t, answer, options = {}) {
  const service = await startService(answer);
  t.after(() => service.stop());
  return { service, quayside: new Quayside({ baseUrl: service.baseUrl, token: "first", ...options }) };
}

test("a passing failure is repeated until it has passed", async (t) => {
  const { service, quayside } = await connect(t, (_, count) => (count < 3 ? { status: 503 } : { body: READY }));
  assert.deepEqual(await quayside.get("a"), READY);
  assert.equal(service.requests.length, 3);
});

test("a connection that breaks off is tried again", async (t) => {
  const { service, quayside } = await connect(t, (_, count) => (count === 1 ? "hang up" : { body: READY }));
  assert.deepEqual(await quayside.get("a"), READY);
  assert.equal(service.requests.length, 2);
});

test("the server's Retry-After is not undercut", async (t) => {
  const busy = { status: 429, headers: { "retry-after": "1" } };
  const { service, quayside } = await connect(t, (_, count) => (count === 1 ? busy : { body: READY }));
  await quayside.get("a");
  const [first, second] = service.requests;
  assert.ok(second.at - first.at >= 990, `came back after ${second.at - first.at} ms`);
});

test("after the allowed attempts the failure is reported as it was", async (t) => {
  const down = { status: 503, body: { code: "unavailable", detail: "Down for a moment.", status: 503 } };
  const { service, quayside } = await connect(t, () => down, { attempts: 3 });
  await assert.rejects(quayside.get("a"), { code: "unavailable", message: "Down for a moment.", status: 503 });
  assert.equal(service.requests.length, 3);
});

test("a service that cannot be reached is a network error", async (t) => {
  const { service, quayside } = await connect(t, () => "hang up", { attempts: 2 });
  await assert.rejects(quayside.get("a"), { code: "network", status: 0 });
  assert.equal(service.requests.length, 2);
});

test("a refusal of the request itself is not repeated and keeps what the problem document says", async (t) => {
  const body = { status: 422, code: "too_large", detail: "At most 50 MB.", field: "size", requestId: "r-1" };
  const { service, quayside } = await connect(t, () => ({ status: 422, body }));
  const error = await quayside.get("a").catch((thrown) => thrown);
  assert.ok(error instanceof QuaysideError);
  const { status, code, message, field, requestId } = error;
  assert.deepEqual({ status, code, detail: message, field, requestId }, body);
  assert.equal(service.requests.length, 1);
});

test("standing refusals are not repeated though their status is one of passing trouble", async (t) => {
  for (const code of ["too_many_uploads", "quota_exceeded"]) {
    const { service, quayside } = await connect(t, () => ({ status: 429, body: { code } }));
    await assert.rejects(quayside.get("a"), { code });
    assert.equal(service.requests.length, 1);
  }
});

test("an error page that is no problem document still gives a code", async (t) => {
  const { quayside } = await connect(t, () => ({ status: 403, body: "<html>" }));
  await assert.rejects(quayside.get("a"), { code: "http_403", status: 403 });
});

test("a rejected token is replaced once, by one that the application is asked for", async (t) => {
  const asked = [];
  const token = (rejected) => {
    asked.push(rejected);
    return rejected === undefined ? "old" : "new";
  };
  const answer = ({ headers }) => (headers.authorization === "Bearer new" ? { body: READY } : { status: 401 });
  const { service, quayside } = await connect(t, answer, { token });
  assert.deepEqual(await quayside.get("a"), READY);
  assert.deepEqual(asked, [undefined, "old"]);
  assert.equal(service.requests.length, 2);
});

test("a token that stays rejected is reported, not asked for again and again", async (t) => {
  const body = { code: "unauthenticated", detail: "The token has expired." };
  const { service, quayside } = await connect(t, () => ({ status: 401, body }), { token: () => "stale" });
  await assert.rejects(quayside.get("a"), { code: "unauthenticated", status: 401 });
  assert.equal(service.requests.length, 2);
});

test("pages are fetched by cursor, and only as they are asked for", async (t) => {
  const answer = ({ url }) => {
    const cursor = new URL(url, "http://x").searchParams.get("cursor");
    return { body: cursor ? { items: [3], nextCursor: null } : { items: [1, 2], nextCursor: "a+b/c=" } };
  };
  const { service, quayside } = await connect(t, answer);
  const pages = quayside.pages({ type: "image", limit: 2 });
  assert.deepEqual((await pages.next()).value.items, [1, 2]);
  assert.equal(service.requests.length, 1);
  assert.deepEqual((await pages.next()).value.items, [3]);
  assert.equal((await pages.next()).done, true);
  const queries = service.requests.map(({ url }) => Object.fromEntries(new URL(url, "http://x").searchParams));
  assert.deepEqual(queries, [
    { type: "image", limit: "2" },
    { type: "image", limit: "2", cursor: "a+b/c=" },
  ]);
});

test("an id cannot lead out of its path", async (t) => {
  const { service, quayside } = await connect(t, () => ({ status: 204 }));
  await quayside.delete("../uploads/x?y#z");
  assert.equal(service.requests[0].url, "/v1/assets/..%2Fuploads%2Fx%3Fy%23z");
});

test("a data URL is asked for as JSON, with variant and download", async (t) => {
  const body = { url: "https://edge/x", expiresAt: "2026-11-20T12:00:00Z" };
  const { service, quayside } = await connect(t, () => ({ body }));
  assert.deepEqual(await quayside.dataUrl("a", { variant: "preview", download: true }), body);
  const [{ url, headers }] = service.requests;
  assert.equal(url, "/v1/assets/a/data?variant=preview&download=1");
  assert.equal(headers.accept, "application/json");
});

test("waiting for the inspection sits out trouble and ends with it", async (t) => {
  const answers = [{ body: { id: "a", status: "uploaded" } }, { status: 500 }, { status: 500 }, { body: READY }];
  const { service, quayside } = await connect(t, (_, count) => answers[count - 1], { attempts: 2 });
  assert.deepEqual(await quayside.untilInspected("a"), READY);
  assert.equal(service.requests.length, 4);
});

test("waiting for the inspection of a deleted asset ends with not_found", async (t) => {
  const { quayside } = await connect(t, () => ({ status: 404, body: { code: "not_found" } }));
  await assert.rejects(quayside.untilInspected("a"), { code: "not_found" });
});

test("an asset is sent through its inspection again", async (t) => {
  const asset = { id: "a/b", status: "uploaded" };
  const { service, quayside } = await connect(t, () => ({ status: 202, body: asset }));
  assert.deepEqual(await quayside.process("a/b"), asset);
  const [{ method, url, body }] = service.requests;
  assert.deepEqual([method, url, body], ["POST", "/v1/assets/a%2Fb/process", ""]);
});

test("an asset whose bytes are gone is not asked for again and again", async (t) => {
  const body = { code: "not_processable", detail: "Its bytes are no longer kept. Upload it again." };
  const { service, quayside } = await connect(t, () => ({ status: 409, body }));
  await assert.rejects(quayside.process("a"), { code: "not_processable", message: body.detail });
  assert.equal(service.requests.length, 1);
});

test("where a picture was taken is kept only where that is asked for", async (t) => {
  const { service, quayside } = await connect(t, () => ({ status: 400, body: { code: "enough" } }));
  for (const options of [undefined, { keepLocation: true }]) {
    const upload = quayside.upload(new File(["abc"], "a.jpg", { type: "image/jpeg" }), options);
    await assert.rejects(upload.finished, { code: "enough" });
  }
  const said = service.requests.map(({ body }) => JSON.parse(body).keepLocation);
  assert.deepEqual(said, [undefined, true]);
});

test("uploads of other browsers are listed with what storage has of them", async (t) => {
  const asset = { id: "u1", name: "a.mp4", size: 10, createdAt: "2026-11-20T12:00:00Z", status: "awaiting_upload" };
  const answer = ({ url }) =>
    url.startsWith("/v1/assets") ? { body: { items: [asset], nextCursor: null } } : { body: { bytesUploaded: 4 } };
  const { service, quayside } = await connect(t, answer);
  assert.deepEqual(await quayside.unfinished(), [
    { uploadId: "u1", name: "a.mp4", size: 10, bytesUploaded: 4, createdAt: asset.createdAt, resumable: false },
  ]);
  assert.deepEqual(service.requests.map(({ url }) => url), ["/v1/assets?status=awaiting_upload", "/v1/uploads/u1"]);
});

test("URLs are handed over by the hundred, each with its own result", async (t) => {
  const problem = { code: "source_forbidden", detail: "Only http and https URLs can be fetched.", status: 400, field: "url" };
  const { service, quayside } = await connect(t, ({ body }) => {
    const items = JSON.parse(body).items.map(({ url }) =>
      url.startsWith("https:") ? { asset: { id: url, status: "ingesting" } } : { problem },
    );
    return { status: 202, body: { items } };
  });
  const files = Array.from({ length: 101 }, (_, n) => ({ url: n === 100 ? "ftp://example.com/" : `https://example.com/${n}` }));
  const results = await quayside.ingest(files);
  assert.deepEqual(service.requests.map(({ body }) => JSON.parse(body).items.length), [100, 1]);
  assert.deepEqual(results[99], { id: "https://example.com/99", status: "ingesting" });
  assert.ok(results[100] instanceof QuaysideError);
  const { code, message, field } = results[100];
  assert.deepEqual({ code, message, field }, { code: problem.code, message: problem.detail, field: "url" });
});

test("URLs that are handed over again after a lost answer are known by their key", async (t) => {
  const body = { items: [{ asset: { id: "a" } }] };
  const { service, quayside } = await connect(t, (_, count) => (count === 1 ? "hang up" : { status: 202, body }));
  assert.deepEqual(await quayside.ingest([{ url: "https://example.com/" }]), [{ id: "a" }]);
  const [first, second] = service.requests.map(({ headers }) => headers["idempotency-key"]);
  assert.match(first, /^[0-9a-f-]{36}-0$/);
  assert.equal(second, first);
});

test("a request for URLs that fails leaves what others have begun", async (t) => {
  const { quayside } = await connect(t, ({ body }) => {
    const { items } = JSON.parse(body);
    return items.length === 100 ? { body: { items: items.map(() => ({ asset: { id: "a" } })) } } : { status: 500 };
  }, { attempts: 1 });
  const results = await quayside.ingest(Array.from({ length: 101 }, () => ({ url: "https://example.com/" })));
  assert.deepEqual(results.map((result) => result instanceof QuaysideError), [...Array(100).fill(false), true]);
});

test("who waits for an inspection is told of each look before its end", async (t) => {
  const seen = [];
  const { quayside } = await connect(t, (_, count) => ({ body: { id: "a", status: count < 3 ? "ingesting" : "ready" } }));
  await quayside.untilInspected("a", { onLook: ({ status }) => seen.push(status) });
  assert.deepEqual(seen, ["ingesting", "ingesting"]);
});
