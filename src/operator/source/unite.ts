/** Several sources as one: columns by name, types widened, and every conflict told with the files that hold it. */
import { widen } from "../../catalog/schema/widen.ts";
import type { DataSource } from "../../job/job.ts";
import { type DataType, formatDataType } from "../../model/data-type.ts";
import type { Column, Schema } from "../../model/schema.ts";
import type { ResolvedSource } from "./source.ts";
import { mergeAlike, typedAs } from "./source-files.ts";

/** A part of the whole: what is known of one source, with or without its files. */
export interface Part {
  readonly label: string;
  readonly columns: Schema;
  readonly partitions: Schema;
  /** Types are those of a text format, which any engine can read as wider ones. */
  readonly isText: boolean;
}

/** The columns of the whole, and what keeps the parts apart. */
export interface United {
  readonly columns: Schema;
  /** Columns of several types. */
  readonly widened: readonly { readonly name: string; readonly type: DataType | null; readonly sentence: string }[];
  /** Sentences. */
  readonly conflicts: readonly string[];
}

interface Seen {
  readonly column: Column;
  type: DataType | null;
  isText: boolean;
  /** Types in their text form, and the parts that have them. */
  readonly types: Map<string, string[]>;
}

/** Unites the columns of the parts in the order in which they are first seen; partitions come last. */
export function uniteColumns(parts: readonly Part[]): United {
  const seen = new Map<string, Seen>();
  const inFiles = parts.map((part) => ({ part, columns: part.columns }));
  for (const { part, columns } of [...inFiles, ...parts.map((part) => ({ part, columns: part.partitions }))]) {
    for (const column of columns) {
      const key = column.name.toLowerCase();
      const known = seen.get(key) ?? { column, type: column.type, isText: part.isText, types: new Map() };
      seen.set(key, known);
      addType(known, column.type, part);
    }
  }
  const all = [...seen.values()];
  return {
    columns: all.flatMap(({ column, type }) => (type === null ? [] : [{ ...column, type, nullable: true }])),
    widened: all.flatMap((one) =>
      one.types.size > 1 ? [{ name: one.column.name, type: one.type, sentence: typesSentence(one) }] : [],
    ),
    conflicts: all.flatMap((one) =>
      one.type === null ? [`The column ${typesSentence(one)}, and no type holds both.`] : [],
    ),
  };
}

function addType(seen: Seen, type: DataType, { label, isText }: Part): void {
  const text = formatDataType(type);
  const same = seen.types.get(text);
  if (same === undefined) seen.types.set(text, [label]);
  else same.push(label);
  seen.isText = seen.isText && isText;
  if (seen.type !== null && (same === undefined || !isText)) seen.type = widen(seen.type, type, seen.isText);
}

/** `"id" is bigint in "a.csv", but double in "b.csv"`. */
function typesSentence({ column, types }: Seen): string {
  const each = [...types].map(([type, labels]) => `${type} in ${someOf(labels)}`);
  return `"${column.name}" is ${each.join(", but ")}`;
}

function someOf(labels: readonly string[]): string {
  const some = labels.slice(0, 3).map((label) => `"${label}"`);
  return `${some.join(", ")}${labels.length > some.length ? ` and ${labels.length - some.length} more` : ""}`;
}

/** The sources of all parts, each file once, with the types of the whole where the format lets them be read so. */
export function uniteSources(parts: readonly ResolvedSource[], columns: Schema): readonly DataSource[] {
  const taken = new Set<string>();
  const sources = parts.flatMap((part) =>
    part.sources.flatMap((source) => {
      const files = source.files.filter((file) => !taken.has(file));
      for (const file of files) taken.add(file);
      const typed = { ...source, files, columns: typedAs(columns, source.columns, source.format) };
      return files.length === 0 ? [] : [typed];
    }),
  );
  return mergeAlike(sources);
}
