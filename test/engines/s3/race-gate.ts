/**
 * A gate between a client and a server that makes races sharp: it lets requests through, but for the last byte of each write; when
 * as many writes wait as were asked for, it lets all their last bytes go at once. So the server decides about all of them in the
 * same moment, which calls that are merely sent together seldom reach.
 */
import { connect, createServer, type Socket } from "node:net";

/** A running gate. */
export interface RaceGate {
  readonly endpoint: string;
  /** The next `writers` PUT requests wait for each other. */
  readonly arm: (writers: number) => void;
  readonly close: () => Promise<void>;
}

/** Opens a gate before a server on this machine. */
export async function openRaceGate(endpoint: string): Promise<RaceGate> {
  const behind = new URL(endpoint);
  const sockets = new Set<Socket>();
  const waiting = { wanted: 0, held: [] as (() => void)[] };
  const hold = (release: () => void) => {
    if (waiting.wanted === 0) return release();
    waiting.held.push(release);
    if (waiting.held.length < waiting.wanted) return;
    waiting.wanted = 0;
    for (const go of waiting.held.splice(0)) go();
  };
  const server = createServer((client) => {
    const upstream = connect(Number(behind.port), behind.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("close", () => sockets.delete(socket));
      socket.on("error", () => [client, upstream].map((end) => end.destroy()));
    }
    upstream.pipe(client);
    passRequests(client, upstream, hold);
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(Number(Object(server.address()).port)));
  });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    arm: (writers) => {
      waiting.wanted = writers;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Passes on one request after the other; of a PUT the last byte only when `hold` says so. */
function passRequests(client: Socket, upstream: Socket, hold: (release: () => void) => void): void {
  let seen: Buffer = Buffer.alloc(0);
  client.on("end", () => upstream.end());
  client.on("data", (chunk) => {
    seen = Buffer.concat([seen, typeof chunk === "string" ? Buffer.from(chunk) : chunk]);
    for (let request = wholeRequest(seen); request !== null; request = wholeRequest(seen)) {
      const { length, isWrite } = request;
      const bytes = seen.subarray(0, length);
      seen = seen.subarray(length);
      if (!isWrite) {
        upstream.write(bytes);
        continue;
      }
      upstream.write(bytes.subarray(0, -1));
      hold(() => upstream.write(bytes.subarray(-1)));
    }
  });
}

/** The length of the request that the bytes begin with, or `null` when it has not come whole. */
function wholeRequest(bytes: Buffer): { readonly length: number; readonly isWrite: boolean } | null {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const head = bytes.subarray(0, end).toString("latin1");
  const body = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  return bytes.length < end + 4 + body ? null : { length: end + 4 + body, isWrite: /^PUT /.test(head) && body > 0 };
}
