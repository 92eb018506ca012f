/** What a dialect's mapping of types gives. Each dialect maps both ways in a file of its own. */

/** A mapped type; `lossy` is a sentence about what the mapping loses. */
export interface Mapped<T> {
  readonly type: T;
  readonly lossy?: string;
}

/** A type made of parts, with each of their notes once. */
export function combine<T>(type: T, parts: readonly Mapped<unknown>[]): Mapped<T> {
  const notes = [...new Set(parts.flatMap((part) => part.lossy ?? []))];
  return notes.length === 0 ? { type } : { type, lossy: notes.join(" ") };
}
