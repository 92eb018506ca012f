/** Looks at what a deployment did, against what its plan said and what is right. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plan } from "../../src/plan/plan.ts";
import { compareRows } from "./compare-rows.ts";
import { compareColumns, compareTable } from "./compare-types.ts";
import { stepId } from "./documents.ts";
import type { Duck } from "./duck.ts";
import type { Fault } from "./fault.ts";
import type { Meaning, Oracle } from "./oracle.ts";
import { readBack } from "./read-back.ts";
import { type Group, type Op, type Spec, sourcesOf } from "./spec.ts";

/** A project after its apply. */
export interface Applied {
  readonly duck: Duck;
  readonly root: string;
  readonly spec: Spec;
  readonly oracle: Oracle;
  readonly plan: Plan;
  /** SQL that the engine was given. */
  readonly submitted: readonly string[];
}

/** What is wrong with a deployment that ran. */
export async function lookAt(
  { duck, root, spec, oracle, plan, submitted }: Applied,
  group: Group,
): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  const steps = plan.changes.find(({ address }) => address === `deployment.${group.name}`)?.steps ?? [];
  for (const at of group.ops) {
    const meaning = oracle.meanings[at];
    const step = steps.find(({ id }) => id === stepId(group, at));
    if (meaning === undefined || meaning === null) continue;
    const { op, target, expected, sql } = meaning;
    if (step === undefined) {
      faults.push({ figure: "wrong columns", key: `${op.kind}: the plan has no such step`, detail: group.name });
      continue;
    }
    if (op.kind === "infer" && expected !== null && "table" in expected) {
      const isDropped = group.ops.some((other) => spec.ops[other]?.kind === "delete");
      const catalogued = isDropped
        ? (step.columns ?? []).map(({ name }) => ({ name, type: "" }))
        : await catalogueOf(root, op.database, op.table);
      faults.push(...(await compareTable(duck, expected.table, step.columns, catalogued, sourceLabel(spec, op))));
    }
    if (target === null) continue;
    const written = await readBack(duck, root, target.path, target.format, `b${at}`);
    if (written === null) {
      faults.push({
        figure: "wrong rows",
        key: `${op.kind} > ${target.format}: nothing was written`,
        detail: target.path,
      });
      continue;
    }
    faults.push(
      ...(await compareColumns(duck, meaning, step.columns, written)),
      ...(await compareRows(duck, meaning, written)),
    );
    if (sql !== null) faults.push(...compareStatements(meaning, step.statements, submitted));
  }
  return faults;
}

function sourceLabel(spec: Spec, op: Op): string {
  const [source] = sourcesOf(op);
  if (source === undefined) return "nothing";
  if ("raw" in source) {
    const raw = spec.raws[source.raw];
    return `${raw?.format} ${raw?.layout}${raw?.header === false ? " without a header" : ""}`;
  }
  return "op" in source ? `written ${spec.ops[source.op]?.kind}` : "a table";
}

/** The SQL that is shown is the one that the engine got, but for the date of the run. */
function compareStatements({ sql }: Meaning, shown: readonly string[], submitted: readonly string[]): readonly Fault[] {
  if (sql === null) return [];
  const faults: Fault[] = [];
  // The name of the table may stand in the place of `$table` by then.
  const holds = (given: string) => (text: string) =>
    text.startsWith(given.split("$table")[0] ?? "") && text.endsWith(given.split("$table")[1] ?? "");
  if (!shown.some(holds(sql)))
    faults.push({ figure: "wrong statements", key: "a query's text is not shown", detail: sql });
  if (!submitted.some(holds(sql.replaceAll("${run.date}", "'2026-03-01'"))))
    faults.push({ figure: "wrong statements", key: "another text than the query's ran", detail: sql });
  return faults;
}

/** The columns that the catalogue's newest document of a table has, read by hand. */
async function catalogueOf(
  root: string,
  database: string,
  table: string,
): Promise<readonly { readonly name: string; readonly type: string }[] | null> {
  const directory = join(root, database, "_mason", table);
  const files = (await readdir(directory).catch(() => []))
    .filter((name) => name.endsWith(".json"))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  const last = files.at(-1);
  if (last === undefined) return null;
  const document = JSON.parse(await readFile(join(directory, last), "utf8"));
  const { columns = [], partitions = [] } = document.content;
  return [...columns, ...partitions];
}
