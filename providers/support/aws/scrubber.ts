/** Keeps secrets out of text that comes back from a service: what was learnt is replaced wherever it stands. */
export interface Scrubber {
  /** Remembers values that must never be shown. */
  readonly learn: (...secrets: readonly (string | undefined)[]) => void;
  /** The text without what was learnt. */
  readonly scrub: (text: string) => string;
}

/** A scrubber that knows nothing yet. */
export function createScrubber(): Scrubber {
  const known = new Set<string>();
  return {
    learn: (...secrets) => {
      for (const secret of secrets) if (secret !== undefined && secret !== "") known.add(secret);
    },
    scrub: (text) => {
      // The longest first: one secret may be the beginning of another.
      const longestFirst = [...known].sort((a, b) => b.length - a.length);
      return longestFirst.reduce((clean, secret) => clean.replaceAll(secret, "REDACTED"), text);
    },
  };
}
