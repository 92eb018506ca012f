// Bundles the comparison, since Node 20 does not read TypeScript, and runs it: node bench/data/run.mjs [part of a case's name] [--runs 3]
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const outfile = join(here, "../../dist/bench/compare.mjs");
await build({
  entryPoints: [join(here, "compare.ts")],
  bundle: true,
  format: "esm",
  platform: "node",
  outfile,
  external: ["@duckdb/node-api"],
});
process.exitCode = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: "inherit" }).status ?? 1;
