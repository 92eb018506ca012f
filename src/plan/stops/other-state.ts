/** Objects that another state of this project made, told as the one problem that they are: a lost lockfile, or a second environment. */
import type { Diagnostic } from "../../diagnostic/diagnostic.ts";
import { ofAnotherState } from "./ownership.ts";

/** The same diagnostics, with one error for all objects of another state. It also names the deployments whose outputs are there. */
export function otherStateOnce(diagnostics: readonly Diagnostic[], ours: string): readonly Diagnostic[] {
  const objects = diagnostics.filter(isObject);
  const [first] = objects;
  if (first === undefined) return diagnostics;
  const theirs = first.inTheWay.lineage;
  const same = new Set<Diagnostic>(objects.filter(({ inTheWay }) => inTheWay.lineage === theirs));
  const outputs = diagnostics.filter((item) => item.inTheWay !== undefined && "output" in item.inTheWay);
  const deployments = [...new Set(outputs.map(({ address = "" }) => address.split("/")[0] ?? ""))];
  const addresses = [...same].map(({ address = "" }) => address);
  const all: Diagnostic = { ...first, detail: ofAnotherState(addresses, { theirs, ours }, deployments) };
  const gone = new Set<Diagnostic>([...same, ...outputs]);
  return diagnostics.flatMap((item) => (item === first ? [all] : gone.has(item) ? [] : [item]));
}

type OfAnotherState = Diagnostic & { readonly inTheWay: { readonly lineage: string } };
const isObject = (item: Diagnostic): item is OfAnotherState =>
  item.inTheWay !== undefined && "lineage" in item.inTheWay;
