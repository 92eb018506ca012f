/** Unites several sources: columns by name, types widened, and each conflict reported with its files. */
import { widen } from "../../catalog/schema/widen.ts";
import type { Relation } from "../../job/job.ts";
import { isFiles, isTable } from "../../job/relations.ts";
import { type DataType, formatDataType } from "../../model/data-type.ts";
import type { Column, Schema } from "../../model/schema.ts";
import type { ResolvedSource } from "./source.ts";
import { heldTo, integersKept, mergeAlike, typedAs } from "./source-files.ts";

/** The columns of one source in the union. */
export interface Part {
  readonly label: string;
  readonly columns: Schema;
  readonly partitions: Schema;
  /** True for a text format, whose values any engine can read as wider types. */
  readonly isText: boolean;
}

/** The united columns and the conflicts between the parts. */
export interface United {
  readonly columns: Schema;
  /** The columns that have several types. */
  readonly widened: readonly { readonly name: string; readonly type: DataType | null; readonly sentence: string }[];
  /** Sentences. */
  readonly conflicts: readonly string[];
}

interface Seen {
  readonly column: Column;
  type: DataType | null;
  isText: boolean;
  /** The types as text, each with the parts that have it. */
  readonly types: Map<string, string[]>;
}

/** Unites the columns of the parts in order of first occurrence, partitions last. */
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

/** The sources of all parts, with each file once, and with the types of the whole where the format allows it. */
export function uniteSources(parts: readonly ResolvedSource[], columns: Schema): readonly Relation[] {
  const taken = new Set<string>();
  const sources = parts.flatMap((part) =>
    part.sources.filter(isFiles).flatMap((source) => {
      const files = source.files.filter((file) => !taken.has(file));
      for (const file of files) taken.add(file);
      // Text is not JSON: such a column is read as what it is, and becomes JSON afterwards.
      const wanted = source.format === "csv" ? columns.filter(({ type }) => type.kind !== "json") : columns;
      const own = typedAs(wanted, source.columns, source.format);
      const typed = { ...source, files, ...integersKept(source, own), columns: own };
      return files.length === 0 ? [] : [heldTo(columns, typed)];
    }),
  );
  return [...parts.flatMap((part) => part.sources.filter(isTable)), ...mergeAlike(sources)];
}
