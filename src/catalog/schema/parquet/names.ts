/** Column names of Parquet files that repeat a name or leave it empty, as DuckDB (1.5.5) gives them. */

/** Unique names in any letter case: a repeated one gets a number, an empty one its position. `null` when they clash even so. */
export function uniqueNames(given: readonly string[]): readonly string[] | null {
  const counts = new Map<string, number>();
  const unique = given.map((name) => {
    const key = name.toLowerCase();
    const count = counts.get(key);
    if (count === undefined) {
      counts.set(key, 1);
      return name;
    }
    counts.set(key, count + 1);
    const numbered = freeName(`${name}_${count}`, counts);
    counts.set(numbered.toLowerCase(), 1);
    return numbered;
  });
  const names = unique.map((name, index) => (name === "" ? `C${index}` : name));
  return new Set(names.map((name) => name.toLowerCase())).size === names.length ? names : null;
}

function freeName(wanted: string, counts: Map<string, number>): string {
  const count = counts.get(wanted.toLowerCase());
  if (count === undefined) return wanted;
  counts.set(wanted.toLowerCase(), count + 1);
  return freeName(`${wanted}_${count}`, counts);
}

/** Sentences about names that differ from those in the file. */
export const renamedNotes = (given: readonly string[], names: readonly string[]): readonly string[] =>
  given.flatMap((name, index) => {
    const read = names[index] ?? name;
    if (read === name) return [];
    const why = name === "" ? "has no name" : `repeats the name "${name}"`;
    return [`Column ${index + 1} ${why}; it is read as "${read}".`];
  });
