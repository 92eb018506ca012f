/** Makes a project smaller as long as it still shows a fault: what is left explains it. */
import type { Fault } from "./fault.ts";
import type { Raw, Spec } from "./spec.ts";
import { leftOut, tryProject } from "./try-project.ts";

/** The smallest spec found that shows a fault of which `shows` is true. */
export async function shrink(spec: Spec, shows: (faults: readonly Fault[]) => boolean): Promise<Spec> {
  let best = spec;
  for (let again = true; again; ) {
    again = false;
    for (const smaller of smallerThan(best)) {
      const { faults } = await tryProject(best.seed, smaller, () => false);
      if (!shows(faults)) continue;
      best = smaller;
      again = true;
      break;
    }
  }
  return best;
}

function* smallerThan(spec: Spec): Generator<Spec> {
  for (let count = 0; count < spec.edits.length; count++) yield { ...spec, edits: spec.edits.slice(0, count) };
  const groups = spec.groups.filter(({ ops }) => ops.some((at) => spec.ops[at] !== null));
  for (const { name } of groups) {
    const next = leftOut(spec, new Set([name]));
    if (next.ops.some((op) => op !== null)) yield next;
  }
  for (const group of groups) {
    const left = group.ops.filter((at) => spec.ops[at] !== null);
    const last = left.at(-1);
    if (left.length > 1) yield { ...spec, ops: spec.ops.map((op, at) => (at === last ? null : op)) };
  }
  if (spec.declared.length > 0) yield { ...spec, declared: spec.declared.slice(0, -1) };
  for (const [at, raw] of spec.raws.entries()) {
    const replaced = (next: Partial<Raw>): Spec => ({
      ...spec,
      raws: spec.raws.map((old, place) => (place === at ? { ...raw, ...next } : old)),
    });
    if (raw.columns.length > 2)
      for (const place of raw.columns.keys())
        if (place > 0) yield replaced({ columns: raw.columns.filter((_, other) => other !== place) });
    if (raw.folders.length > 1) yield replaced({ folders: raw.folders.slice(0, 1) });
    if (raw.repeats > 0) yield replaced({ repeats: 0 });
    if (raw.sparse) yield replaced({ sparse: false });
    if (raw.gzip && raw.layout !== "file") yield replaced({ gzip: false });
    if (raw.delimiter !== ",") yield replaced({ delimiter: "," });
  }
}
