// Builds the standalone ajv validators (generated, not committed) and the bundles in dist/. `npm ci` calls it through the script
// `prepare`. With --validators it builds only the validators, which the tests import too.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import Ajv2020 from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "dist");
const version = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version;

async function buildValidators() {
  const outfile = join(dist, "build", "schemas.mjs");
  await build({
    entryPoints: [join(root, "src/project/schemas/index.ts")],
    bundle: true,
    format: "esm",
    platform: "node",
    outfile,
  });
  const { schemas } = await import(`${pathToFileURL(outfile).href}?${Date.now()}`);
  const kinds = Object.keys(schemas);
  const ajv = new Ajv2020.default({
    allErrors: true,
    strictTypes: false,
    strictRequired: false,
    code: { source: true, esm: true },
    schemas: Object.values(schemas),
  });
  const code = standaloneCode.default(ajv, Object.fromEntries(kinds.map((kind) => [kind, schemas[kind].$id])));
  const generated = join(root, "src/project/schemas/generated");
  mkdirSync(generated, { recursive: true });
  writeFileSync(join(dist, "build", "validators.mjs"), code);
  // Bundled because ajv's standalone code still calls require for its string length.
  await build({
    entryPoints: [join(dist, "build", "validators.mjs")],
    bundle: true,
    format: "esm",
    platform: "node",
    nodePaths: [join(root, "node_modules")],
    outfile: join(generated, "validators.js"),
    logLevel: "error",
  });
  const types = kinds.map((kind) => `export const ${kind}: Validator;`).join("\n");
  writeFileSync(join(generated, "validators.d.ts"), `import type { Validator } from "../validator.ts";\n${types}\n`);
}

/** The packages that are loaded from node_modules on demand: they are native, large, or have files of their own. */
const external = ["@duckdb/node-api", "@polyglot-sql/sdk", "@aws-sdk/*", "@smithy/*", "@viz-js/viz", "esbuild"];

async function bundle(options) {
  await build({
    bundle: true,
    platform: "node",
    target: "node20",
    minify: true,
    external,
    // The same parser as CommonJS parses twice as fast as its ES module, which esbuild takes by default.
    alias: { "js-yaml": join(root, "node_modules/js-yaml/dist/js-yaml.cjs.js") },
    define: { __MASON_VERSION__: JSON.stringify(version), "import.meta.url": "__fileUrl" },
    banner: { js: "const __fileUrl=require('node:url').pathToFileURL(__filename).href;" },
    logLevel: "warning",
    ...options,
  });
}

/**
 * The command as one CommonJS file. It also contains modules behind `await import()`, which are evaluated on first use.
 */
async function buildCommand() {
  await bundle({
    stdin: {
      contents: 'export { COMMANDS } from "./commands/index.ts"; export { main } from "./src/cli/main.ts";',
      resolveDir: root,
    },
    format: "cjs",
    supported: { "dynamic-import": false },
    outfile: join(dist, "main.cjs"),
  });
  // oclif looks for commands in a file of its own.
  writeFileSync(join(dist, "commands.cjs"), 'exports.COMMANDS = require("./main.cjs").COMMANDS;\n');
  // Earlier builds wrote the other file.
  for (const old of ["cache", "main.cjs.cache"]) rmSync(join(dist, old), { recursive: true, force: true });
  execFileSync(process.execPath, [join(root, "bin/warm-up.js")], { stdio: "inherit" });
}

/** The library for operators and for programs that use Mason. */
async function buildLibrary() {
  await build({
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    minifySyntax: true,
    external,
    entryPoints: [join(root, "src/index.ts")],
    outfile: join(dist, "index.js"),
    define: { __MASON_VERSION__: JSON.stringify(version) },
    logLevel: "warning",
  });
}

/** The types of the public API. They need TypeScript, which an installation without development packages does not have. */
function buildTypes() {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  if (!existsSync(tsc)) return;
  rmSync(join(dist, "types"), { recursive: true, force: true });
  execFileSync(process.execPath, [tsc, "-p", join(root, "scripts/types.tsconfig.json")], { stdio: "inherit" });
}

if (process.argv.includes("--validators")) await buildValidators();
else {
  await buildValidators();
  await buildCommand();
  await buildLibrary();
  buildTypes();
}
