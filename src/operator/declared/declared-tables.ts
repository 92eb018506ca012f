/** The tables that the project declares, as a step looks them up: by name, and by the path that it writes. */
import type { Address } from "../../address.ts";
import { allBelow, parseGlob } from "../../catalog/glob.ts";
import { directoriesAbove, globRoot, isGlob, isWithin, joinPath, normalPath } from "../../model/path.ts";
import type { Table } from "../../model/table.ts";

/** A table as the project declares it. */
export interface DeclaredTable
  extends Pick<Table, "database" | "name" | "format" | "columns" | "partitions" | "location" | "settings"> {
  readonly address: Address;
}

/** The declared tables in the clients of one config. */
export interface DeclaredTables {
  /** The tables whose files include what is written to a path. */
  at(path: string): readonly DeclaredTable[];
  /** The tables with files at a path, below it or above it. */
  around(path: string): readonly DeclaredTable[];
  named(database: string, name: string): DeclaredTable | null;
  /** How many files the last run that read a table found in it, declared or not; 0 when no run read it. */
  filesBefore(database: string, name: string): Promise<number>;
}

/** No declared tables. */
export const noDeclaredTables: DeclaredTables = {
  at: () => [],
  around: () => [],
  named: () => null,
  filesBefore: async () => 0,
};

/** Looks tables up by the directory of their location, so that a look-up costs the depth of the path. */
export function indexDeclared(
  inStorage: readonly DeclaredTable[],
  inMetastore: readonly DeclaredTable[],
  filesBefore: DeclaredTables["filesBefore"] = async () => 0,
): DeclaredTables {
  const byDirectory = new Map<string, DeclaredTable[]>();
  for (const table of inStorage) {
    const directory = globRoot(locationOfDeclared(table));
    const known = byDirectory.get(directory);
    if (known === undefined) byDirectory.set(directory, [table]);
    else known.push(table);
  }
  const byName = new Map(inMetastore.map((table) => [JSON.stringify([table.database, table.name]), table]));
  return {
    at: (path) => {
      const written = normalPath(path);
      if (written === null) return [];
      return [written, ...directoriesAbove(written)].flatMap((directory) =>
        (byDirectory.get(directory) ?? []).filter((table) => holds(table, written)),
      );
    },
    around: (path) => {
      const place = globRoot(normalPath(path) ?? path);
      return [...byDirectory].flatMap(([directory, tables]) =>
        isWithin(directory, place) || isWithin(place, directory) ? tables : [],
      );
    },
    named: (database, name) => byName.get(JSON.stringify([database, name])) ?? null,
    filesBefore,
  };
}

/** The canonical location of a declared table. */
export const locationOfDeclared = ({ location }: Pick<DeclaredTable, "location">): string =>
  normalPath(location) ?? location;

/** True when files at a path are files of the table. */
function holds(table: DeclaredTable, path: string): boolean {
  const location = locationOfDeclared(table);
  if (!isGlob(location)) return isWithin(path, location);
  if (allBelow(location).matches(path)) return true;
  const { matches } = parseGlob(location);
  const extension = table.format;
  return [path, joinPath(path, `part-0.${extension}`), joinPath(path, "key=value", `part-0.${extension}`)].some(
    matches,
  );
}
