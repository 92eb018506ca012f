/** Fingerprints from a listing alone, on storages whose listings have etags. */
import type { FileStat, Fingerprint } from "../engine/storage.ts";
import { digest } from "../json.ts";
import { baseName, isWithin } from "../model/path.ts";
import { parseGlob } from "./glob.ts";

/** A digest of the files of a pattern that count: their names below the pattern, sizes and etags. `nameOf` gives the name that counts. */
export function fingerprintByEtag(
  files: readonly FileStat[],
  pattern: string,
  counts: (path: string) => boolean = () => true,
  nameOf: (path: string) => string = (path) => path,
): Fingerprint {
  const base = files.some((file) => isWithin(file.path, pattern)) ? pattern : parseGlob(pattern).base;
  const digestOf = (some: readonly FileStat[]) =>
    digest(some.map(({ path, size, etag }) => [nameOf(nameBelow(path, base)), size, etag?.replaceAll('"', "") ?? ""]));
  const counted = files.filter(({ path }) => counts(path));
  return {
    digest: digestOf(counted),
    ...(counted.length === files.length ? {} : { whole: digestOf(files) }),
    files: counted.length,
    bytes: counted.reduce((sum, { size }) => sum + size, 0),
  };
}

const nameBelow = (path: string, base: string): string =>
  path === base ? baseName(path) : path.slice(base === "" ? 0 : base.length + 1);
