/** For whoever looks for the cause of a fault: `npm run test:truth -- --seed 17 --shrink "wrong rows"` prints the smallest project that shows it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "vitest";
import type { Fault } from "./fault.ts";
import { shrink } from "./shrink.ts";
import { tryProject } from "./try-project.ts";

const wanted = process.env.MASON_TRUTH_SHRINK;
const seed = Number(process.env.MASON_TRUTH_SEED ?? 1);

test("the smallest project with a fault", async () => {
  const shows = (faults: readonly Fault[]) =>
    faults.some(({ figure, key }) => `${figure}: ${key}`.includes(wanted ?? ""));
  const trial = await tryProject(seed, null, () => false);
  if (trial.spec === null || !shows(trial.faults)) throw new Error(`Seed ${seed} shows no such fault.`);
  const smallest = await shrink(trial.spec, shows);
  const last = await tryProject(seed, smallest, () => true);
  const documents = await readFile(join(last.directory, "all.yaml"), "utf8");
  const faults = last.faults.map(({ figure, key, detail }) => `  ${figure}: ${key}\n      ${detail}`);
  process.stdout.write(`${documents}\n${faults.join("\n")}\n  kept in ${last.directory}\n`);
});
