// `POST /v1/uploads/{id}/complete`.

import { number } from "./configuration.mjs";
import { assetJson } from "./delivery.mjs";
import { answering, assetId, body, caller, json, Problem } from "./http.mjs";
import { completeMultipart, sizeOfIncoming } from "./storage.mjs";
import { findOwned, markUploaded } from "./table.mjs";

const inspectedWithinSeconds = number("INSPECTED_WITHIN_SECONDS");

export const handler = answering(async (event) => {
  const owner = caller(event);
  const id = assetId(event);
  const { parts } = body(event);
  // The key is the caller's own, so that record and object are asked for together.
  const [asset, size] = await Promise.all([findOwned(owner, id), parts ? undefined : sizeOfIncoming(owner, id)]);
  if (asset.status !== "awaiting_upload") return json(200, assetJson(asset));
  if (asset.upload.strategy.kind === "multipart") {
    if (!Array.isArray(parts)) throw new Problem(400, "invalid_parts", "Name the parts.", "parts");
    await completeMultipart(asset, parts);
  } else if (size !== asset.size) {
    throw new Problem(409, "upload_incomplete", "Storage does not have the file yet. PUT it first.");
  }
  const uploaded = await markUploaded(asset, new Date(), inspectedWithinSeconds);
  console.log(JSON.stringify({ level: "info", message: "upload completed", assetId: id, size: asset.size }));
  return json(200, assetJson(uploaded));
});
