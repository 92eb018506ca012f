/**
 * The guard on effects: what a step would drop or overwrite of a table that the project declares or that runs of a deployment made. Plan,
 * apply and `mason run` ask it alike, so a table is as safe from a run by hand as from an apply.
 */

import { type Address, kindOf, tableAddress } from "../../address.ts";
import type { Bundle, BundleStep } from "../../bundle/bundle.ts";
import { overwritingSteps, stepsOfMason } from "../../bundle/bundle.ts";
import type { StepEffects } from "../../bundle/effects.ts";
import { type PathPlace, type Place, placeKey, roleKey, tablePlaces } from "../../bundle/effects.ts";
import { once } from "../../bundle/once.ts";
import { indexPlaces, type PlaceIndex } from "../../bundle/place-index.ts";
import type { ResolvedBundle } from "../../bundle/resolve-deployments.ts";
import { rootOf, spotOf } from "../../bundle/spot.ts";
import { type Diagnostic, error } from "../../diagnostic/diagnostic.ts";
import { globRoot, isWithin } from "../../model/path.ts";
import { type Project, resourcesOf } from "../../project/project.ts";
import type { EngineSource } from "../../provider/engine-source.ts";
import { storagesOf, tablesMadeBy } from "../../state/made-objects.ts";
import { outputsOf, pathNamed } from "../../state/outputs.ts";
import type { State } from "../../state/state.ts";
import { chooseConfig } from "../../validate/engines.ts";
import { isNamedBy } from "../targets.ts";

/** The input for the guard. */
export interface GuardInput {
  readonly project: Project;
  /** Absent where nothing was applied yet. */
  readonly state: State | null;
  readonly engines: EngineSource;
  /** Addresses and globs of `--allow-destroy`. */
  readonly allowed: readonly string[];
  /** Called for each address whose loss they allow. */
  readonly onAllowed?: (address: Address) => void;
}

/** A table or files that a run must not lose without being told to. */
interface Guarded {
  readonly address: Address;
  readonly table?: Place;
  readonly data?: Place;
  readonly preventDestroy: boolean;
  readonly isDeclared?: true;
}

/** Gives the errors of a bundle, or of one step of it. */
export type EffectGuard = (parts: Pick<ResolvedBundle, "bundle" | "effects">) => readonly Diagnostic[];

/** Makes the guard of a project. */
export function effectGuard(input: GuardInput): EffectGuard {
  // Few bundles drop or overwrite anything.
  const guarded = once(() => [...declaredTables(input), ...tablesOfRuns(input), ...protectedOutputs(input)]);
  const tables = once(
    () => new Map(guarded().flatMap((item) => (item.table === undefined ? [] : [[placeKey(item.table), item]]))),
  );
  const data = once(() => indexPlaces(guarded(), (item) => (item.data === undefined ? [] : [item.data])));
  const isAllowed = (...addresses: readonly Address[]) => {
    const named = addresses.filter((address) => isNamedBy(input.allowed, address));
    for (const address of named) input.onAllowed?.(address);
    return named.length > 0;
  };
  return ({ bundle, effects }) => {
    const whole = stepsOfMason(bundle);
    const overwrites = overwritingSteps(bundle);
    return effects.flatMap((step) => {
      const at = `${bundle.address}/${step.step}`;
      const dropped = step.drops.flatMap((drop) => {
        const held = tables().get(placeKey(drop));
        if (held === undefined || held.address === bundle.address) return [];
        if (held.preventDestroy) return [protectedTable(at, held.address)];
        if (isAllowed(held.address, bundle.address)) return [];
        if (drop.data !== false) return [losesData(at, held.address, "would delete the files of")];
        return held.isDeclared ? [dropsDeclared(at, held.address)] : [];
      });
      // A deployment that writes a declared table's files is its writer. A run by hand is nobody's.
      const isByHand = kindOf(bundle.address) !== "deployment";
      if (!isByHand || !whole.has(step.step) || !overwrites.has(step.step)) return dropped;
      // Below a known directory; where a hole decides, the step is asked again when its value is known.
      const open = step.openWrites.flatMap((place) =>
        place.kind === "path" ? [{ ...place, path: globRoot(place.path) }] : [],
      );
      const touched = { exact: step.writes, below: open };
      return [...dropped, ...overwritten(touched, data(), at, (address) => isAllowed(address, bundle.address))];
    });
  };
}

