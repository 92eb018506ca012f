/**
 * Values that must not be seen. A Secret prints as REDACTED in every way that JavaScript prints a value; the one door to its
 * content is `reveal`, called by the provider that hands it to its SDK.
 */
const inspect = Symbol.for("nodejs.util.inspect.custom");

/** A value that prints as REDACTED. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  /** The content; for the call that needs it, never for a message. */
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return "REDACTED";
  }
  toJSON(): string {
    return "REDACTED";
  }
  [inspect](): string {
    return "REDACTED";
  }
}
