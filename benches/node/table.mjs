// The table: the items, conditions and transactions of `shared/store/src/table`.

import {
  DynamoDBClient,
  GetItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { number, text } from "./configuration.mjs";
import { notFound, Problem } from "./http.mjs";
import { segment, uuidv7 } from "./keys.mjs";

const client = new DynamoDBClient({});
const TableName = text("TABLE_NAME");
const ATTEMPTS = 10;
const DUE_SHARDS = 4;
const FOLDED_BYTES = 200;
const historyDays = number("HISTORY_DAYS");
const ANSWER = { ReturnValuesOnConditionCheckFailure: "ALL_OLD" };

export const key = (id) => ({ pk: `ASSET#${id}`, sk: "ASSET" });

/** The caller's own asset. */
export async function findOwned(sub, id) {
  const request = new GetItemCommand({ TableName, Key: marshall(key(id)), ConsistentRead: true });
  const { Item } = await client.send(request);
  const asset = Item && unmarshall(Item);
  if (!asset || asset.owner !== sub || asset.deleted_at) throw notFound();
  return asset;
}

const facet = (asset) => `${asset.kind}#${asset.status}#${asset.owner}`;

/** A name as lists compare it. */
function fold(name) {
  let folded = "";
  let bytes = 0;
  for (const char of name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase()) {
    bytes += Buffer.byteLength(char);
    if (bytes > FOLDED_BYTES) break;
    folded += char;
  }
  return folded;
}

/** The write of a new asset. */
function put(asset) {
  const item = {
    ...asset, ...key(asset.id), schema: 1, owner_facet: facet(asset), list_sort: asset.id, list_owner: asset.owner,
    name_key: `${fold(asset.name)}\u0001${asset.id}`,
    due_shard: String(Number.parseInt(asset.id.slice(-2), 16) % DUE_SHARDS),
  };
  const Item = marshall(item, { removeUndefinedValues: true });
  return { Put: { TableName, Item, ConditionExpression: "attribute_not_exists(pk)" } };
}

/** The writes of the entries by which an asset is found by its tags. */
function tagEntries(asset) {
  return asset.tags.map((tag) => {
    const pk = `TAG#O#${segment(asset.owner)}#${Buffer.from(tag).toString("base64url")}`;
    return { Put: { TableName, Item: marshall({ pk, sk: `${asset.kind}#${asset.id}`, asset: asset.id }) } };
  });
}

/** The write of an event: what has made the asset what it is now. */
function event(what, asset) {
  const id = uuidv7();
  const item = {
    pk: `ASSET#${asset.id}`, sk: `EVENT#${id}`, id, what, at: asset.updated_at, by: `user:${asset.owner}`,
    asset: asset.id, owner: asset.owner, project: "", kind: asset.kind, status: asset.status, stage: asset.stage,
    revision: asset.revision, trace: "", feed_owner: asset.owner,
  };
  if (historyDays > 0) item.expires_at = Math.floor(Date.parse(asset.updated_at) / 1000) + historyDays * 86_400;
  return { Put: { TableName, Item: marshall(item) } };
}

/** The write that adds to the owner's usage. */
function usage(owner, kind, sums, condition, values) {
  const all = {
    total_bytes: 0, reserved_bytes: 0, active_uploads: 0, active_ingestions: 0,
    [`${kind}_bytes`]: 0, [`${kind}_count`]: 0, ...sums,
  };
  const terms = Object.keys(all).map((name) => `${name} :${name}`);
  const added = Object.fromEntries(Object.entries(all).map(([name, value]) => [`:${name}`, value]));
  return {
    Update: {
      TableName,
      Key: marshall({ pk: `OWNER#${owner}`, sk: "USAGE" }),
      UpdateExpression: `ADD ${terms.join(", ")}`,
      ExpressionAttributeValues: marshall({ ...added, ...values }),
      ...(condition && { ConditionExpression: condition, ...ANSWER }),
    },
  };
}

/** Writes the items together; contention is waited out. Gives the reasons why it was refused, or nothing. */
async function transact(TransactItems) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.send(new TransactWriteItemsCommand({ TransactItems }));
      return undefined;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const reasons = error.CancellationReasons ?? [];
      if (reasons.some(({ Code }) => Code === "ConditionalCheckFailed")) return reasons;
      if (attempt === ATTEMPTS) throw error;
      await new Promise((done) => setTimeout(done, Math.random() * (10 << Math.min(attempt, 6))));
    }
  }
}

