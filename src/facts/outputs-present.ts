/** Checks whether the files that runs wrote still exist. This file only looks; src/plan decides what follows. */
import { hasFiles } from "../catalog/has-files.ts";
import type { Storage } from "../engine/storage.ts";
import { eachOf } from "./each-of.ts";

/** A path that the plan looks at. */
export interface WantedOutput {
  /** The name of the fact. */
  readonly name: string;
  /** The key of the client system. */
  readonly client: string;
  readonly path: string;
  readonly storage: () => Promise<Storage>;
}

/** Whether files exist, by name of the fact. A path that the client may not read is left out. Each path is read once. */
export async function outputsThere(wanted: readonly WantedOutput[]): Promise<ReadonlyMap<string, boolean>> {
  const places = new Map<string, WantedOutput[]>();
  for (const item of wanted) {
    const key = `${item.client} ${item.path}`;
    const same = places.get(key);
    if (same === undefined) places.set(key, [item]);
    else same.push(item);
  }
  const found = new Map<string, boolean>();
  await eachOf([...places.values()], async (items) => {
    const [first] = items;
    const there = first === undefined ? null : await hasFiles(first.storage, first.path);
    if (there !== null) for (const { name } of items) found.set(name, there);
  });
  return found;
}
