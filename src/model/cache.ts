/** What was found out before, by a key that holds all that it depends on. It may be lost at any time: that costs time and nothing else. */
import type { Json } from "../json.ts";

/** A cache; src/io/cache.ts keeps one on disk. */
export interface Cache {
  get(key: string): Json | undefined;
  put(key: string, value: Json): void;
}
