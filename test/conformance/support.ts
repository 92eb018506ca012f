/** What the conformance suites share: expecting a failure by its code, and looking for secrets in errors. */
import { inspect } from "node:util";
import { expect } from "vitest";
import type { ProviderErrorCode } from "../../src/model/provider-error-code.ts";
import { ProviderError } from "../../src/provider/error.ts";

/** The failure of a verb, which must be a ProviderError with this code and a message for people. */
export async function failure(work: Promise<unknown>, code: ProviderErrorCode): Promise<ProviderError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error, `expected a failure "${code}"`).toBeInstanceOf(ProviderError);
  if (!(error instanceof ProviderError)) throw new Error("unreachable");
  expect(error.code, error.message).toBe(code);
  expect(error.message).toMatch(/\.$/);
  return error;
}

/** Throws when any printed form of a value shows a secret. */
export function expectNoSecret(value: unknown, secrets: readonly string[]): void {
  const seen = `${inspect(value, { depth: 10, showHidden: true })}${JSON.stringify(value)}`;
  for (const secret of secrets) expect(seen.includes(secret), "a secret is in what was printed").toBe(false);
}

/** Expects exactly the verbs that the manifest names. */
export function expectVerbs(engine: object, verbs: readonly string[]): void {
  const functions = Object.entries(engine).filter(([, value]) => typeof value === "function");
  expect(functions.map(([name]) => name).sort()).toEqual([...verbs].sort());
}
