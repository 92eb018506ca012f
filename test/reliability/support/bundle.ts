/** Builds what the child processes of this suite run, into a directory of its own: nobody else's build comes in between. */
import { cp, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { TestProject as Setup } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The directory with `bin/mason`, `dist` and `children`. */
    readonly bundle: string;
  }
}

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** What esbuild puts before every file: a bundle of modules has no `require` of its own. */
const banner =
  "import{createRequire as __cr}from'node:module';import{fileURLToPath as __fu}from'node:url';import{dirname as __dn}from'node:path';const require=__cr(import.meta.url),__filename=__fu(import.meta.url),__dirname=__dn(__filename);";

/** Runs once before the suite; what it gives runs once after. */
export default async function setup(project: Setup): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), "mason-reliability-"));
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { readonly version: string };
  await cp(join(root, "bin"), join(directory, "bin"), { recursive: true });
  await cp(join(root, "package.json"), join(directory, "package.json"));
  await symlink(join(root, "node_modules"), join(directory, "node_modules"));
  await build({
    entryPoints: {
      main: join(root, "src/cli/main.ts"),
      commands: join(root, "commands/index.ts"),
      index: join(root, "src/index.ts"),
      apply: join(root, "test/reliability/support/apply-child.ts"),
    },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    keepNames: true,
    outdir: join(directory, "dist"),
    external: ["@duckdb/node-api", "@aws-sdk/*", "esbuild", "typescript"],
    define: { __MASON_VERSION__: JSON.stringify(version) },
    banner: { js: banner },
    logLevel: "warning",
  });
  project.provide("bundle", directory);
  return () => rm(directory, { recursive: true, force: true });
}
