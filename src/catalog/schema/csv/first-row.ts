/** Decides whether the first row of a delimited file names the columns or is data. Numbers in it are strong evidence of data. */

import { sameType } from "../../../model/data-type.ts";
import { kind, texts, typeOfKinds } from "../infer-scalar.ts";

/** The first row, and the kinds of the values below it. */
export interface FirstRow {
  /** The texts of the fields, trimmed. */
  readonly names: readonly string[];
  /** The kinds of the fields; 0 for an empty one. */
  readonly kinds: readonly number[];
  /** The kinds of the columns below. */
  readonly below: readonly number[];
  /** Names that the columns are known to have. */
  readonly known?: readonly string[];
}

/** The decision, and a sentence when it is not obvious. */
export interface Judgement {
  readonly isHeader: boolean;
  readonly notes: readonly string[];
}

/** Judges the first row. */
export function judgeFirstRow(row: FirstRow): Judgement {
  const known = new Set(row.known?.map((name) => name.toLowerCase()));
  if (row.names.some((name) => known.has(name.toLowerCase()))) return { isHeader: true, notes: [] };
  const fields = row.kinds.map((own, index) => ({ own, below: row.below[index] ?? 0 })).filter(({ own }) => own !== 0);
  const typed = fields.filter(({ own }) => !isText(own));
  if (typed.length === 0) return { isHeader: true, notes: [] };
  const isData = typed.length === fields.length || (typed.some(isAlike) && !fields.some(isName) && !areYears(row));
  return { isHeader: !isData, notes: [isData ? dataNote : headerNote] };
}

const dataNote =
  "The first line looks like data, so it is read as data and not as a header. Set csv.header to true if it holds the names of the columns.";

const headerNote =
  "The first line holds values other than text, and is read as the names of the columns. Set csv.header to false if it is data.";

interface Field {
  readonly own: number;
  readonly below: number;
}

/** Numbers that only a string holds are still numbers. */
const isText = (kinds: number) =>
  typeOfKinds(kinds).kind === "string" && ((kinds & (kind.large | kind.overflow)) === 0 || (kinds & texts) !== 0);

/** A value of the type of its column. */
const isAlike = ({ own, below }: Field): boolean =>
  !isText(own) && below !== 0 && !isText(below) && sameType(typeOfKinds(below | own), typeOfKinds(below));

/** A text above a column that is not text: a name. */
const isName = ({ own, below }: Field): boolean => isText(own) && below !== 0 && !isText(below);

/** Years, or numbers in a row, name the columns of a wide table. */
function areYears({ names, kinds }: FirstRow): boolean {
  const numbers = names.filter((_, index) => (kinds[index] ?? 0) === kind.integer).map(Number);
  if (numbers.length < 2) return false;
  const steps = numbers.slice(1).map((number, index) => number - (numbers[index] ?? 0));
  return (
    steps.every((step) => step === 1 || step === -1) && numbers.every((number) => number >= 1800 && number <= 2200)
  );
}
