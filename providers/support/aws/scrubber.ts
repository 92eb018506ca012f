/** Removes known secrets from a service's texts. */
export interface Scrubber {
  /** Adds values that must never be shown. */
  readonly learn: (...secrets: readonly (string | undefined)[]) => void;
  /** The text without the known secrets. */
  readonly scrub: (text: string) => string;
}

/** A scrubber that knows no secret yet. */
export function createScrubber(): Scrubber {
  const known = new Set<string>();
  return {
    learn: (...secrets) => {
      for (const secret of secrets) if (secret !== undefined && secret !== "") known.add(secret);
    },
    scrub: (text) => {
      // Longest first, since one secret may be a prefix of another.
      const longestFirst = [...known].sort((a, b) => b.length - a.length);
      return longestFirst.reduce((clean, secret) => clean.replaceAll(secret, "REDACTED"), text);
    },
  };
}
