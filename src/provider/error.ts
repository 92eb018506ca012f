/** The failure of a provider's verb. It says whether a retry can help, and never holds a secret. */
import type { ProviderErrorCode } from "../model/provider-error-code.ts";

export class ProviderError extends Error {
  readonly code: ProviderErrorCode;
  /** True when the same call may succeed later. */
  readonly retryable: boolean;
  constructor(
    code: ProviderErrorCode,
    message: string,
    options: { readonly retryable?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ProviderError";
    this.code = code;
    this.retryable = options.retryable ?? (code === "throttled" || code === "unavailable");
  }
}

/** True for a ProviderError with this code. */
export const isProviderError = (value: unknown, code?: ProviderErrorCode): value is ProviderError =>
  value instanceof ProviderError && (code === undefined || value.code === code);
