/**
 * Random projects, held against DuckDB by hand: what the plan says of columns, types, edges and statements is what the run does, rows are right,
 * nothing fails that a plan could have seen, and no valid project is refused. `npm run test:truth -- --seeds 400` takes more projects.
 */
import { expect, test } from "vitest";
import { type Fault, type Figure, figureNames } from "./fault.ts";
import { type KnownFault, known } from "./known.ts";
import { tryProject } from "./try-project.ts";

const count = Number(process.env.MASON_TRUTH_SEEDS ?? 110);
const only = process.env.MASON_TRUTH_SEED;
const seeds = only === undefined ? Array.from({ length: count }, (_, at) => at + 1) : [Number(only)];

/** Faults of one kind. */
interface Seen {
  readonly fault: Fault;
  /** The first project that shows it. */
  readonly seed: number;
  readonly directory: string;
  readonly as: KnownFault | undefined;
  times: number;
}

test("what is planned is what is written, for random projects", async () => {
  const seen = new Map<string, Seen>();
  const totals = { deployments: 0, steps: 0 };
  for (const seed of seeds) {
    const isNew = (fault: Fault) => knownAs(fault) === undefined && !seen.has(nameOf(fault));
    const trial = await tryProject(seed, null, (faults) => only !== undefined || faults.some(isNew));
    totals.deployments += trial.deployments;
    totals.steps += trial.steps;
    for (const fault of trial.faults)
      add(seen, { fault, seed, directory: trial.directory, as: knownAs(fault), times: 1 });
  }
  report([...seen.values()], totals);
  const unknown = [...seen.values()].filter(({ as }) => as === undefined);
  const gone = only === undefined ? known.filter((item) => ![...seen.values()].some(({ as }) => as === item)) : [];
  expect(unknown.map(({ fault, seed }) => `seed ${seed}: ${nameOf(fault)}`)).toEqual([]);
  expect(gone.map(({ name }) => `no longer occurs, take it out of known.ts: ${name}`)).toEqual([]);
});

const nameOf = ({ figure, key }: Fault) => `${figure}: ${key}`;
const knownAs = (fault: Fault): KnownFault | undefined =>
  known.find(({ figure, key }) => figure === fault.figure && key.test(fault.key));
const print = (line: string) => process.stdout.write(`${line}\n`);

function add(seen: Map<string, Seen>, found: Seen): void {
  const before = seen.get(nameOf(found.fault));
  if (before !== undefined) before.times++;
  else {
    seen.set(nameOf(found.fault), found);
    // At once, since many projects may follow.
    if (found.as === undefined) print(newFault(found));
  }
}

const newFault = ({ fault, seed, directory }: Seen) =>
  `  NEW ${nameOf(fault)}\n      ${fault.detail.slice(0, 400).replaceAll("\n", " | ")}\n      again: npm run test:truth -- --seed ${seed}   kept in ${directory}`;

function report(all: readonly Seen[], totals: { readonly deployments: number; readonly steps: number }): void {
  for (const item of known) {
    const times = all.filter(({ as }) => as === item).reduce((total, found) => total + found.times, 0);
    print(`  known, ${item.rule}: ${times} x ${item.name}`);
  }
  for (const { fault, times, seed } of all.filter(({ as }) => as === undefined))
    print(`  NEW ${times} x ${nameOf(fault)} (seed ${seed})`);
  const sum = (figure: Figure) =>
    all.filter(({ fault }) => fault.figure === figure).reduce((total, { times }) => total + times, 0);
  const figures = figureNames.map((figure) => `${figure} ${sum(figure)}`).join(", ");
  print(`  projects ${seeds.length}, deployments ${totals.deployments}, steps ${totals.steps}, ${figures}`);
}
