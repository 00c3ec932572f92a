import { createServer } from "node:http";
import { once } from "node:events";

/**
 * An HTTP server on a free port that answers as a test says and keeps what it was asked.
 *
 * @param {(request: {method: string, url: string, headers: object, body: string}, count: number) =>
 *   {status?: number, headers?: object, body?: unknown} | "hang up"} answer `count` is 1 for the first request
 */
export async function startService(answer) {
  const requests = [];
  const server = createServer(async (incoming, response) => {
    let body = "";
    for await (const chunk of incoming) body += chunk;
    const { method, url, headers } = incoming;
    requests.push({ method, url, headers, body, at: performance.now() });
    const answered = answer(requests.at(-1), requests.length);
    if (answered === "hang up") return incoming.socket.destroy();
    const { status = 200, headers: extra = {}, body: document } = answered;
    const type = status >= 400 ? "application/problem+json" : "application/json";
    response.writeHead(status, { "content-type": type, ...extra });
    response.end(document === undefined ? "" : JSON.stringify(document));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    requests,
    baseUrl: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
