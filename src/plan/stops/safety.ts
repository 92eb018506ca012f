/** Stops a plan that deletes many objects at once, or data, unless `--allow-destroy` names each resource. */
import type { Address } from "../../address.ts";
import { type Diagnostic, error, warning } from "../../diagnostic/diagnostic.ts";
import { isGlob } from "../../model/path.ts";
import { type Change, isDefinition } from "../plan.ts";
import type { Stage } from "../stage.ts";
import { isNamedBy } from "../targets.ts";

/** The limits: with at least this many objects, no larger part of them may go without being named. */
const fewObjects = 10;
const largestPart = 0.3;

/** The input for the check. */
export interface SafetyOptions {
  /** The number of objects in the state. */
  readonly objects: number;
  /** True for a destroy, which may delete everything at once. Data still has to be named. */
  readonly destroy: boolean;
  /** The named addresses and globs. */
  readonly allowed: readonly string[];
  /** Addresses whose data a run may delete, since they are named. */
  readonly used: ReadonlySet<Address>;
}

/** Errors for deletions that are not allowed, and warnings for names that allow nothing. */
export function safetyStops(
  changes: readonly Change[],
  stages: readonly Stage[],
  { objects, destroy, allowed, used }: SafetyOptions,
): readonly Diagnostic[] {
  const going = changes
    .filter((change) => !isDefinition(change.kind) && (change.action === "delete" || change.action === "replace"))
    .map((change) => change.address);
  const isAllowed = (address: Address) => isNamedBy(allowed, address);
  const unasked = going.filter((address) => !isAllowed(address));
  const isMany = !destroy && objects >= fewObjects && going.length > objects * largestPart && unasked.length > 0;
  const data = stages.filter(
    (stage) => stage.work.kind === "drop_table" && stage.work.deleteData && !isAllowed(stage.address),
  );
  return [
    ...(isMany ? [tooMany(unasked, going.length, objects)] : []),
    ...data.map((stage) => dropsData(stage.address)),
    ...allowed.filter((name) => !isGlob(name) && !going.includes(name) && !used.has(name)).map(allowsNothing),
  ];
}

const tooMany = (unasked: readonly Address[], going: number, objects: number): Diagnostic =>
  error({
    code: "safety/too-many",
    summary: "Plan deletes many objects",
    detail: `This plan would delete or replace ${going} of ${objects} objects, which is more than ${largestPart * 100} %. To allow this, add: ${unasked
      .slice(0, 3)
      .map((address) => `--allow-destroy ${address}`)
      .join(" ")}${unasked.length > 3 ? " ..." : ""} (globs like "table.sales.*" are fine).`,
  });

const allowsNothing = (name: string): Diagnostic =>
  warning({
    code: "safety/allowed-nothing",
    summary: "Nothing to allow",
    detail: `"--allow-destroy ${name}" names nothing that this plan deletes or replaces. Check the name.`,
  });

const dropsData = (address: Address): Diagnostic =>
  error({
    code: "safety/drops-data",
    summary: "Plan deletes data",
    detail: `"${address}" has "lifecycle.delete_data", so its files would be deleted with it. To allow this, add --allow-destroy ${address}`,
    address,
  });
