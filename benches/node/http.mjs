// Requests of an HTTP API (payload format 2.0) and answers to them; errors as problem documents.

export class Problem extends Error {
  constructor(status, code, detail, field) {
    super(detail);
    Object.assign(this, { status, code, field });
  }
}

export const notFound = () => new Problem(404, "not_found", "There is no such asset.");

export function caller(event) {
  const sub = event.requestContext.authorizer?.jwt?.claims?.sub;
  if (!sub) throw new Problem(401, "unauthenticated", "Send a token: Authorization: Bearer …");
  return sub;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function assetId(event) {
  const id = event.pathParameters?.id ?? "";
  if (!UUID.test(id)) throw new Problem(400, "invalid_id", "An id is a UUID in lower case, with hyphens.", "id");
  return id;
}

export function body(event) {
  const text = event.isBase64Encoded ? Buffer.from(event.body ?? "", "base64").toString() : (event.body ?? "");
  try {
    const parsed = text === "" ? {} : JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {}
  throw new Problem(400, "invalid_json", "The body is no JSON object.");
}

export const json = (statusCode, value) => ({
  statusCode,
  headers: { "content-type": "application/json", "cache-control": "no-store", vary: "accept" },
  body: JSON.stringify(value),
});

/** A handler that answers errors with problem documents. */
export const answering = (handle) => async (event) => {
  try {
    return await handle(event);
  } catch (error) {
    const { status = 500, code = "internal", field } = error;
    if (status >= 500) console.error(JSON.stringify({ level: "error", message: String(error), stack: error.stack }));
    const detail = status >= 500 ? "Something went wrong." : error.message;
    const requestId = event.requestContext.requestId;
    const document = { type: `urn:quayside:problem:${code}`, status, code, detail, field, requestId };
    return {
      statusCode: status,
      headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
      body: JSON.stringify(document),
    };
  }
};
