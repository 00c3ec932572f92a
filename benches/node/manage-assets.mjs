// `GET /v1/assets/{id}`.

import { assetJson } from "./delivery.mjs";
import { answering, assetId, caller, json } from "./http.mjs";
import { findOwned } from "./table.mjs";

export const handler = answering(async (event) => json(200, assetJson(await findOwned(caller(event), assetId(event)))));
