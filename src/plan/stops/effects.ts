/**
 * The guard on effects: what a step would drop or overwrite of a table that the project declares or that runs of a deployment made. Plan,
 * apply and `mason run` ask it alike, so a table is as safe from a run by hand as from an apply.
 */

import { type Address, kindOf } from "../../address.ts";
import type { Bundle, BundleStep } from "../../bundle/bundle.ts";
import { overwritingSteps, stepsOfMason } from "../../bundle/bundle.ts";
import type { StepEffects } from "../../bundle/effects.ts";
import { type PathPlace, type Place, placeKey } from "../../bundle/effects.ts";
import { once } from "../../bundle/once.ts";
import { indexPlaces, type PlaceIndex } from "../../bundle/place-index.ts";
import type { ResolvedBundle } from "../../bundle/resolve-deployments.ts";
import { spotOf } from "../../bundle/spot.ts";
import { type Diagnostic, error } from "../../diagnostic/diagnostic.ts";
import { globRoot, isWithin } from "../../model/path.ts";
import { isNamedBy } from "../targets.ts";
import {
  declaredTables,
  type Guarded,
  type GuardInput,
  type Output,
  protectedOutputs,
  tablesOfRuns,
} from "./guarded.ts";

/** Gives the errors of a bundle, or of one step of it. */
export type EffectGuard = (parts: Pick<ResolvedBundle, "bundle" | "effects">) => readonly Diagnostic[];

/** Makes the guard of a project. */
export function effectGuard(input: GuardInput): EffectGuard {
  // Few bundles drop or overwrite anything.
  const ofRuns = once(() => tablesOfRuns(input));
  const guarded = once(() => [...declaredTables(input), ...ofRuns()]);
  const tables = once(() => byTable(guarded()));
  const kept = once(() => byTable(ofRuns().filter(({ preventDestroy }) => preventDestroy)));
  const data = once(() => indexPlaces(guarded(), (item) => (item.data === undefined ? [] : [item.data])));
  const outputs = once(() => indexPlaces(protectedOutputs(input), ({ data: place }) => [place]));
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
      const dropsToo = new Set(step.drops.map(placeKey));
      const redefined = step.writes.flatMap((place) => {
        const held = dropsToo.has(placeKey(place)) ? undefined : kept().get(placeKey(place));
        return held === undefined || held.address === bundle.address ? [] : [protectedTable(at, held.address)];
      });
      // Below a known directory; where a hole decides, the step is asked again when its value is known.
      const open = step.openWrites.flatMap((place) =>
        place.kind === "path" ? [{ ...place, path: globRoot(place.path) }] : [],
      );
      const touched = { exact: step.writes, below: open };
      const spoiled = protectedAt(touched, outputs(), bundle.address).map((address) => protectedTable(at, address));
      const refused = [...dropped, ...redefined, ...spoiled];
      // A deployment that writes a declared table's files is its writer. A run by hand is nobody's.
      const isByHand = kindOf(bundle.address) !== "deployment";
      if (!isByHand || !whole.has(step.step) || !overwrites.has(step.step)) return refused;
      return [...refused, ...overwritten(touched, data(), at, (address) => isAllowed(address, bundle.address))];
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

const byTable = (items: readonly Guarded[]): ReadonlyMap<string, Guarded> =>
  new Map(items.map((item) => [placeKey(item.table), item]));

/** What a step writes: whole places, and some place below directories. */
interface Touched {
  readonly exact: readonly Place[];
  readonly below: readonly PathPlace[];
}

/** Each written path, with what is held there. */
function heldAt<Held extends Pick<Guarded, "data">>({ exact, below }: Touched, data: PlaceIndex<Held>) {
  const paths = exact.filter((place): place is PathPlace => place.kind === "path");
  return [
    ...paths.map((place) => ({ place, tables: [...data.touching(place)] })),
    ...below.map((place) => ({
      place,
      tables: [...data.meeting(place)].filter(
        (table) => table.data?.kind === "path" && isWithin(spotOf(place).directory, spotOf(table.data).directory),
      ),
    })),
  ];
}

/** The other deployments whose protected outputs a step would write to: a file added there is as little theirs as one replaced. */
function protectedAt(touched: Touched, outputs: PlaceIndex<Output>, own: Address): readonly Address[] {
  const held = heldAt(touched, outputs).flatMap(({ tables }) => tables.map(({ address }) => address));
  return [...new Set(held)].filter((address) => address !== own);
}

function overwritten(
  touched: Touched,
  data: PlaceIndex<Guarded>,
  at: Address,
  isAllowed: (address: Address) => boolean,
): readonly Diagnostic[] {
  return heldAt(touched, data).flatMap(({ place, tables }) =>
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
