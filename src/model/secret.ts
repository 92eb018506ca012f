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

type Environment = Readonly<Record<string, string | undefined>>;

/** By environment, longest first: what stands in variables whose names say that it is secret. Short texts are in too many other words. */
const secretTexts = new WeakMap<Environment, readonly string[]>();
const secretName = /KEY|SECRET|TOKEN|PASSW|PASSPHRASE|PWD|CREDENTIAL|AUTH|_DSN$|DATABASE_URL/i;
const shortest = 6;

/** A text of code that sees the environment, without the values of variables whose names say that they are secret. */
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