/** Writes a new asset and reserves its bytes. */
export async function begin(asset, idempotency, allowance) {
  const writes = [
    put(asset),
    usage(
      asset.owner,
      asset.kind,
      { total_bytes: asset.size, reserved_bytes: asset.size, active_uploads: 1 },
      "(attribute_not_exists(total_bytes) OR total_bytes <= :room) AND " +
        "(attribute_not_exists(active_uploads) OR active_uploads < :most)",
      { ":room": allowance.quotaBytes - asset.size, ":most": allowance.activeUploads },
    ),
  ];
  if (idempotency) {
    const now = Math.floor(Date.now() / 1000);
    const pair = { pk: `OWNER#${asset.owner}`, sk: `IDEMPOTENCY#${idempotency.key}` };
    const item = { ...pair, request: idempotency.request, assets: [asset.id], expires_at: now + 86_400 };
    const condition = "attribute_not_exists(pk) OR expires_at < :now";
    const values = marshall({ ":now": now });
    writes.push({
      Put: {
        TableName, Item: marshall(item), ConditionExpression: condition, ExpressionAttributeValues: values, ...ANSWER,
      },
    });
  }
  const reasons = await transact([...writes, event("asset.created", asset), ...tagEntries(asset)]);
  if (!reasons) return asset;
  if (idempotency && reasons[2]?.Code === "ConditionalCheckFailed") {
    const before = unmarshall(reasons[2].Item);
    if (before.request !== idempotency.request) {
      throw new Problem(422, "idempotency_key_reused", "The key was used for another request.", "Idempotency-Key");
    }
    return findOwned(asset.owner, before.assets[0]);
  }
  const found = reasons[1]?.Item ? unmarshall(reasons[1].Item) : {};
  if ((found.active_uploads ?? 0) >= allowance.activeUploads) {
    throw new Problem(429, "too_many_uploads", `${found.active_uploads} uploads are active.`);
  }
  throw new Problem(409, "quota_exceeded", "The file does not fit into the quota.", "size");
}

/** Records that storage has all bytes of the upload. */
export async function markUploaded(asset, now, withinSeconds) {
  const due = new Date(now.getTime() + withinSeconds * 1000).toISOString();
  const uploaded = {
    ...asset, status: "uploaded", stage: asset.stage + 1, due_at: due, updated_at: now.toISOString(),
    version: asset.version + 1,
  };
  const { status, stage, due_at, updated_at } = uploaded;
  const changed = { status, stage, due_at, updated_at, owner_facet: facet(uploaded) };
  const names = [...Object.keys(changed), "version", "owner", "project"];
  const update = {
    Update: {
      TableName,
      Key: marshall(key(asset.id)),
      UpdateExpression: `SET ${Object.keys(changed).map((name) => `#${name} = :${name}`).join(", ")} ADD #version :one`,
      ConditionExpression: "#owner = :owner AND attribute_not_exists(#project) AND #stage = :before",
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: marshall({
        ...Object.fromEntries(Object.entries(changed).map(([name, value]) => [`:${name}`, value])),
        ":one": 1, ":owner": asset.owner, ":before": asset.stage,
      }),
    },
  };
  const sums = {
    reserved_bytes: -asset.size, active_uploads: -1, [`${asset.kind}_bytes`]: asset.size, [`${asset.kind}_count`]: 1,
  };
  if (await transact([update, usage(asset.owner, asset.kind, sums), event("asset.uploaded", uploaded)])) {
    throw new Problem(409, "conflict", "Somebody else changed it at this moment. Try again.");
  }
  return uploaded;
}
