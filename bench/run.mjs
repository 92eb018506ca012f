// Runs the benchmarks: node bench/run.mjs [name...] [--runs 5], or writes a generated project: node bench/run.mjs write DIR [N]. It works on a copy of the built command, so that a build meanwhile harms
// nothing, in a temporary directory (MASON_BENCH_TMP names another place for it), and bundles the TypeScript here, which Node 20 does not read.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..");
if (!existsSync(join(root, "dist/main.cjs"))) {
  console.error('Mason is not built. Run "npm run build".');
  process.exit(1);
}
const work = realpathSync(mkdtempSync(join(process.env.MASON_BENCH_TMP ?? tmpdir(), "mason-bench-")));
// The child gets it too; this process goes on to clean up.
process.on("SIGINT", () => undefined);
try {
  for (const name of ["bin", "dist", "package.json"])
    cpSync(join(root, name), join(work, "mason", name), { recursive: true, preserveTimestamps: true });
  symlinkSync(join(root, "node_modules"), join(work, "mason/node_modules"));
  await build({
    entryPoints: ["main", "floor", "apply-part", "markdown-part", "data/plain"].map((name) => join(here, `${name}.ts`)),
    bundle: true,
    format: "esm",
    platform: "node",
    outdir: join(work, "mason/bench"),
    outbase: here,
    outExtension: { ".js": ".mjs" },
    external: ["@duckdb/node-api", "@aws-sdk/*", "@smithy/*", "@viz-js/viz", "esbuild"],
    // For packages that are CommonJS.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
  const child = spawnSync(
    process.execPath,
    [join(work, "mason/bench/main.mjs"), work, root, ...process.argv.slice(2)],
    {
      stdio: "inherit",
    },
  );
  process.exitCode = child.status ?? 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
