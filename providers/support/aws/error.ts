/**
 * Converts errors of the AWS SDK to ProviderErrors: what was being done, why it failed, what to do, and whether a retry can help. The
 * SDK's own error is not kept as the cause, because it holds the request with its signature and session token. The cause is a plain
 * copy of its name, message, status and request id.
 */
import type { ProviderErrorCode } from "../../../src/model/provider-error-code.ts";
import { ProviderError } from "../../../src/provider/error.ts";
import type { Scrubber } from "./scrubber.ts";

/** Why a call failed, and the sentence that follows "Could not ...: ". */
export interface AwsFailure {
  readonly code: ProviderErrorCode;
  readonly reason: string;
  readonly retryable?: boolean;
}

/** Failures by the name that a service gives its error. */
export type AwsFailures = Readonly<Record<string, AwsFailure>>;

const badKeys: AwsFailure = {
  code: "denied",
  reason:
    "the service did not accept the keys. Check the access key and the secret key, and that they have not expired",
};
const noKeys: AwsFailure = {
  code: "denied",
  reason: `no credentials were found. Set "access_key" and "secret_key", "profile", or what the AWS default chain reads`,
};
const notAllowed: AwsFailure = {
  code: "denied",
  reason: "access was denied. Check the keys, the profile or the role, and that the caller is permitted to do this",
};
const throttled: AwsFailure = {
  code: "throttled",
  reason: "the service asked for fewer requests. Try again later",
};
const unavailable: AwsFailure = {
  code: "unavailable",
  reason: "the service did not answer correctly. Try again, and check the endpoint and the network",
};

const byName: AwsFailures = {
  AccessDenied: notAllowed,
  AccessDeniedException: notAllowed,
  AllAccessDisabled: notAllowed,
  AuthorizationHeaderMalformed: {
    code: "invalid",
    reason: `the request was signed for another region. Set "aws_region" to the region of the service`,
  },
  CredentialsProviderError: noKeys,
  TokenProviderError: noKeys,
  ProviderError: noKeys,
  ExpiredToken: badKeys,
  ExpiredTokenException: badKeys,
  InvalidAccessKeyId: badKeys,
  InvalidClientTokenId: badKeys,
  InvalidToken: badKeys,
  SignatureDoesNotMatch: badKeys,
  UnrecognizedClientException: badKeys,
  RequestTimeTooSkewed: {
    code: "denied",
    reason: "the clock of this machine is wrong, so the service refuses its signature. Set the clock",
  },
  SlowDown: throttled,
  Throttling: throttled,
  ThrottlingException: throttled,
  TooManyRequestsException: throttled,
  RequestLimitExceeded: throttled,
  InternalError: unavailable,
  InternalServerError: unavailable,
  RequestTimeout: unavailable,
  ServiceUnavailable: unavailable,
  TimeoutError: unavailable,
};

const byStatus: Readonly<Record<number, AwsFailure>> = {
  400: { code: "invalid", reason: "the service refused the request. Read its reason, and correct the settings" },
  401: badKeys,
  403: notAllowed,
  404: { code: "not_found", reason: "it does not exist. Check the name" },
  409: {
    code: "conflict",
    reason: "somebody else is changing it. Try again when they are done",
    retryable: true,
  },
  412: { code: "conflict", reason: "it was changed by somebody else. Read it again and repeat the change" },
  429: throttled,
  501: { code: "unsupported", reason: "the service can't do this. Use another service, or do without it" },
  507: { code: "no_space", reason: "the service has no space left. Free some space and try again" },
};

const otherwise: AwsFailure = {
  code: "failed",
  reason: "the service gave this reason. Remove its cause and try again",
};

/** The facts of an SDK error. */
export interface AwsErrorFacts {
  readonly name: string;
  readonly message: string;
  /** HTTP status, or `null` when there was no answer. */
  readonly status: number | null;
  readonly requestId: string | null;
  /** How many times the SDK sent the request. */
  readonly attempts: number;
}

/** The facts of a thrown value. */
export function awsErrorFacts(error: unknown): AwsErrorFacts {
  const { name, message, code, $metadata } = Object(error);
  const { httpStatusCode, requestId, attempts } = Object($metadata);
  return {
    name: typeof name === "string" && name !== "Error" ? name : typeof code === "string" ? code : "Error",
    message: typeof message === "string" ? message : String(error),
    status: typeof httpStatusCode === "number" ? httpStatusCode : null,
    requestId: typeof requestId === "string" ? requestId : null,
    attempts: typeof attempts === "number" ? attempts : 1,
  };
}

/** The ProviderError for a failed `action`, such as `read "raw/orders.csv"`. `known` overrides what all services share. */
export function awsError(error: unknown, action: string, scrubber: Scrubber, known: AwsFailures = {}): ProviderError {
  if (error instanceof ProviderError) return error;
  const facts = awsErrorFacts(error);
  if (facts.name === "AbortError") return cancelled(action);
  const { code, reason, retryable } = failureOf(error, facts, known);
  const cause = causeOf(facts, scrubber);
  const said = code === "failed" || code === "invalid" || code === "unsupported" ? ` (${cause.message})` : "";
  const message = scrubber.scrub(`Could not ${action}${said}: ${reason}.`);
  return new ProviderError(code, message, retryable === undefined ? { cause } : { cause, retryable });
}

/** The error of a verb that the caller stopped. */
export const cancelled = (action: string): ProviderError =>
  new ProviderError("cancelled", `Stopped before the end: ${action}. Run it again to finish it.`);

function failureOf(error: unknown, facts: AwsErrorFacts, known: AwsFailures): AwsFailure {
  const named = known[facts.name] ?? byName[facts.name];
  if (named !== undefined) return named;
  if (/region is missing/i.test(facts.message)) {
    return { code: "invalid", reason: `no region is set. Set "aws_region", or AWS_REGION in the environment` };
  }
  if (facts.status === null) return isOfNetwork(error) ? unavailable : otherwise;
  return byStatus[facts.status] ?? (facts.status >= 500 ? unavailable : otherwise);
}

/** True for an error below HTTP: connection refused or reset, timeout, unknown host. */
export function isOfNetwork(error: unknown): boolean {
  const { code, errno, syscall, message } = Object(error);
  if (typeof syscall === "string" || typeof errno === "number") return true;
  return /^(E[A-Z]{3,}|CERT_.*|UND_ERR.*)$/.test(String(code)) || /socket hang up|aborted/.test(String(message));
}

/** The cause of a network error in a few words: `connect ECONNREFUSED 127.0.0.1:9000`; `null` if the error has none. */
export function networkCause(error: unknown): string | null {
  const { code, message, errors } = Object(error);
  // Node tries several addresses, and then the message is empty.
  const inner = Array.isArray(errors) ? Object(errors[0]).message : undefined;
  const text = [message, inner, code].find((each) => typeof each === "string" && each !== "");
  return text === undefined ? null : String(text);
}

function causeOf({ name, message, status, requestId }: AwsErrorFacts, { scrub }: Scrubber): Error {
  const where = [status === null ? [] : `status ${status}`, requestId === null ? [] : `request ${requestId}`].flat();
  const cause = new Error(scrub(`${message}${where.length === 0 ? "" : ` (${where.join(", ")})`}`));
  cause.name = scrub(name);
  return cause;
}
