/** The place that a job writes to. It is checked and made before DuckDB writes, measured afterwards, and removed after a failure. */
import { lstat, mkdir, readdir, realpath, rm, stat } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import type { DataTarget } from "../../../src/job/job.ts";
import { ProviderError } from "../../../src/provider/error.ts";
import { localPath } from "../../../src/sql/dialects/duckdb/names.ts";

/** The files and bytes that a job wrote. */
export interface Written {
  readonly files: number;
  readonly bytes: number;
}

/** Makes the directories that DuckDB expects. The target must not exist and must lie below one of `directories`. */
export async function prepareTarget(target: DataTarget, directories: readonly string[]): Promise<void> {
  const path = pathOf(target);
  if (await exists(path)) {
    throw new ProviderError("exists", `The target "${path}" already exists. Remove it, or write to another path.`);
  }
  if (!(await isAllowed(path, directories))) {
    throw new ProviderError(
      "denied",
      `The target "${path}" is not below a root of the config's clients. Use a path below a root.`,
    );
  }
  await mkdir(target.shape === "directory" ? path : dirname(path), { recursive: true });
}

/** Files and bytes at the target. */
export async function measureTarget(target: DataTarget): Promise<Written> {
  const path = pathOf(target);
  if (target.shape === "file") return { files: 1, bytes: (await stat(path)).size };
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(join(file.parentPath ?? file.path, file.name))).size),
  );
  return { files: files.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** Removes what a job left behind. An absent target is fine. */
export const removeTarget = (target: DataTarget): Promise<void> => rm(pathOf(target), { recursive: true, force: true });

function pathOf(target: DataTarget): string {
  const path = localPath(target.uri);
  if (!path.startsWith("/")) {
    throw new ProviderError(
      "unsupported",
      `The local engine can't write to "${target.uri}". Use a config whose storage is local.`,
    );
  }
  return normalize(path);
}

const isInside = (path: string, directory: string) =>
  path === directory || path.startsWith(directory.endsWith("/") ? directory : `${directory}/`);

/** Resolves links, so that none leads out of the directories. */
async function isAllowed(path: string, directories: readonly string[]): Promise<boolean> {
  const real = await realPlace(path);
  const roots = await Promise.all(directories.map((directory) => realPlace(normalize(directory))));
  return roots.some((root) => isInside(real, root));
}

async function realPlace(path: string): Promise<string> {
  let rest = "";
  for (let at = path; ; at = dirname(at)) {
    if (await exists(at)) return join(await realpath(at), rest);
    if (at === dirname(at)) return path;
    rest = join(at.slice(dirname(at).length), rest);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || (error as NodeJS.ErrnoException).code === "ENOTDIR")
      return false;
    throw error;
  }
}
