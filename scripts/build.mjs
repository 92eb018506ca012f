// Builds what runs: the standalone ajv validators (generated, not committed) and the bundle in dist/. `npm ci` calls it through
// the script `prepare`. With --validators it makes only the validators, which the tests import too.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
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
  // Bundled, since ajv's standalone code still calls require for its string length.
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

async function buildBundle() {
  const { metafile } = await build({
    metafile: true,
    entryPoints: {
      main: join(root, "src/cli/main.ts"),
      commands: join(root, "commands/index.ts"),
      index: join(root, "src/index.ts"),
    },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: false,
    keepNames: true,
    outdir: dist,
    external: ["@duckdb/node-api", "esbuild", "typescript"],
    define: { __MASON_VERSION__: JSON.stringify(version) },
    banner: {
      js: "import{createRequire as __cr}from'node:module';import{fileURLToPath as __fu}from'node:url';import{dirname as __dn}from'node:path';const require=__cr(import.meta.url),__filename=__fu(import.meta.url),__dirname=__dn(__filename);",
    },
    logLevel: "warning",
  });
  // Files of builds before; those that a command which is running may still load are left for the next time.
  const made = new Set(Object.keys(metafile.outputs).map((file) => basename(file)));
  for (const name of readdirSync(dist)) {
    const file = join(dist, name);
    if (name.endsWith(".js") && !made.has(name) && Date.now() - statSync(file).mtimeMs > 60_000) rmSync(file);
  }
}

if (process.argv.includes("--validators")) await buildValidators();
else {
  await buildValidators();
  await buildBundle();
}