/** The guard for the steps of one bundle, whose parameters are all known when it is asked. It gives the first reason to refuse, or `null`. */
export const stepGuard =
  (guard: EffectGuard, bundle: Bundle) =>
  (effects: StepEffects, parameters: BundleStep["parameters"]): string | null => {
    const steps = bundle.steps.flatMap((step) => (step.id === effects.step ? [{ ...step, parameters }] : []));
    return guard({ bundle: { ...bundle, steps }, effects: [effects] })[0]?.detail ?? null;
  };

function overwritten(
  { exact, below }: { readonly exact: readonly Place[]; readonly below: readonly PathPlace[] },
  data: PlaceIndex<Guarded>,
  at: Address,
  isAllowed: (address: Address) => boolean,
): readonly Diagnostic[] {
  const paths = exact.filter((place): place is PathPlace => place.kind === "path");
  const held = [
    ...paths.map((place) => ({ place, tables: [...data.touching(place)] })),
    ...below.map((place) => ({
      place,
      tables: [...data.meeting(place)].filter(
        (table) => table.data?.kind === "path" && isWithin(spotOf(place).directory, spotOf(table.data).directory),
      ),
    })),
  ];
  return held.flatMap(({ place, tables }) =>
    tables.flatMap(({ address, preventDestroy }) => {
      if (preventDestroy) return [protectedTable(at, address)];
      return isAllowed(address) ? [] : [losesData(at, address, `writes "${place.path}" and would replace files of`)];
    }),
  );
}

const protectedTable = (at: Address, address: Address): Diagnostic =>
  error({
    code: "lifecycle/prevent-destroy",
    summary: "Resource is protected",
    detail: `"${at}" would drop or replace "${address}", but its "lifecycle.prevent_destroy" forbids that. Remove the step, or set prevent_destroy to false and apply first.`,
    address: at,
  });

const losesData = (at: Address, address: Address, what: string): Diagnostic =>
  error({
    code: "safety/drops-data",
    summary: "Step deletes data",
    detail: `"${at}" ${what} "${address}". To allow this, add --allow-destroy ${address}`,
    address: at,
  });

const dropsDeclared = (at: Address, address: Address): Diagnostic =>
  error({
    code: "safety/drops-declared",
    summary: "Step drops a declared table",
    detail: `"${at}" would drop "${address}", which this project declares: the next apply would create it again. Remove the declaration instead, or allow the drop with --allow-destroy ${address}`,
    address: at,
  });

function declaredTables({ project, state, engines }: GuardInput): readonly Guarded[] {
  return resourcesOf(project, "table").flatMap((table) => {
    const chosen = chooseConfig(project, table.configId);
    if ("problem" in chosen) return [];
    const applied = state?.resources.get(table.address)?.lifecycle?.prevent_destroy === true;
    const preventDestroy = table.lifecycle.preventDestroy || applied;
    const places = tablePlaces(table, chosen.config, engines);
    return [{ address: table.address, ...places, preventDestroy, isDeclared: true }];
  });
}

/** Tables of the state that the project does not declare: applied ones, and those that runs of deployments made. */
function tablesOfRuns({ project, state }: GuardInput): readonly Guarded[] {
  return [...(state?.resources ?? [])].flatMap(([address, entry]): readonly Guarded[] => {
    const made = tablesMadeBy(address, entry).map(({ client, database, table }) => ({ client, database, table }));
    const { client, declared } = entry;
    const isApplied = kindOf(address) === "table" && client !== undefined && !project.resources.has(address);
    const applied = isApplied ? [{ client, database: String(declared.database), table: String(declared.name) }] : [];
    return [...made, ...applied].flatMap(({ client: own, database, table }) => {
      if (project.resources.has(tableAddress(database, table))) return [];
      const place = { kind: "table", client: roleKey("metastore", own), configId: "", database, table } as const;
      return [{ address, table: place, preventDestroy: entry.lifecycle?.prevent_destroy === true }];
    });
  });
}

/** The files that deployments with `prevent_destroy` left. Only their own runs replace them. */
function protectedOutputs({ project, state }: GuardInput): readonly Guarded[] {
  return [...(state?.resources ?? [])].flatMap(([address, entry]): readonly Guarded[] => {
    const declared = project.resources.get(address);
    const isProtected =
      entry.lifecycle?.prevent_destroy === true ||
      (declared?.kind === "deployment" && declared.lifecycle.preventDestroy);
    if (kindOf(address) !== "deployment" || !isProtected) return [];
    const paths = Object.keys(outputsOf(entry)).flatMap((name) => pathNamed(name) ?? []);
    return storagesOf(entry).flatMap((record) => {
      const client = { client: roleKey("storage", record), configId: "", root: rootOf(record) };
      return paths.map((path) => ({ address, data: { kind: "path", ...client, path }, preventDestroy: true }) as const);
    });
  });
}
