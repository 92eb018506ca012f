/** Compares the edges and the runs of a plan with what follows from the spec. */
import type { Plan } from "../../src/plan/plan.ts";
import { edgesOf } from "./documents.ts";
import type { Fault } from "./fault.ts";
import { labelOf, type Spec } from "./spec.ts";

const nameOf = (address: string) => address.slice("deployment.".length);
const isDeployment = (address: string) => address.startsWith("deployment.");

/** What the deployment of a name does. */
const kindsOf = (spec: Spec, name: string): string =>
  (spec.groups.find((group) => group.name === name)?.ops ?? [])
    .flatMap((at) => spec.ops[at] ?? [])
    .map(labelOf)
    .join("+");

/** Names of the deployments that a plan runs. */
export const runsOf = (plan: Plan): ReadonlySet<string> =>
  new Set(plan.stages.flatMap(({ address, work }) => (work.kind === "run" ? [nameOf(address)] : [])));

/** Edges that are missing or that nothing explains, and an order that is not theirs. */
export function compareEdges(spec: Spec, plan: Plan): readonly Fault[] {
  const wanted = closure(edgesOf(spec));
  const runs = runsOf(plan);
  const planned = new Map(
    plan.stages
      .filter(({ address }) => isDeployment(address))
      .map(
        ({ address, dependencies }) =>
          [nameOf(address), new Set(dependencies.filter(isDeployment).map(nameOf))] as const,
      ),
  );
  const reached = closure(planned);
  const faults: Fault[] = [];
  const place = new Map(plan.stages.map(({ address }, at) => [nameOf(address), at]));
  for (const [name, before] of edgesOf(spec)) {
    if (!runs.has(name)) continue;
    for (const other of before) {
      if (!runs.has(other)) continue;
      if (!reached.get(name)?.has(other))
        faults.push({
          figure: "missed edges",
          key: `${kindsOf(spec, name)} after ${kindsOf(spec, other)}`,
          detail: `${name} after ${other}`,
        });
      if ((place.get(other) ?? 0) > (place.get(name) ?? 0))
        faults.push({
          figure: "missed edges",
          key: `order: ${kindsOf(spec, name)} after ${kindsOf(spec, other)}`,
          detail: `${name} stands before ${other}`,
        });
    }
  }
  for (const [name, before] of planned) {
    for (const other of before)
      if (!wanted.get(name)?.has(other))
        faults.push({
          figure: "false edges",
          key: `${kindsOf(spec, name)} after ${kindsOf(spec, other)}`,
          detail: `${name} after ${other}`,
        });
  }
  return faults;
}

/** Deployments that run without a reason, and ones that do not run. */
export function compareRuns(spec: Spec, expected: ReadonlySet<string>, plan: Plan, after: string): readonly Fault[] {
  const runs = runsOf(plan);
  const [missing, extra] = [
    [...expected].filter((name) => !runs.has(name)),
    [...runs].filter((name) => !expected.has(name)),
  ];
  const reasons = new Map(
    plan.changes.map(({ address, reasons: all }) => [nameOf(address), all.map(({ code }) => code).join("+")]),
  );
  return [
    ...missing.map(
      (name): Fault => ({
        figure: "wrong runs",
        key: `after ${after}: ${kindsOf(spec, name)} does not run`,
        detail: name,
      }),
    ),
    ...extra.map(
      (name): Fault => ({
        figure: "wrong runs",
        key: `after ${after}: ${kindsOf(spec, name)} runs for ${reasons.get(name)}`,
        detail: name,
      }),
    ),
  ];
}

function closure(edges: ReadonlyMap<string, ReadonlySet<string>>): ReadonlyMap<string, ReadonlySet<string>> {
  const all = new Map<string, ReadonlySet<string>>();
  const visit = (name: string): ReadonlySet<string> => {
    const known = all.get(name);
    if (known !== undefined) return known;
    all.set(name, new Set());
    const found = new Set([...(edges.get(name) ?? [])].flatMap((other) => [other, ...visit(other)]));
    all.set(name, found);
    return found;
  };
  for (const name of edges.keys()) visit(name);
  return all;
}
