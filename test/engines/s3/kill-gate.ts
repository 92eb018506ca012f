/** A proxy before an S3 server that kills the client at one of the requests that change something: before the server gets it, or after it. */
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";

/** A running gate. */
export interface KillGate {
  readonly endpoint: string;
  /** The requests since the last `arm`, as `PUT /bucket/key`. */
  readonly changes: () => readonly string[];
  /** Kills with the change of this number, from 1; 0 kills nothing. */
  readonly arm: (at: number, when: "before" | "after", kill: () => void) => void;
  readonly close: () => Promise<void>;
}

/** Opens a gate before a server on this machine. */
export async function openKillGate(endpoint: string): Promise<KillGate> {
  const behind = new URL(endpoint);
  let armed: { at: number; when: "before" | "after"; kill: () => void } = {
    at: 0,
    when: "before",
    kill: () => undefined,
  };
  let changes: string[] = [];
  const pass = async (asked: IncomingMessage, answer: ServerResponse) => {
    const { expect: _, ...headers } = asked.headers;
    const body = Buffer.concat(await chunksOf(asked));
    const isChange = ["PUT", "POST", "DELETE"].includes(asked.method ?? "");
    if (isChange) changes.push(`${asked.method} ${asked.url?.split("?")[0]}`);
    const isIt = isChange && changes.length === armed.at;
    if (isIt && armed.when === "before") return armed.kill();
    const options = { host: behind.hostname, port: behind.port, method: asked.method, path: asked.url, headers };
    const got = await new Promise<IncomingMessage>((resolve, reject) => {
      request(options, resolve).on("error", reject).end(body);
    });
    const content = Buffer.concat(await chunksOf(got));
    if (isIt) return armed.kill();
    answer.writeHead(got.statusCode ?? 500, got.headers);
    answer.end(content);
  };
  const server = createServer((asked, answer) => void pass(asked, answer).catch(() => answer.destroy()));
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(Number(Object(server.address()).port)));
  });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    changes: () => changes,
    arm: (at, when, kill) => {
      armed = { at, when, kill };
      changes = [];
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function chunksOf(stream: IncomingMessage): Promise<readonly Buffer[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return chunks;
}
