/** A cache of earlier results, each under a key that covers everything it depends on. Losing the cache costs time and nothing else. */
import type { Json } from "../json.ts";

/** A cache; src/io/cache.ts keeps one on disk. */
export interface Cache {
  get(key: string): Json | undefined;
  put(key: string, value: Json): void;
}
