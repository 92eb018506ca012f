/** Where the files of a users' module may lie: under the project's root or in its `node_modules`, links followed. */
import { realpathSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** The directories of a project that a module may take files from, as real paths. */
export interface ModulePlaces {
  readonly root: string;
  /** Differs from `root/node_modules` when that is a link; `null` when there is none. */
  readonly packages: string | null;
}

/** The places of a project; its root must exist. */
export function modulePlaces(root: string): ModulePlaces {
  const real = realpathSync(root);
  return { root: real, packages: realPath(join(real, "node_modules")) };
}

/** The path with all links followed, or `null` when nothing is there. */
export function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

/** The one name of a file of the project on every machine, with `/`; `null` for a file outside of it. `path` is a real path. */
export function nameInside({ root, packages }: ModulePlaces, path: string): string | null {
  const below = (directory: string) => relative(directory, path).split(sep).join("/");
  if (path.startsWith(root + sep)) return below(root);
  return packages !== null && path.startsWith(packages + sep) ? `node_modules/${below(packages)}` : null;
}

/** The path of a name that {@link nameInside} gave. */
export function pathInside({ root, packages }: ModulePlaces, name: string): string {
  return name.startsWith("node_modules/") && packages !== null
    ? join(packages, name.slice("node_modules/".length))
    : join(root, name);
}
