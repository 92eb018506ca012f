/** Converts failures of Trino and of the way to it to ProviderErrors. No text leaves here with the password in it. */
import type { Json, JsonObject } from "../../../src/json.ts";
import { isObject } from "../../../src/json.ts";
import type { ProviderErrorCode } from "../../../src/model/provider-error-code.ts";
import { ProviderError } from "../../../src/provider/error.ts";

/** Why a query failed, as Trino says it. Lines and columns are 1-based. */
export interface Failure {
  readonly name: string;
  readonly code: ProviderErrorCode;
  /** One line, without the position. */
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

const byName: Readonly<Record<string, ProviderErrorCode>> = {
  NOT_FOUND: "not_found",
  CATALOG_NOT_FOUND: "not_found",
  SCHEMA_NOT_FOUND: "not_found",
  TABLE_NOT_FOUND: "not_found",
  PARTITION_NOT_FOUND: "not_found",
  ALREADY_EXISTS: "exists",
  SCHEMA_ALREADY_EXISTS: "exists",
  TABLE_ALREADY_EXISTS: "exists",
  SCHEMA_NOT_EMPTY: "not_empty",
  PERMISSION_DENIED: "denied",
  NOT_SUPPORTED: "unsupported",
  USER_CANCELED: "cancelled",
  ADMINISTRATIVELY_KILLED: "cancelled",
  ADMINISTRATIVELY_PREEMPTED: "unavailable",
  ABANDONED_QUERY: "unavailable",
  TRANSACTION_CONFLICT: "conflict",
  QUERY_QUEUE_FULL: "throttled",
  TOO_MANY_REQUESTS_FAILED: "throttled",
  CLUSTER_OUT_OF_MEMORY: "unavailable",
  NO_NODES_AVAILABLE: "unavailable",
  SERVER_SHUTTING_DOWN: "unavailable",
  SERVER_STARTING_UP: "unavailable",
  REMOTE_HOST_GONE: "unavailable",
  REMOTE_TASK_ERROR: "unavailable",
  PAGE_TRANSPORT_ERROR: "unavailable",
  PAGE_TRANSPORT_TIMEOUT: "unavailable",
  EXCEEDED_SPILL_LIMIT: "no_space",
};

/** The failure of the field `error` of an answer. */
export function failureOf(error: JsonObject, scrub: (text: string) => string): Failure {
  const name = typeof error.errorName === "string" ? error.errorName : "UNKNOWN";
  const text = typeof error.message === "string" ? error.message : "Trino gave no reason";
  const message = scrub(text.replace(/^line \d+:\d+: /, "").replace(/\s*\n\s*/g, " "));
  const place: Json | undefined = error.errorLocation;
  const at = isObject(place) ? { line: Number(place.lineNumber), column: Number(place.columnNumber) } : {};
  const known = Object.hasOwn(byName, name) ? byName[name] : undefined;
  return { name, code: known ?? (error.errorType === "USER_ERROR" ? "invalid" : "failed"), message, ...at };
}

/** The failure as a sentence: `COLUMN_NOT_FOUND at line 1, column 8: Column 'x' cannot be resolved.` */
export function failureText({ name, message, line, column }: Failure): string {
  const place = line === undefined || column === undefined ? "" : ` at line ${line}, column ${column}`;
  return `${name}${place}: ${message.replace(/[.\s]+$/, "")}.`;
}

/** The ProviderError for a query of our own that failed while doing `action`: `create table "sales.orders"`. */
export const queryError = (failure: Failure, action: string): ProviderError =>
  new ProviderError(failure.code, `Trino can't ${action}. ${failureText(failure)}`, { cause: failure });

/** The ProviderError for an answer with this HTTP status; `null` where it says no failure. */
export function statusError(status: number, whose: string): ProviderError | null {
  if (status < 300) return null;
  const failed = (code: ProviderErrorCode, reason: string) => new ProviderError(code, `${whose} ${reason}`);
  if (status === 401) return failed("denied", `refuses the user or the password. Correct "user" and "password".`);
  if (status === 403) return failed("denied", "does not let this user do that. Ask its owner for the right.");
  if (status === 404) return failed("not_found", "no longer knows the query, or is no Trino.");
  if (status === 410) return failed("conflict", "has given that page already, and gives each only once.");
  if (status === 429) return failed("throttled", "has too many requests. Try again later.");
  if (status < 400) return failed("invalid", `sends to another address (${status}). Set "url" to that address.`);
  if (status === 400) return failed("invalid", "does not understand the request (400). Check that it is a Trino.");
  if (status >= 502 && status <= 504) return failed("unavailable", `is not ready (${status}). Try again later.`);
  return failed("failed", `failed with the HTTP status ${status}. Look into its log.`);
}

/** The ProviderError for a connection that failed. */
export function connectionError(error: unknown, whose: string): ProviderError {
  // fetch hides the reason in the cause of a TypeError.
  const { code, message } = Object(Object(error).cause ?? error);
  const cause = code ?? message;
  const reason = typeof cause === "string" ? ` (${cause})` : "";
  return new ProviderError(
    "unavailable",
    `${whose} can't be reached${reason}. Start it, or correct "url" and check the network.`,
  );
}
