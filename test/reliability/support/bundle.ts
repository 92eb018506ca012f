/** Builds the code for the child processes of this suite, in a directory of its own, so that no other build interferes. */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";
import type { TestProject as Setup } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The directory with `bin/mason`, `dist` and `children`. */
    readonly bundle: string;
  }
}

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** As in scripts/build.mjs. */
const external = ["@duckdb/node-api", "@aws-sdk/*", "@smithy/*", "@viz-js/viz", "esbuild"];

/** Runs once before the suite; the function that it returns runs once after. */
export default async function setup(project: Setup): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), "mason-reliability-"));
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { readonly version: string };
  await cp(join(root, "bin"), join(directory, "bin"), { recursive: true });
  await cp(join(root, "package.json"), join(directory, "package.json"));
  await symlink(join(root, "node_modules"), join(directory, "node_modules"));
  const dist = join(directory, "dist");
  const common: BuildOptions = {
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    external,
    define: { __MASON_VERSION__: JSON.stringify(version), "import.meta.url": "__fileUrl" },
    banner: { js: "const __fileUrl=require('node:url').pathToFileURL(__filename).href;" },
    logLevel: "warning",
  };
  await build({
    ...common,
    stdin: {
      contents: 'export { COMMANDS } from "./commands/index.ts"; export { main } from "./src/cli/main.ts";',
      resolveDir: root,
    },
    supported: { "dynamic-import": false },
    outfile: join(dist, "main.cjs"),
  });
  await writeFile(join(dist, "commands.cjs"), 'exports.COMMANDS = require("./main.cjs").COMMANDS;\n');
  for (const child of ["apply", "run", "save"])
    await build({
      ...common,
      entryPoints: [join(root, `test/reliability/support/${child}-child.ts`)],
      format: "esm",
      define: { __MASON_VERSION__: JSON.stringify(version) },
      banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
      outfile: join(dist, `${child}.js`),
    });
  project.provide("bundle", directory);
  return () => rm(directory, { recursive: true, force: true });
}
