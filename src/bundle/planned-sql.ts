/**
 * SQL with holes, as a plan reads it. A hole is a value that only the run knows. Something of its type takes its place, so the tables are
 * found and the columns typed before the run.
 */
import type { Json } from "../json.ts";
import type { Reference } from "../model/references.ts";
import type { ParameterType } from "../operator/definition.ts";
import type { Dialect } from "../sql/dialect.ts";
import { QuoteError, quoteIdentifier, quoteJson, quoteString } from "../sql/quote.ts";
import { fillSql, type Quotes, sqlText, textWithin } from "./fill-sql.ts";

/** The forms of one SQL text while planning. They are equal if the text has no hole. */
export interface PlannedSql {
  /** For finding tables and files. In a path a hole is a wildcard. */
  readonly parsed: string;
  /** For typing: each hole is a literal like the one of the run. */
  readonly sample: string;
  /** For typing where no sample fits: each hole is NULL. */
  readonly loose: string;
  /** For people: with the references as they are written. */
  readonly shown: string;
  /** True if a hole is a name or SQL itself, so nothing can be typed. */
  readonly isOpen: boolean;
  /** True if the value of a hole decides types. */
  readonly isPredicted: boolean;
}

/** What a reference means while planning: its value, or the type of the value that the run will give. */
export type HoleValue =
  | { readonly value: Json; readonly type?: ParameterType }
  | { readonly hole: ParameterType; readonly sample?: string; readonly glob?: string };

/** A database object that stands for a name that is known after apply. No table has this name. */
export const nameHole = "mason hole";

/** The forms of a text whose references are resolved by `resolve`; `null` if a value can't be written. */
export function plannedSql(
  text: string,
  parameter: string,
  dialect: Dialect,
  resolve: (reference: Reference) => HoleValue | undefined,
): PlannedSql | null {
  let [isOpen, isPredicted, hasHoles] = [false, false, false];
  const filled = (form: Form) =>
    fillSql(text, parameter, dialect, (reference, quotes) => {
      const planned = resolve(reference);
      if (planned === undefined) return undefined;
      if ("value" in planned) return known(planned, quotes, dialect);
      hasHoles = true;
      isOpen ||= quotes === null ? isName(planned.hole) : quotes.kind === "name";
      isPredicted ||= reference.kind !== "run";
      return quotes === null ? holeText(planned, form, dialect) : holeWithin(planned, form, quotes);
    });
  try {
    const parsed = filled("parsed");
    if (!hasHoles) return { parsed, sample: parsed, loose: parsed, shown: parsed, isOpen, isPredicted };
    const [sample, loose] = [filled("sample"), filled("loose")];
    const shown = fillSql(text, parameter, dialect, (reference, quotes) => {
      const planned = resolve(reference);
      return planned !== undefined && "value" in planned ? known(planned, quotes, dialect) : undefined;
    });
    return { parsed, sample, loose, shown, isOpen, isPredicted };
  } catch (thrown) {
    if (thrown instanceof QuoteError) return null;
    throw thrown;
  }
}

const known = (
  { value, type }: Extract<HoleValue, { readonly value: Json }>,
  quotes: Quotes | null,
  dialect: Dialect,
): string => (quotes === null ? sqlText(value, type, dialect) : textWithin(value, quotes));

/** The text that stands for a hole within quotes: no null can stand there. */
const holeWithin = (
  { sample = "text", glob = "**" }: Extract<HoleValue, { readonly hole: ParameterType }>,
  form: Form,
  { kind, write }: Quotes,
): string => write(kind === "name" ? nameHole : form === "parsed" ? glob : sample);

type Form = "parsed" | "sample" | "loose";

/** True for types whose value is no value of SQL: a name, or SQL itself. */
export const isName = (type: ParameterType): boolean => type === "table" || type === "column" || type === "sql";

/** The text that stands for a hole. */
export function holeText(
  { hole, sample, glob = "**" }: Extract<HoleValue, { readonly hole: ParameterType }>,
  form: Form,
  dialect: Dialect,
): string {
  if (hole === "table" || hole === "column") return quoteIdentifier(nameHole, dialect);
  if (form === "loose" || hole === "sql") return "NULL";
  switch (hole) {
    case "integer":
      return "1";
    case "number":
      return "1.5";
    case "boolean":
      return "TRUE";
    case "list":
      // It may be a list of files to read.
      return form === "parsed" ? quoteJson([glob], dialect) : "NULL";
    case "size":
    case "map":
      return "NULL";
    case "date":
    case "timestamp":
    case "string":
    case "path":
      return quoteString(form === "parsed" ? glob : (sample ?? samples[hole]), dialect);
  }
}

const samples = { date: "2000-01-01", timestamp: "2000-01-01T00:00:00Z", string: "text", path: "path" } as const;

/** The hole that a field of the run leaves. */
export interface RunHole {
  readonly hole: "string";
  readonly sample: string;
  readonly glob: string;
}

/** The hole of a field of the run. */
export const runHole = (field: string): RunHole => ({
  hole: "string",
  sample: field === "date" ? "2000-01-01" : "2000-01-01T00:00:00.000Z",
  glob: field === "key" ? "**" : "*",
});
