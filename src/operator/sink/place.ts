/** Where an output may lie, and what its path says about it. */
import { isHidden, normalPath } from "../../model/path.ts";
import type { FileFormat } from "../../model/table.ts";
import { invalid } from "../parameters.ts";

/** A file when the path has the extension of a data format, else a directory. */
export const shapeOf = (path: string): "file" | "directory" =>
  formatOfPath(path) === undefined ? "directory" : "file";

/** The format that a path's extension names. */
export function formatOfPath(path: string): FileFormat | undefined {
  return /\.(csv|json|jsonl|parquet)$/i.exec(path)?.[1]?.toLowerCase() as FileFormat | undefined;
}

/** The canonical path of an output. Throws ProviderError `invalid` for a path that can't be written or that readers skip. */
export function outputPlace(path: string): string {
  const normal = normalPath(path);
  if (normal === null || normal === "") {
    throw invalid(`"${path}" can't be the path of an output. Give a path below the root of the storage.`);
  }
  if (isHidden(normal)) {
    throw invalid(
      `The output "${path}" has a part that starts with "." or "_", which readers skip. Choose another output_path.`,
    );
  }
  return normal;
}

/** The problem of an output that exists and may not be replaced. */
export const existingOutput = (path: string): string =>
  `The output "${path}" already exists. Set overwrite: true to replace it, or choose another output_path.`;
