// `POST /v1/uploads`.

import { createHash } from "node:crypto";
import { mebibytes, number, text } from "./configuration.mjs";
import { answering, body, caller, json, Problem } from "./http.mjs";
import { segment, uuidv7 } from "./keys.mjs";
import { createMultipart, original, presignPart, presignUpload } from "./storage.mjs";
import { begin } from "./table.mjs";

const MAX_SINGLE_BYTES = 16 * 2 ** 20;
const MAX_PARTS = 10_000;
const MAX_SIGNED_PARTS = 100;
const allowedTypes = new Set(text("ALLOWED_TYPES").split(/[\s,]+/));
const maxBytes = {
  image: mebibytes("MAX_IMAGE_MB"),
  video: mebibytes("MAX_VIDEO_MB"),
  audio: mebibytes("MAX_AUDIO_MB"),
  document: mebibytes("MAX_DOCUMENT_MB"),
};
const allowance = { quotaBytes: mebibytes("QUOTA_MB"), activeUploads: number("MAX_ACTIVE_UPLOADS") };
const ttlSeconds = number("UPLOAD_TTL_SECONDS");
const partBytes = mebibytes("PART_SIZE_MB");

function invalid(code, field, detail) {
  return new Problem(400, code, detail, field);
}

function parse(fields) {
  const { filename, size, contentType, sha256, tags = [] } = fields;
  if (typeof filename !== "string" || filename === "" || Buffer.byteLength(filename) > 255) {
    throw invalid("invalid_filename", "filename", "filename is a name of up to 255 bytes.");
  }
  if (!Number.isSafeInteger(size) || size < 1) throw invalid("invalid_size", "size", "size is a number of bytes.");
  if (!allowedTypes.has(contentType)) {
    throw invalid("unsupported_type", "contentType", "Files of this type are not taken.");
  }
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256)) {
    throw invalid("invalid_sha256", "sha256", "sha256 is 64 hexadecimal digits.");
  }
  if (!Array.isArray(tags) || tags.some((tag) => typeof tag !== "string" || tag === "" || tag.length > 64)) {
    throw invalid("invalid_tags", "tags", "tags are texts of 1 to 64 characters.");
  }
  const family = contentType.split("/")[0];
  const kind = family in maxBytes ? family : "document";
  if (size > maxBytes[kind]) throw invalid("too_large", "size", `Files of this kind have up to ${maxBytes[kind]} bytes.`);
  return { filename, size, contentType, kind, sha256, tags };
}

function idempotencyOf(event) {
  const key = event.headers["idempotency-key"];
  if (key === undefined) return undefined;
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw invalid("invalid_idempotency_key", "Idempotency-Key", "It is 1 to 255 visible ASCII characters.");
  }
  return { key, request: createHash("sha256").update(event.body ?? "").digest("hex") };
}

export const handler = answering(async (event) => {
  const owner = caller(event);
  const declared = parse(body(event));
  const now = new Date();
  const expires_at = new Date(now.getTime() + ttlSeconds * 1000).toISOString();
  const id = uuidv7();
  let strategy = { kind: "single" };
  if (declared.size > MAX_SINGLE_BYTES) {
    const part_size = Math.max(partBytes, Math.ceil(declared.size / MAX_PARTS));
    const multipart_id = await createMultipart(owner, id, declared.filename, declared.contentType);
    strategy = { kind: "multipart", multipart_id, parts: { size: declared.size, part_size } };
  }
  const asset = await begin(
    {
      id,
      owner,
      location: `${segment(owner)}/${id}`,
      name: declared.filename,
      kind: declared.kind,
      content_type: declared.contentType,
      status: "awaiting_upload",
      stage: 1,
      size: declared.size,
      declared_sha256: declared.sha256,
      tags: declared.tags,
      metadata: {},
      variants: [],
      upload: { strategy, expires_at },
      due_at: expires_at,
      created_at: now.toISOString(),
      updated_at: now.toISOString(),
      revision: 1,
      version: 1,
    },
    idempotencyOf(event),
    allowance,
  );
  console.log(JSON.stringify({ level: "info", message: "upload begun", assetId: id, size: asset.size }));
  const plan = asset.upload.strategy;
  const answer = {
    uploadId: asset.id,
    assetId: asset.id,
    strategy: plan.kind,
    method: "PUT",
    storageKey: original(owner, asset.id),
    expiresAt: asset.upload.expires_at,
  };
  if (plan.kind === "single") {
    const url = await presignUpload(asset, ttlSeconds);
    return json(201, { ...answer, url, headers: { "content-type": asset.content_type } });
  }
  const partCount = Math.ceil(plan.parts.size / plan.parts.part_size);
  const numbers = Array.from({ length: Math.min(partCount, MAX_SIGNED_PARTS) }, (_, index) => index + 1);
  const sign = async (partNumber) => ({
    partNumber, url: await presignPart(asset, partNumber, ttlSeconds), expiresAt: expires_at,
  });
  const parts = await Promise.all(numbers.map(sign));
  return json(201, { ...answer, headers: {}, partSize: plan.parts.part_size, partCount, parts });
});
