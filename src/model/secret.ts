/**
 * Secret values. A Secret prints as REDACTED however JavaScript prints it; only `reveal` returns its content, for the provider
 * that passes it to its SDK.
 */
const inspect = Symbol.for("nodejs.util.inspect.custom");

/** A value that prints as REDACTED. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  /** Returns the content, for the call that needs it, never for a message. */
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

type Environment = Readonly<Record<string, string | undefined>>;

/** Secret texts by environment, longest first: the values of variables with secret-sounding names. Short ones occur in too many words. */
const secretTexts = new WeakMap<Environment, readonly string[]>();
const secretName = /KEY|SECRET|TOKEN|PASSW|PASSPHRASE|PWD|CREDENTIAL|AUTH|_DSN$|DATABASE_URL/i;
const shortest = 6;

/** Text from code that sees the environment, with the values of variables with secret-sounding names replaced by REDACTED. */
export function withoutSecrets(text: string, env: Environment): string {
  const known =
    secretTexts.get(env) ??
    Object.entries(env)
      .flatMap(([name, value]) =>
        value !== undefined && value.length >= shortest && secretName.test(name) ? [value] : [],
      )
      .sort((a, b) => b.length - a.length);
  secretTexts.set(env, known);
  return known.reduce((rest, secret) => rest.replaceAll(secret, "REDACTED"), text);
}
