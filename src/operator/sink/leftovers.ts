/** What interrupted tries left beside or below their outputs: old outputs that were set aside, and what was not published. */
import type { Storage } from "../../engine/storage.ts";
import { baseName, parentPath } from "../../model/path.ts";
import { sweepParts } from "./by-manifest.ts";
import type { InterruptedOutput } from "./output-work.ts";

/** The start of the names of what is not published yet. */
export const hiddenPrefix = ".mason-";

/** The start of the names of old outputs while new ones take their names. */
export const asidePrefix = ".mason-old-";

/** Restores old outputs that were set aside, unless something has taken their place. */
export async function restoreOutput(storage: Storage, outputs: readonly InterruptedOutput[]): Promise<void> {
  for (const { path, aside } of await leftBeside(storage, outputs)) {
    if (aside !== undefined && !(await isThere(storage, path))) await storage.move?.(aside, path);
  }
}

/** Restores old outputs, then removes what abandoned attempts left beside them. */
export async function sweep(storage: Storage, outputs: readonly InterruptedOutput[]): Promise<void> {
  await restoreOutput(storage, outputs);
  for (const { aside, staged } of await leftBeside(storage, outputs)) {
    for (const path of [aside, staged]) if (path !== undefined) await storage.delete(path);
  }
  if (storage.move === undefined) await sweepParts(storage, outputs);
}

interface Left {
  readonly path: string;
  readonly aside?: string;
  readonly staged?: string;
}

/** Each directory is listed once, however many outputs are in it. */
async function leftBeside(storage: Storage, outputs: readonly InterruptedOutput[]): Promise<readonly Left[]> {
  const left: Left[] = [];
  for (const directory of new Set(outputs.map(({ path }) => parentPath(path)))) {
    const files = await storage.list(directory);
    const hidden = files.filter((file) => baseName(file.path).startsWith(hiddenPrefix));
    for (const { path, isTheirs } of hidden.length === 0 ? [] : outputs) {
      if (parentPath(path) !== directory) continue;
      const ending = `-${baseName(path)}`;
      for (const { path: found } of hidden) {
        const name = baseName(found);
        const prefix = name.startsWith(asidePrefix) ? asidePrefix : hiddenPrefix;
        if (!name.endsWith(ending) || !isTheirs(name.slice(prefix.length, -ending.length))) continue;
        left.push({ path, ...(prefix === asidePrefix ? { aside: found } : { staged: found }) });
      }
    }
  }
  return left;
}

const isThere = async (storage: Storage, path: string): Promise<boolean> => (await storage.stat(path)) !== null;
