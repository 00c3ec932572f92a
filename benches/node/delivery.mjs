// Signed URLs of the CDN (Bunny's token authentication, version 2), and assets as the API shows them.

import { createHmac } from "node:crypto";
import { number, text } from "./configuration.mjs";

const url = text("CDN_URL").replace(/\/$/, "");
const tokenKey = text("CDN_TOKEN_KEY");
const ttlSeconds = number("URL_TTL_SECONDS");

export function signed(asset, name, download) {
  const step = Math.max(1, Math.floor(ttlSeconds / 4));
  const expires = Math.floor(Date.now() / 1000 / step) * step + ttlSeconds;
  const file = name === "original" ? "original" : `variants/${name}`;
  const path = `/media/${asset.location}/${file}`;
  const digest = createHmac("sha256", tokenKey).update(`${path}${expires}${download ? "download=1" : ""}`);
  const query = `token=HS256-${digest.digest("base64url")}${download ? "&download=1" : ""}&expires=${expires}`;
  return { url: `${url}${path}?${query}`, expiresAt: new Date(expires * 1000).toISOString() };
}

export function assetJson(asset) {
  const names = asset.status === "ready" ? ["original", ...asset.variants.map(({ name }) => name)] : [];
  return {
    id: asset.id,
    ownerId: asset.owner,
    projectId: asset.project ?? null,
    name: asset.name,
    type: asset.kind,
    contentType: asset.content_type,
    status: asset.status,
    failure: asset.failure ?? null,
    size: asset.size,
    sha256: asset.sha256 ?? null,
    storageKey: `media/${asset.location}/original`,
    tags: asset.tags,
    metadata: asset.metadata,
    variants: asset.variants,
    urls: Object.fromEntries(names.map((name) => [name, signed(asset, name, false).url])),
    sourceUrl: asset.source?.url ?? null,
    sourceReference: asset.source?.reference ?? null,
    createdAt: asset.created_at,
    updatedAt: asset.updated_at,
    revision: asset.revision,
    // Of its owner, who alone is answered here.
    can: ["view", "view_history", "upload", "edit", "process", "delete"],
  };
}
