/** Moves a state to another backend when mason.yaml names a new one. `.mason` remembers where the state was last. */
import { join } from "node:path";
import { type Diagnostic, error, required } from "../../diagnostic/diagnostic.ts";
import { readTextIfThere, writeFileWhole } from "../../io/disk.ts";
import type { StateBackend } from "../../io/state/state-backend.ts";
import { isObject, type JsonObject, sameJson } from "../../json.ts";
import type { Project } from "../../project/project.ts";
import type { StateSettings } from "../../project/settings.ts";
import type { State } from "../../state/state.ts";
import type { CommandWorld } from "../command-world.ts";
import { openBackend } from "./open-backend.ts";
import { withLease } from "./under-lease.ts";

/** One move of a state. */
export interface Migration {
  readonly from: StateBackend;
  readonly to: StateBackend;
  readonly state: State;
}

const fileOf = (project: Project) => join(project.root, ".mason", "backend.json");
const keyOf = (project: Project) => project.settings.environment ?? "";

function remembered(project: Project): JsonObject {
  try {
    const value: unknown = JSON.parse(readTextIfThere(fileOf(project)) ?? "{}");
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** Remembers the backend of the project. Without this record, a later change of backend goes unnoticed. */
export function rememberBackend(project: Project): void {
  const settings = project.settings.state as unknown as JsonObject;
  const known = remembered(project);
  if (sameJson(known[keyOf(project)], settings)) return;
  writeFileWhole(fileOf(project), `${JSON.stringify({ ...known, [keyOf(project)]: settings })}\n`);
}

/** The move that mason.yaml asks for, if any: it names another backend than last time, and only the previous one holds a state. */
export async function plannedMigration(world: CommandWorld, project: Project): Promise<Migration | null> {
  const before = remembered(project)[keyOf(project)];
  if (!isObject(before) || sameJson(before, project.settings.state as unknown as JsonObject)) return null;
  const to = await openBackend(world, project);
  if ((await stateOf(to)).serial > 0) return null;
  const from = await openBackend(world, project, before as unknown as StateSettings);
  const state = await stateOf(from);
  return state.serial === 0 ? null : { from, to, state };
}

const stateOf = async (backend: StateBackend): Promise<State> => required(await backend.read(""));

/** The error of a plan whose state is still in the previous backend. Without it, nothing would seem to have been applied. */
export const stateElsewhere = ({ from, to }: Migration): Diagnostic =>
  error({
    code: "state/backend-changed",
    summary: "State is kept elsewhere",
    detail: `mason.yaml keeps the state in "${to.name}", which is empty, but the last apply saved it in "${from.name}". Move it: mason state migrate`,
  });

/** Copies the state under the leases of both backends. */
export async function migrateState(
  world: CommandWorld,
  project: Project,
  { from, to, state }: Migration,
): Promise<void> {
  const how = { purpose: "state migrate", timeoutMs: 0 };
  await withLease(world, from, how, () => withLease(world, to, how, () => to.save(state, 0)));
  rememberBackend(project);
}
