/** A coordinator for faults of the protocol that the real one does not show on demand. What queries mean is tested on the real one. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** What the coordinator answers to one request; `drop` ends the connection without an answer. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly drop?: true;
}

/** A request as the coordinator saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Starts a coordinator. The query for the connector's name is answered by itself; `reply` answers all others. */
export async function fakeCoordinator(reply: (seen: Seen, url: string) => Reply): Promise<{
  readonly url: string;
  readonly seen: readonly Seen[];
  readonly close: () => Promise<void>;
}> {
  const seen: Seen[] = [];
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    let body = "";
    for await (const part of request) body += part;
    const { method = "", url: path = "", headers } = request;
    if (body.includes("connector_name")) {
      response.end(page({ columns: [{ name: "connector_name", type: "varchar" }], data: [["memory"]] }));
      return;
    }
    const one = { method, path, headers, body };
    seen.push(one);
    const answer = reply(one, url);
    if (answer.drop) {
      response.destroy();
      return;
    }
    response.writeHead(answer.status ?? 200, answer.headers);
    response.end(answer.body ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${Object(server.address()).port}`;
  return { url, seen, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** The id of the only query. */
export const queryId = "20260101_000000_00001_abcde";

/** The text of a page. */
export const page = (more: object): string => JSON.stringify({ id: queryId, stats: { state: "RUNNING" }, ...more });
