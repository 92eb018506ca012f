/** State <-> the text of `mason.lock`: JSON with sorted keys, one key per line, no times and no secrets, so that people can review it. */
import { type Checked, error, fail, type Problem } from "../diagnostic/diagnostic.ts";
import { isObject, type Json, type JsonObject, prettyJson } from "../json.ts";
import { type Entry, isSerial, mostSerial, type State } from "./state.ts";

/** The format that this version writes; it reads every format from 1 on. */
export const lockfileFormat = 1;

/** The text of a state. `version` is Mason's version, for people; no digest includes it. */
export function printLockfile(state: State, version: string): string {
  return prettyJson({
    format: lockfileFormat,
    mason: version,
    lineage: state.lineage,
    serial: state.serial,
    last_plan: state.lastPlan,
    resources: Object.fromEntries(state.resources) as unknown as JsonObject,
  });
}

/** Reads the text back. Refuses anything but a lockfile of this or an older format, and says what it is. */
export function parseLockfile(text: string, file: string): Checked<State> {
  if (/^(<{7}|={7}|>{7})/m.test(text)) return refused(conflict(file));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    return refused(damaged(file, thrown instanceof Error ? thrown.message : String(thrown)));
  }
  if (!isObject(value) || typeof value.format !== "number" || !Number.isInteger(value.format) || value.format < 1)
    return refused(damaged(file, "It has no format number."));
  if (value.format > lockfileFormat) return refused(newer(file, value.format));
  return readState(value, file);
}

const refused = (problem: Problem): Checked<State> => ({ diagnostics: [error(problem)] });

function readState(value: JsonObject, file: string): Checked<State> {
  const { lineage, serial, last_plan: lastPlan, resources } = value;
  const fits = typeof lineage === "string" && Number.isInteger(serial) && isObject(resources);
  if (!fits) return refused(damaged(file, '"lineage", "serial" or "resources" is missing.'));
  if (!isSerial(Number(serial))) return refused(damaged(file, `"serial" is not between 0 and ${mostSerial}.`));
  const entries = Object.entries(resources as JsonObject);
  const broken = entries.find(([, entry]) => !isEntry(entry));
  if (broken !== undefined) return refused(damaged(file, `The entry "${broken[0]}" is incomplete.`));
  const state: State = {
    lineage: String(lineage),
    serial: Number(serial),
    lastPlan: typeof lastPlan === "string" ? lastPlan : null,
    resources: new Map(entries as unknown as [string, Entry][]),
  };
  return { value: state, diagnostics: [] };
}

function isEntry(value: Json | undefined): boolean {
  return (
    isObject(value) &&
    (value.status === "applied" || value.status === "failed") &&
    typeof value.digest === "string" &&
    isObject(value.declared) &&
    Array.isArray(value.depends_on) &&
    isClientOrAbsent(value.client) &&
    isClientOrAbsent(value.storage) &&
    (value.object === undefined || isObject(value.object)) &&
    isMadeOrAbsent(value.object?.made)
  );
}

const isClientOrAbsent = (value: Json | undefined): boolean => value === undefined || isClient(value);

const isClient = (value: Json | undefined): boolean =>
  isObject(value) && typeof value.provider === "string" && isObject(value.identity) && isObject(value.settings);

/** Checks what runs of a deployment made. An object that is overlooked here would never be dropped. */
const isMadeOrAbsent = (value: Json | undefined): boolean =>
  value === undefined ||
  (Array.isArray(value) &&
    value.every((item: Json) => isObject(item) && isClient(item.client) && typeof item.database === "string"));

const conflict = (file: string): Problem => ({
  code: "state/merge-conflict",
  summary: "Conflict markers in the lockfile",
  detail: `"${file}" holds the conflict markers of a merge. Take the version of the branch that is applied (git checkout --theirs or --ours), then run "mason plan".`,
  place: { file },
});

const damaged = (file: string, why: string): Problem => ({
  code: "state/damaged",
  summary: "Damaged lockfile",
  detail: `"${file}" can't be read as a lockfile: ${why} Nothing was changed. Restore it from version control or a backup.`,
  place: { file },
});

const newer = (file: string, format: number): Problem => ({
  code: "state/newer-format",
  summary: "Lockfile of a newer version",
  detail: `"${file}" has format ${format}, but this version of Mason reads formats up to ${lockfileFormat}. Use the version that wrote it, or a later one.`,
  place: { file },
});

/** Stops if the lockfile has changed since it was read: another apply was faster. */
export function requireSerial(found: number, expected: number, file: string): void {
  if (found !== expected) stateMoved(found, expected, file);
}

/** Stops, since another apply was faster. */
export function stateMoved(found: number, expected: number, file: string): never {
  return fail({
    code: "state/moved",
    summary: "State changed during the apply",
    detail: `"${file}" has serial ${found}, but this apply started from serial ${expected}: another apply ran in between. The state does not record what this one did. Run "mason plan", then apply again.`,
    place: { file },
  });
}
