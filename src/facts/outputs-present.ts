/** Whether files are still where runs wrote them. It only looks; what follows is decided in src/plan. */
import { hasFiles } from "../catalog/has-files.ts";
import type { Storage } from "../engine/storage.ts";
import { eachOf } from "./each-of.ts";

/** A path that is to be looked at. */
export interface WantedOutput {
  /** Its name in the facts. */
  readonly name: string;
  /** One text for one client system. */
  readonly client: string;
  readonly path: string;
  readonly storage: () => Promise<Storage>;
}

/** By name: whether a file is there. Absent where a client may write and not look. Each path is looked at once. */
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
