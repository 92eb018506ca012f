/** The paths that earlier steps of a plan would write, found by their own name and by the directories above them. */
import { directoriesAbove } from "../../model/path.ts";
import type { Files } from "./live-files.ts";

/** What earlier steps would have written in one system, by whole path. A path may have holes of the run. */
export interface MadePaths {
  /** Records what a step writes; the last writer of a path wins. */
  put(path: string, files: Files): void;
  /** What is written at exactly this path. */
  get(path: string): Files | undefined;
  /** Written paths below a directory, in the order of the steps. */
  below(directory: string): Iterable<string>;
  /** True if something is written at the path, below it or above it. */
  meets(path: string): boolean;
}

/** No paths yet. */
export function createMadePaths(): MadePaths {
  const paths = new Map<string, Files>();
  const below = new Map<string, Set<string>>();
  return {
    put: (path, files) => {
      paths.set(path, files);
      for (const above of directoriesAbove(path)) {
        const names = below.get(above) ?? new Set();
        below.set(above, names);
        // A later writer comes last.
        names.delete(path);
        names.add(path);
      }
    },
    get: (path) => paths.get(path),
    below: (directory) => below.get(directory) ?? [],
    meets: (path) => below.has(path) || paths.has(path) || directoriesAbove(path).some((above) => paths.has(above)),
  };
}
