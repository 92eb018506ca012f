/** Files that earlier steps of the plan would write, where a later step reads. */
import { parseGlob } from "../../catalog/glob.ts";
import { date, sameType } from "../../model/data-type.ts";
import { directoriesAbove, globRoot, isGlob, joinPath } from "../../model/path.ts";
import { hasReference } from "../../model/references.ts";
import type { Column, Schema } from "../../model/schema.ts";
import type { FileOptions } from "../../operator/operator.ts";
import type { Files } from "./live-files.ts";
import type { MadePaths } from "./made-paths.ts";

/** A part of what is read: files at a path below it. */
interface Part {
  readonly path: string;
  readonly files: Files;
}

/** What an earlier step would have written at the path that is read or above it, or the parts of it that would be written. */
export function madeFiles(
  paths: MadePaths,
  read: string,
): Files | { readonly root: string; readonly parts: readonly Part[] } | null {
  // Equal holes have equal values.
  if (hasReference(read)) return paths.get(read) ?? null;
  const root = globRoot(read);
  const glob = isGlob(read) ? parseGlob(read) : null;
  const holds = (made: string, format: Files["format"]) =>
    glob === null || glob.matches(made) || glob.matches(joinPath(made, `part-0.${format}`)) || glob.couldHold(made);
  const parts = [...paths.below(root)].flatMap((path): readonly Part[] => {
    const files = paths.get(path);
    return files !== undefined && holds(path, files.format) ? [{ path, files }] : [];
  });
  if (parts.length > 0) return { root, parts };
  for (const path of [root, ...directoriesAbove(root)]) {
    const found = paths.get(path);
    if (found !== undefined) return glob === null || holds(root, found.format) ? found : null;
  }
  return null;
}

/**
 * The columns of files of which earlier steps would write a part, so far as all parts agree; else `null`. `live`: what is there now, `null` if
 * that is nothing.
 */
export function unitedParts(
  { root, parts }: { readonly root: string; readonly parts: readonly Part[] },
  live: Files | null,
): Files | null {
  const folders = parts.map(({ path, files }) => ({
    ...files,
    partitions: [...foldersOf(path, root), ...files.partitions],
  }));
  const [first = null] = live === null ? folders : [live];
  if (first === null) return null;
  // A folder whose value is not known yet has the type of the folders that are there.
  const isAlike = folders.every(
    (part) =>
      part.format === first.format && isSame(part.columns, first.columns) && isSame(part.partitions, first.partitions),
  );
  const isTyped = first.partitions.every(({ type }) => type.kind !== "unknown");
  return isAlike && isTyped ? { ...first, isPredicted: true } : null;
}

const isSame = (some: Schema, others: Schema): boolean =>
  some.length === others.length &&
  some.every(({ name, type }, at) => {
    const other = others[at];
    return other?.name === name && (type.kind === "unknown" || sameType(type, other.type));
  });

/** The columns that stand in the folders of a path below what is read. */
const foldersOf = (path: string, root: string): readonly Column[] =>
  path
    .slice(root === "" ? 0 : root.length + 1)
    .split("/")
    .flatMap((folder) => {
      const at = folder.indexOf("=");
      if (at < 1) return [];
      const type = folder.slice(at + 1) === "${run.date}" ? date : ({ kind: "unknown" } as const);
      return [{ name: folder.slice(0, at), type, nullable: true }];
    });

/** True when a step reads the files of an earlier one in another way than they are written, so that their columns can't be told. */
export const isReadOtherwise = (made: Files, { csv, format }: FileOptions): boolean =>
  (made.format === "csv" && csv !== undefined && Object.entries(csv).some(isOtherwise)) ||
  (format !== undefined && format !== made.format);

const isOtherwise = ([name, value]: readonly [string, unknown]): boolean =>
  name !== "header" || (value !== true && value !== "auto");
