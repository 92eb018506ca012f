/** The third kind of failure: a bug of ours. Never thrown for what a user or a provider did. */
export class Bug extends Error {
  constructor(message: string) {
    super(`${message} This is a bug in Mason.`);
    this.name = "Bug";
  }
}

/** Throws a {@link Bug} when `condition` does not hold. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Bug(message);
}

/** The end of an exhaustive switch: reaching it is a bug. */
export function unreachable(value: never): never {
  throw new Bug(`Unexpected value ${JSON.stringify(value)}.`);
}
