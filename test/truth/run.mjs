// Runs the random projects: `npm run test:truth -- --seeds 400` takes more of them, `--seed 17` one, whose directory is kept,
// and with `--shrink "wrong rows"` it looks for the smallest part of that one that still shows such a fault.
import { spawnSync } from "node:child_process";

const wanted = process.argv.slice(2);
const taken = (flag) => {
  const at = wanted.indexOf(flag);
  return at < 0 ? undefined : wanted.splice(at, 2)[1];
};
const [seeds, seed, shrink] = [taken("--seeds"), taken("--seed"), taken("--shrink")];
const env = {
  ...process.env,
  ...(seeds === undefined ? {} : { MASON_TRUTH_SEEDS: seeds }),
  ...(seed === undefined ? {} : { MASON_TRUTH_SEED: seed }),
  ...(shrink === undefined ? {} : { MASON_TRUTH_SHRINK: shrink }),
};
const vitest = [
  "node_modules/vitest/vitest.mjs",
  "run",
  "--config",
  "test/truth/vitest.config.ts",
  ...(shrink === undefined ? [] : ["shrink"]),
  ...wanted,
];
const { status } = spawnSync(process.execPath, vitest, { stdio: "inherit", env });
process.exitCode = status ?? 1;
