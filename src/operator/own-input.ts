/** Whether an output would replace what its own step reads, by name or by a link. */
import { parseGlob } from "../catalog/glob.ts";
import { isReadAt } from "../catalog/schema/data-files.ts";
import type { Link, Storage } from "../engine/storage.ts";
import { globRoot, isGlob, isWithin, joinPath, normalPath } from "../model/path.ts";
import type { FileSettings } from "../model/read-settings.ts";
import type { FileFormat } from "../model/table.ts";

/** Why an output would overlap its inputs, or `null`. */
export function ownInput(output: string, format: FileFormat, inputs: readonly string[]): string | null {
  const path = normalPath(output);
  if (path === null) return null;
  const found = inputs.find((input) => meets(path, format, normalPath(input) ?? input));
  if (found === undefined) return null;
  return `The output "${path}" overlaps the input "${found}". Choose another output_path.`;
}

function meets(path: string, format: FileFormat, input: string): boolean {
  if (isWithin(path, input) || isWithin(input, path)) return true;
  if (!isGlob(input)) return false;
  const glob = parseGlob(input);
  const written = [path, joinPath(path, `part-0.${format}`), joinPath(path, "key=value", `part-0.${format}`)];
  return written.some(glob.matches);
}

/** What an output is compared with. `files`: how files are chosen at the inputs. */
export interface OwnInputs {
  readonly format: FileFormat;
  readonly inputs: readonly string[];
  readonly files?: FileSettings | undefined;
}

/** {@link ownInput} of the paths as they are written and with their links resolved: a link to an input is that input. */
export async function ownInputOnDisk(
  storage: Storage,
  path: string,
  { format, inputs, files }: OwnInputs,
): Promise<string | null> {
  const written = ownInput(path, format, inputs);
  if (written !== null || storage.realPath === undefined) return written;
  const real = await storage.realPath(path);
  for (const input of inputs) {
    const pattern = normalPath(input) ?? input;
    const base = globRoot(pattern);
    const place = `${await storage.realPath(base)}${pattern.slice(base.length)}`;
    const links = leadingTo((await storage.links?.(pattern)) ?? [], pattern, files ?? {});
    const found = ownInput(real, format, [place, ...links]);
    if (found !== null) return found;
  }
  return null;
}

/** Where the links lead through which data of a pattern is read. `files`: absent if every file counts. */
export function leadingTo(links: readonly Link[], pattern: string, files?: FileSettings): readonly string[] {
  const isRead = files === undefined ? () => true : isReadAt(pattern, files);
  return links.flatMap(({ path, real, kind }) => (kind === "directory" || isRead(path) ? [real] : []));
}
