/** A server on loopback that keeps comments and answers as GitHub's and GitLab's REST APIs do, as far as the action calls them. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** A comment on a pull request. */
export interface Comment {
  readonly id: number;
  body: string;
  readonly author: string;
}

/** The server and what it keeps. */
export interface FakeForge {
  readonly url: string;
  readonly comments: Comment[];
  /** `METHOD path` of each request, without what follows `?`. */
  readonly requests: string[];
  /** Answers to GET by path; more are built in. */
  readonly answers: Map<string, unknown>;
  /** Bytes that were put, by path. */
  readonly packages: Map<string, Buffer>;
  /** Refuses to write. */
  readOnly: boolean;
  close(): Promise<void>;
}

/** The token that it lets in. */
export const token = "ghs_0123456789abcdefTOKEN";

/** Starts a server. `own`: who writes with the token. */
export async function fakeForge(own: string): Promise<FakeForge> {
  const forge = {
    comments: [] as Comment[],
    requests: [] as string[],
    answers: new Map<string, unknown>(),
    packages: new Map<string, Buffer>(),
    readOnly: false,
  };
  const server = createServer(async (request, response) => {
    const [status, body] = await answer(forge, request, own);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(Buffer.isBuffer(body) ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return Object.assign(forge, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close });
}

async function answer(
  forge: Omit<FakeForge, "url" | "close">,
  request: IncomingMessage,
  own: string,
): Promise<readonly [number, unknown]> {
  const { method = "GET", headers } = request;
  const { pathname: path, searchParams } = new URL(request.url ?? "/", "http://localhost");
  forge.requests.push(`${method} ${path}`);
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const content = Buffer.concat(parts);
  const isAllowed = [`Bearer ${token}`, token].includes(headers.authorization ?? String(headers["private-token"]));
  if (path.includes("/packages/")) return packageAnswer(forge, method, path, content, headers["job-token"]);
  if (!isAllowed) return [401, { message: "Bad credentials" }];
  if (method === "GET") {
    if (forge.answers.has(path)) return [200, forge.answers.get(path)];
    if (!/\/(comments|notes)$/.test(path)) return [404, { message: "Not Found" }];
    const page = Number(searchParams.get("page"));
    const shown = forge.comments.slice((page - 1) * 100, page * 100);
    return [200, shown.map(({ id, body, author }) => ({ id, body, user: { login: author }, author: { id: author } }))];
  }
  if (forge.readOnly) return [403, { message: "Resource not accessible by integration" }];
  const { body } = JSON.parse(content.toString("utf8"));
  if (body.length > 65_536) return [422, { message: "body is too long" }];
  if (method === "POST") {
    forge.comments.push({ id: 1000 + forge.comments.length, body, author: own });
    return [201, {}];
  }
  const found = forge.comments.find(({ id }) => path.endsWith(`/${id}`));
  if (found === undefined) return [404, { message: "Not Found" }];
  found.body = body;
  return [200, {}];
}

function packageAnswer(
  { packages }: Omit<FakeForge, "url" | "close">,
  method: string,
  path: string,
  content: Buffer,
  jobToken: string | string[] | undefined,
): readonly [number, unknown] {
  if (jobToken !== "job-token-1") return [401, {}];
  if (method === "PUT") {
    packages.set(path, content);
    return [201, {}];
  }
  const found = packages.get(path);
  return found === undefined ? [404, {}] : [200, found];
}
