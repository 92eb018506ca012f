/** The stop before a plan that takes away much at once, or data: it goes on when each resource is named with `--allow-destroy`. */
import type { Address } from "../../address.ts";
import { type Diagnostic, error, warning } from "../../diagnostic/diagnostic.ts";
import { isGlob } from "../../model/path.ts";
import { type Change, isDefinition } from "../plan.ts";
import type { Stage } from "../stage.ts";
import { addressesLike } from "../targets.ts";

/** From so many objects on, so large a part of them may not go unasked. */
const fewObjects = 10;
const largestPart = 0.3;

/** What decides on a stop. */
export interface SafetyOptions {
  /** How many the state has. */
  readonly objects: number;
  /** All is to go: then it is not too much at once. Data is asked about all the same. */
  readonly destroy: boolean;
  /** Addresses and globs that were named. */
  readonly allowed: readonly string[];
}

/** Errors for a plan that is not allowed to take away what it would, and warnings of names that allow nothing. */
export function safetyStops(
  changes: readonly Change[],
  stages: readonly Stage[],
  { objects, destroy, allowed }: SafetyOptions,
): readonly Diagnostic[] {
  const going = changes
    .filter((change) => !isDefinition(change.kind) && (change.action === "delete" || change.action === "replace"))
    .map((change) => change.address);
  const isAllowed = (address: Address) => allowed.some((pattern) => addressesLike(pattern, [address]).length > 0);
  const unasked = going.filter((address) => !isAllowed(address));
  const isMany = !destroy && objects >= fewObjects && going.length > objects * largestPart && unasked.length > 0;
  const data = stages.filter(
    (stage) => stage.work.kind === "drop_table" && stage.work.deleteData && !isAllowed(stage.address),
  );
  return [
    ...(isMany ? [tooMany(unasked, going.length, objects)] : []),
    ...data.map((stage) => dropsData(stage.address)),
    ...allowed.filter((name) => !isGlob(name) && !going.includes(name)).map(allowsNothing),
  ];
}

const tooMany = (unasked: readonly Address[], going: number, objects: number): Diagnostic =>
  error({
    code: "safety/too-many",
    summary: "Plan takes away much at once",
    detail: `This plan would delete or replace ${going} of ${objects} objects, which is more than ${largestPart * 100} %. If that is meant, name them: ${unasked
      .slice(0, 3)
      .map((address) => `--allow-destroy ${address}`)
      .join(" ")}${unasked.length > 3 ? " ..." : ""} (globs like "table.sales.*" are fine).`,
  });

const allowsNothing = (name: string): Diagnostic =>
  warning({
    code: "safety/allowed-nothing",
    summary: "Nothing to allow",
    detail: `"--allow-destroy ${name}" names nothing that this plan deletes or replaces. Look whether the name is right.`,
  });

const dropsData = (address: Address): Diagnostic =>
  error({
    code: "safety/drops-data",
    summary: "Plan deletes data",
    detail: `"${address}" has "lifecycle.delete_data", so its files would be deleted with it. If that is meant, say so: --allow-destroy ${address}`,
    address,
  });
