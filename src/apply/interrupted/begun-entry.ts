/** The begin entry of a stage: what a later apply must know if this one is interrupted. By then the project may no longer declare the resource. */
import { recordKey } from "../../bundle/effects.ts";
import type { Json, JsonObject } from "../../json.ts";
import { registrationContent } from "../../plan/kinds/registration.ts";
import type { EntryDraft, Stage, StageWork } from "../../plan/stage.ts";
import { findConfig, type Project } from "../../project/project.ts";
import type { EngineSource } from "../../provider/engine-source.ts";
import { tableContent } from "../../state/declared.ts";
import type { BeginEntry, BegunPath } from "../../state/journal-entry.ts";
import type { MadeObject } from "../../state/made-objects.ts";
import type { Entry } from "../../state/state.ts";
import type { StepOutput } from "../../step/run-context.ts";
import { begunPaths } from "../run-results.ts";

/** Makes the begin entry of a stage. `before`: the begin entry that an interrupted apply wrote for it. */
export async function beginEntry(
  stage: Stage,
  token: string,
  { project, engines }: { readonly project: Project; readonly engines: EngineSource },
  before: BeginEntry | undefined,
): Promise<BeginEntry> {
  const { address, movedFrom, work } = stage;
  const entry = begunEntry(stage, project, engines);
  const isRun = work.kind === "run";
  const paths = merged(before?.paths ?? [], isRun ? await begunPaths(project, engines, work, token) : []);
  const once = isRun ? work.bundle.steps.filter(({ operator }) => !operator.repeatable).map(({ id }) => id) : [];
  return {
    kind: "begin",
    address,
    token,
    ...(entry === undefined ? {} : { entry }),
    ...(work.kind === "drop_table" || work.kind === "drop_database" ? { drops: true } : {}),
    ...(movedFrom === undefined ? {} : { moved_from: movedFrom }),
    ...(paths.length === 0 ? {} : { paths }),
    ...(once.length === 0 ? {} : { once }),
  };
}

/** The begin entry with an output that a step is about to write; the same entry if it already has it. */
export function withOutput(begun: BeginEntry, { step, client, path }: StepOutput): BeginEntry {
  const { token, paths = [] } = begun;
  const isSame = (item: BegunPath) => item.path === path && recordKey(item.client) === recordKey(client);
  const isKnown = paths.some((item) => isSame(item) && item.steps.includes(step) && item.runs.includes(token));
  return isKnown ? begun : { ...begun, paths: merged(paths, [{ client, path, steps: [step], runs: [token] }]) };
}

/** The paths of both runs: whoever resumes this one also cares for what the interrupted run left. */
function merged(before: readonly BegunPath[], now: readonly BegunPath[]): readonly BegunPath[] {
  const paths = new Map<string, BegunPath>();
  for (const item of [...before, ...now]) {
    const key = `${recordKey(item.client)} ${item.path}`;
    const known = paths.get(key);
    const steps = [...new Set([...(known?.steps ?? []), ...item.steps])];
    const runs = [...new Set([...(known?.runs ?? []), ...item.runs])];
    paths.set(key, { ...item, steps, runs, ...(known?.fresh === true ? { fresh: true } : {}) });
  }
  return [...paths.values()];
}

/** The state's entry for what a stage may make, or `undefined` for a stage that makes nothing new. */
export function begunEntry({ work }: Stage, project: Project, engines: EngineSource): Entry | undefined {
  const object = objectOf(work, project, engines);
  if (object === undefined || !("draft" in work)) return undefined;
  return {
    status: "failed",
    ...withoutData(work.draft),
    ...(Object.keys(object).length === 0 ? {} : { object }),
  };
}

/** Without `delete_data`: an object that may not even have been made must not take data with it. */
function withoutData({ lifecycle, ...draft }: EntryDraft): EntryDraft {
  return lifecycle?.prevent_destroy === true ? { ...draft, lifecycle: { prevent_destroy: true } } : draft;
}

function objectOf(work: StageWork, project: Project, engines: EngineSource): JsonObject | undefined {
  switch (work.kind) {
    case "database": {
      const { owner: _, ...content } = work.database;
      return work.verb === "create" ? (content as unknown as JsonObject) : undefined;
    }
    case "table":
      return work.verb === "create" || work.verb === "rename" ? tableContent(work.table) : undefined;
    case "register":
      return work.verb === "create" ? registrationContent(work.registration) : undefined;
    case "run": {
      const made = madeBy(work, project, engines);
      return made.length === 0 ? {} : { made: made as unknown as Json };
    }
    default:
      return undefined;
  }
}

function madeBy(
  { writes }: Extract<StageWork, { kind: "run" }>,
  project: Project,
  engines: EngineSource,
): readonly MadeObject[] {
  return writes.flatMap(({ configId, database, table }) => {
    const config = findConfig(project, configId);
    const record = config === null ? null : engines.recordOf(config, "metastore");
    return record === null ? [] : [{ client: record.record, database, table }];
  });
}
