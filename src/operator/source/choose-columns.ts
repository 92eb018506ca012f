/** Finds the columns that a parameter names in the source. */
import { didYouMean } from "../../diagnostic/did-you-mean.ts";
import type { Schema } from "../../model/schema.ts";
import type { Preview } from "../operator.ts";
import { invalid } from "../parameters.ts";

/** A problem in a preview. */
export type Problem = Preview["problems"][number];

/** The chosen columns as the schema spells them, and a problem for each unknown name. */
export interface Chosen {
  readonly names: readonly string[];
  readonly problems: readonly Problem[];
}

/** Looks up names without regard to case. Each column is taken once. */
export function chooseColumns(parameter: string, wanted: readonly string[], schema: Schema, of: string): Chosen {
  const known = new Map(schema.map((column) => [column.name.toLowerCase(), column.name]));
  const names = new Set<string>();
  const problems: Problem[] = [];
  for (const name of wanted) {
    const found = known.get(name.toLowerCase());
    if (found !== undefined) names.add(found);
    else problems.push({ parameter, message: unknownColumn(parameter, name, schema, of) });
  }
  return { names: [...names], problems };
}

/** Chooses the columns that become folders. At least one column of `schema` must remain for the files. */
export function chooseFolders(parameter: string, wanted: readonly string[], schema: Schema, of: string): Chosen {
  const { names, problems } = chooseColumns(parameter, wanted, schema, of);
  if (names.length === 0 || names.length < schema.length) return { names, problems };
  const message = `"${parameter}" would make folders of all columns of ${of}, so its files would be empty. Leave out one column.`;
  return { names, problems: [...problems, { parameter, message }] };
}

function unknownColumn(parameter: string, name: string, schema: Schema, of: string): string {
  const known = schema.map((column) => column.name);
  const near = didYouMean(name, known);
  const list = known.slice(0, 20).map((column) => `"${column}"`);
  const has =
    known.length === 0 ? "It has none." : `It has ${list.join(", ")}${known.length > list.length ? ", ..." : ""}.`;
  return `"${parameter}" names the column "${name}", which is not in ${of}. ${near === "" ? has : near.trim()}`;
}

/** Throws one error with all problems, if there are any. */
export function requireNone(problems: readonly Problem[]): void {
  if (problems.length > 0) throw invalid(problems.map((problem) => problem.message).join(" "));
}
