/**
 * A gate between a client and a server that makes races sharp: it lets requests through, but for the last byte of each write; when
 * as many writes wait as were asked for, it lets all their last bytes go at once. So the server decides about all of them in the
 * same moment, which calls that are merely sent together seldom reach.
 */
import { connect, createServer, type Socket } from "node:net";

/** A running gate. */
export interface RaceGate {
  readonly endpoint: string;
  /** The next `writers` requests of this method that have a body wait for each other. */
  readonly arm: (writers: number, method: "PUT" | "POST") => void;
  readonly close: () => Promise<void>;
}

/** Opens a gate before a server on this machine. */
export async function openRaceGate(endpoint: string): Promise<RaceGate> {
  const behind = new URL(endpoint);
  const sockets = new Set<Socket>();
  const waiting = { wanted: 0, method: "", held: [] as (() => void)[] };
  const hold: Hold = (method, release) => {
    if (waiting.wanted === 0 || waiting.method !== method) return release();
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
    arm: (writers, method) => {
      waiting.wanted = writers;
      waiting.method = method;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Passes on what comes, but for the last byte of a request with a body: that goes when `hold` says so. */
function passRequests(client: Socket, upstream: Socket, hold: Hold): void {
  let head: Buffer = Buffer.alloc(0);
  let request: Request = { method: "", left: 0 };
  client.on("end", () => upstream.end());
  client.on("data", (chunk) => {
    let bytes: Buffer = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    while (bytes.length > 0) {
      if (request.left === 0) {
        head = Buffer.concat([head, bytes]);
        const end = head.indexOf("\r\n\r\n") + 4;
        if (end < 4) return;
        request = requestOf(head.subarray(0, end));
        upstream.write(head.subarray(0, end));
        bytes = head.subarray(end);
        head = Buffer.alloc(0);
      } else {
        const some = bytes.subarray(0, request.left);
        bytes = bytes.subarray(some.length);
        request = { ...request, left: request.left - some.length };
        const isLast = request.left === 0;
        upstream.write(isLast ? some.subarray(0, -1) : some);
        if (isLast) hold(request.method, () => upstream.write(some.subarray(-1)));
      }
    }
  });
}

type Hold = (method: string, release: () => void) => void;

/** The request that is on its way, and how many bytes of its body are still to come. */
interface Request {
  readonly method: string;
  readonly left: number;
}

function requestOf(head: Buffer): Request {
  const text = head.toString("latin1");
  return { method: text.split(" ", 1)[0] ?? "", left: Number(/^content-length: *(\d+)/im.exec(text)?.[1] ?? 0) };
}
