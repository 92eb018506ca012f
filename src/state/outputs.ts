/** What the runs of a deployment left, as its entry in the state keeps it: the content of tables, and the digest of the files at paths. */
import { isObject, type Json, type JsonObject } from "../json.ts";
import type { Entry, InputRecord, State } from "./state.ts";

/** Outputs by name of the place (`table sales.loaded`, `path out/loaded`): the content of a table; `{digest, files, bytes}` of a path. */
export type Outputs = Readonly<Record<string, JsonObject>>;

/** The outputs of the last run by the state. */
export function outputsOf(entry: Entry): Outputs {
  const outputs = entry.object?.outputs;
  return isObject(outputs) ? (outputs as Outputs) : {};
}

/** The path in the name of an output, without the config that tells two clients apart; `null` for a table. */
export const pathNamed = (name: string): string | null => /^path (.*?)( \(config [^()]*\))?$/.exec(name)?.[1] ?? null;

/** The digests of all paths that runs left, by the state. */
export const outputDigests = ({ resources }: State): ReadonlySet<string> =>
  new Set(
    [...resources.values()].flatMap((entry) =>
      Object.values(outputsOf(entry)).flatMap((output) => writtenRecord(output)?.digest ?? []),
    ),
  );

/** The record of a path in the state; `null` for one of before paths had digests, and where the storage takes none. */
export function writtenRecord(value: Json | undefined): InputRecord | null {
  if (!isObject(value)) return null;
  const { digest, files, bytes } = value;
  return typeof digest === "string" && typeof files === "number" && typeof bytes === "number"
    ? { digest, files, bytes }
    : null;
}
