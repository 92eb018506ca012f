/**
 * Trino's client protocol, version 1: a statement is posted, and its answer is read page by page, each page naming the next one. A
 * statement starts only when its first page is asked for, so a post whose answer was lost has started nothing and is sent again.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { isObject, type Json, type JsonObject, parseJsonExactly } from "../../../src/json.ts";
import { Secret } from "../../../src/model/secret.ts";
import type { ProviderContext } from "../../../src/provider/contract.ts";
import { ProviderError } from "../../../src/provider/error.ts";
import { dialects } from "../../../src/sql/dialect.ts";
import { quoteString } from "../../../src/sql/quote.ts";
import { connectionError, type Failure, failureOf, queryError, statusError } from "./error.ts";
import { parseSession, plainUrl, sessionFor, sessionHeader, textOf } from "./settings.ts";

/** One page of an answer. */
export interface Page {
  readonly id: string;
  /** The address of the following page; `null` on the last. */
  readonly next: string | null;
  /** Known once the query was planned. */
  readonly columns: readonly { readonly name: string; readonly type: string }[] | null;
  readonly rows: readonly (readonly Json[])[];
  readonly stats: JsonObject;
  readonly failure: Failure | null;
  /** `CREATE TABLE`, with the rows that it wrote. */
  readonly update?: { readonly kind: string; readonly rows?: number };
}

/** The whole answer of a small query. */
export interface Answer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly Json[])[];
}

export interface AskOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds that the server may wait before it answers: a wish, since Trino waits for a second while a query runs. */
  readonly wait?: number;
}

/** A catalog of a Trino. */
export interface Trino {
  readonly catalog: string;
  /** URI at which it sees the storage's root; absent: the storage's own. */
  readonly location?: string;
  /** The name of the catalog's connector: `hive`. */
  readonly connector: () => Promise<string>;
  /** Posts a statement, which starts when its next page is asked for. */
  readonly post: (sql: string, options?: AskOptions & { readonly prepared?: string }) => Promise<Page>;
  readonly next: (uri: string, options?: AskOptions) => Promise<Page>;
  /** Stops a query. One that has ended, or is unknown, is left as it is. */
  readonly stop: (id: string, uri: string | null) => Promise<void>;
  /** What the server says of a query: `state`, `queryStats`, `errorCode`; `null` when it knows none. */
  readonly look: (id: string, options?: AskOptions) => Promise<JsonObject | null>;
  /** Runs a query of our own to its end. `action` is for errors: `list the databases`. Of the text, `prepared` is the statement `q`. */
  readonly ask: (sql: string, action: string, prepared?: string) => Promise<Answer>;
}

const tries = 4;
const [requestMs, largestPage] = [120_000, 256 << 20];

/** The client of the settings. Does no I/O. */
export function createTrino({ settings, client }: Pick<ProviderContext, "settings" | "client">): Trino {
  const [url, user, catalog] = [
    plainUrl(textOf(settings, "url")),
    textOf(settings, "user"),
    textOf(settings, "catalog"),
  ];
  const whose = `${client ?? "The trino client"} at "${url}"`.replace(/^[a-z]/, (letter) => letter.toUpperCase());
  const secret = settings.password instanceof Secret ? settings.password.reveal() : "";
  const basic = Buffer.from(`${user}:${secret}`).toString("base64");
  const scrub = (text: string) =>
    secret === "" ? text : text.replaceAll(basic, "REDACTED").replaceAll(secret, "REDACTED");
  const properties = parseSession(textOf(settings, "session")) ?? new Map<string, string>();
  const common = {
    "X-Trino-User": user,
    "X-Trino-Source": "mason",
    "X-Trino-Catalog": catalog,
    "X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME",
    ...(secret === "" ? {} : { Authorization: `Basic ${basic}` }),
  };

  const send = (request: Request) => sendSafely(request, { whose, origin: new URL(url).origin, headers: common });
  const page = async (request: Request): Promise<Page> => pageOf(await send(request), { whose, scrub });
  const post = (sql: string, headers: Readonly<Record<string, string>>, { signal }: AskOptions = {}) =>
    page({ method: "POST", url: `${url}/v1/statement`, body: sql, headers, ...given(signal) });
  const next = (uri: string, { signal, wait = 1000 }: AskOptions = {}) =>
    page({
      method: "GET",
      url: `${uri}${uri.includes("?") ? "&" : "?"}maxWait=${Math.max(1, Math.round(wait))}ms`,
      ...given(signal),
    });
  const toEnd = async (first: Page, action: string): Promise<Answer> => {
    const rows: (readonly Json[])[] = [];
    for (let seen = first; ; seen = await next(seen.next)) {
      rows.push(...seen.rows);
      if (seen.failure !== null) throw queryError(seen.failure, action);
      if (seen.next === null) return { columns: seen.columns ?? [], rows };
    }
  };

  let connector: Promise<string> | null = null;
  const lookUp = async (): Promise<string> => {
    const sql = `SELECT connector_name FROM system.metadata.catalogs WHERE catalog_name = ${quoteString(catalog, dialects.trino)}`;
    const { rows } = await toEnd(await post(sql, {}), "look up the catalog");
    if (rows[0] !== undefined) return String(rows[0][0]);
    throw new ProviderError("not_found", `${whose} has no catalog "${catalog}". Correct "catalog".`);
  };
  const known = (): Promise<string> => {
    connector ??= lookUp().catch((error) => {
      connector = null;
      throw error;
    });
    return connector;
  };
  const withSession: Trino["post"] = async (sql, { prepared, ...options } = {}) => {
    const session = sessionHeader(sessionFor(properties, catalog, await known()));
    const ready = prepared === undefined ? {} : { "X-Trino-Prepared-Statement": `q=${encodeURIComponent(prepared)}` };
    return post(sql, { ...(session === "" ? {} : { "X-Trino-Session": session }), ...ready }, options);
  };
  const location = textOf(settings, "location");
  return {
    catalog,
    ...(location === "" ? {} : { location }),
    connector: known,
    post: withSession,
    next,
    stop: async (id, uri) => {
      const addresses = [...(uri === null ? [] : [uri]), `${url}/v1/query/${encodeURIComponent(id)}`];
      for (const address of addresses) await send({ method: "DELETE", url: address }).catch(unlessGone);
    },
    look: async (id, { signal } = {}) => {
      const address = `${url}/v1/query/${encodeURIComponent(id)}?pruned=true`;
      const text = await send({ method: "GET", url: address, ...given(signal) }).catch(unlessGone);
      return text === null ? null : objectOf(text, whose);
    },
    ask: async (sql, action, prepared) =>
      toEnd(await withSession(sql, prepared === undefined ? {} : { prepared }), action),
  };
}

