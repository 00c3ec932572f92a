// `GET /v1/assets/{id}/data`.

import { signed } from "./delivery.mjs";
import { answering, assetId, caller, json, Problem } from "./http.mjs";
import { findOwned } from "./table.mjs";

export const handler = answering(async (event) => {
  const asset = await findOwned(caller(event), assetId(event));
  if (asset.status !== "ready") throw new Problem(409, "not_ready", `The asset is ${asset.status}.`);
  const { variant = "original", download } = event.queryStringParameters ?? {};
  if (variant !== "original" && !asset.variants.some(({ name }) => name === variant)) {
    throw new Problem(404, "no_such_variant", "The asset has no such variant.", "variant");
  }
  const answer = signed(asset, variant, download === "1");
  if (event.headers.accept?.includes("application/json")) return json(200, answer);
  return { statusCode: 302, headers: { location: answer.url, "cache-control": "no-store", vary: "accept" } };
});
