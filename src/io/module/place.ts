/** The directories that may hold the files of a user's module: the project's root and its `node_modules`, with links resolved. */
import { realpathSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** The directories of one project, as real paths. */
export interface ModulePlaces {
  readonly root: string;
  /** Differs from `root/node_modules` when that is a link; `null` when there is none. */
  readonly packages: string | null;
}

/** The directories for a project's root, which must exist. */
export function modulePlaces(root: string): ModulePlaces {
  const real = realpathSync(root);
  return { root: real, packages: realPath(join(real, "node_modules")) };
}

/** The path with all links resolved, or `null` when it does not exist. */
export function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

/** The name of a file that is the same on every machine, with `/`; `null` for a file outside the project. `path` is a real path. */
export function nameInside({ root, packages }: ModulePlaces, path: string): string | null {
  const below = (directory: string) => relative(directory, path).split(sep).join("/");
  if (path.startsWith(root + sep)) return below(root);
  return packages !== null && path.startsWith(packages + sep) ? `node_modules/${below(packages)}` : null;
}

/** The path of a name from {@link nameInside}. */
export function pathInside({ root, packages }: ModulePlaces, name: string): string {
  return name.startsWith("node_modules/") && packages !== null
    ? join(packages, name.slice("node_modules/".length))
    : join(root, name);
}