interface Request {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

interface Target {
  readonly whose: string;
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
}

const given = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });

/** `null` for a query that the server does not have, or no longer. */
function unlessGone(error: unknown): null {
  if (error instanceof ProviderError && (error.code === "not_found" || error.code === "conflict")) return null;
  throw error;
}

/** The text of an answer. What can pass is tried again; credentials go to the origin of the settings only. */
async function sendSafely(request: Request, target: Target): Promise<string> {
  if (!URL.canParse(request.url) || new URL(request.url).origin !== target.origin)
    throw new ProviderError(
      "invalid",
      `${target.whose} names another server for its pages. Set "url" to that address, or "http-server.process-forwarded" on the server.`,
    );
  for (let attempt = 1; ; attempt++) {
    if (request.signal?.aborted) throw new ProviderError("cancelled", "The request was cancelled.");
    const failed = await sendOnce(request, target);
    if (typeof failed === "string") return failed;
    if (request.signal?.aborted) throw new ProviderError("cancelled", "The request was cancelled.");
    if (!failed.retryable || attempt === tries) throw failed;
    await sleep(50 * 4 ** (attempt - 1));
  }
}

async function sendOnce(request: Request, { whose, headers }: Target): Promise<string | ProviderError> {
  const timeout = AbortSignal.timeout(requestMs);
  try {
    const answer = await fetch(request.url, {
      method: request.method,
      headers: { ...headers, ...request.headers },
      ...(request.body === undefined ? {} : { body: request.body }),
      redirect: "manual",
      signal: request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]),
    });
    const failed = statusError(answer.status, whose);
    if (failed === null) return await bounded(answer, whose);
    await answer.body?.cancel();
    return failed;
  } catch (error) {
    return error instanceof ProviderError ? error : connectionError(error, whose);
  }
}

async function bounded(answer: Response, whose: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of answer.body ?? []) {
    size += part.byteLength;
    if (size > largestPage) throw new ProviderError("failed", `${whose} sent a page that is too large. Select less.`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function objectOf(text: string, whose: string): JsonObject {
  try {
    const value = parseJsonExactly(text);
    if (isObject(value)) return value;
  } catch {
    // Said below, without the text, which may be anything.
  }
  throw new ProviderError("failed", `${whose} sent a page that is no answer of Trino. Check "url".`);
}

function pageOf(text: string, { whose, scrub }: { whose: string; scrub: (text: string) => string }): Page {
  const page = objectOf(text, whose);
  const { id, nextUri, columns, data, stats, error, updateType, updateCount } = page;
  if (typeof id !== "string" || !isObject(stats) || (nextUri !== undefined && typeof nextUri !== "string"))
    throw new ProviderError("failed", `${whose} sent a page that is no answer of Trino. Check "url".`);
  return {
    id,
    next: nextUri ?? null,
    columns: Array.isArray(columns)
      ? columns.map(({ name, type }) => ({ name: String(name), type: String(type) }))
      : null,
    rows: Array.isArray(data) ? (data as readonly (readonly Json[])[]) : [],
    stats,
    failure: isObject(error) ? failureOf(error, scrub) : null,
    ...(typeof updateType === "string"
      ? { update: { kind: updateType, ...(updateCount === undefined ? {} : { rows: Number(updateCount) }) } }
      : {}),
  };
}
