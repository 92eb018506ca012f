/**
 * Bundles a user's module with esbuild into one JavaScript text, without running any of it. Each file is checked before it is read, and
 * the bytes that were read are hashed, so the digest always matches the code. `tsconfig.json` is ignored: it would change the code but
 * not the digest.
 */
import { readFileSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, relative, sep } from "node:path";
import type { BuildFailure, Message, Metafile, OnLoadResult, PartialMessage, Plugin } from "esbuild";
import { type Checked, type Diagnostic, error, hasErrors, type Problem, warning } from "../../diagnostic/diagnostic.ts";
import { sha256 } from "../../json.ts";
import { type ModulePlaces, nameInside, realPath } from "./place.ts";

/** A file that went into a bundle. */
export interface ModuleInput {
  /** The path from the project's root, with `/`. */
  readonly name: string;
  readonly size: number;
  readonly mtime: number;
  readonly sha256: string;
}

/** A module as one text, and the files in it, sorted by name. */
export interface BuiltModule {
  readonly text: string;
  readonly inputs: readonly ModuleInput[];
}

// CommonJS packages expect these names, which ES modules lack.
const banner = `import { createRequire as __masonCreateRequire } from "node:module";
import { fileURLToPath as __masonToPath } from "node:url";
const require = __masonCreateRequire(import.meta.url);
const __masonFilename = __masonToPath(import.meta.url);
const __masonDirname = __masonToPath(new URL(".", import.meta.url));`;

/** Bundles a file of the project; the value is absent when there are errors. */
export async function buildModule(places: ModulePlaces, file: string): Promise<Checked<BuiltModule>> {
  const { build } = await import("esbuild");
  const inputs = new Map<string, ModuleInput>();
  try {
    const { outputFiles, metafile, warnings } = await build({
      absWorkingDir: places.root,
      entryPoints: [join(places.root, file)],
      bundle: true,
      write: false,
      metafile: true,
      platform: "node",
      format: "esm",
      target: "node20",
      charset: "utf8",
      logLevel: "silent",
      tsconfigRaw: {},
      define: { __dirname: "__masonDirname", __filename: "__masonFilename" },
      banner: { js: banner },
      plugins: [masonPackage, guard(places, inputs)],
    });
    const diagnostics = [...foreignImports(metafile, file), ...ownWarnings(warnings, file)];
    if (hasErrors(diagnostics)) return { diagnostics };
    const sorted = [...inputs.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return { value: { text: outputFiles[0]?.text ?? "", inputs: sorted }, diagnostics };
  } catch (thrown) {
    const { errors } = thrown as Partial<BuildFailure>;
    if (!Array.isArray(errors)) throw thrown;
    return { diagnostics: errors.map((message) => error(toProblem(message, file))) };
  }
}

/** The values of src/index.ts that modules use, as JavaScript, so that a project need not install Mason. */
const masonCode = `
export const defineOperator = (operator) => operator;
export const next = (parameters) => (parameters === undefined ? { action: "next" } : { action: "next", parameters });
export const stop = () => ({ action: "stop" });
export const fail = (reason) => ({ action: "fail", reason });
export const retry = () => ({ action: "retry" });
`;

/** Resolves `import { ... } from "mason"`. */
const masonPackage: Plugin = {
  name: "mason-package",
  setup(build) {
    build.onResolve({ filter: /^mason$/ }, () => ({ path: "mason", namespace: "built-in" }));
    build.onLoad({ filter: /^mason$/, namespace: "built-in" }, () => ({ contents: masonCode }));
  },
};

/** Reads every file of the bundle in place of esbuild. It refuses files outside the project and native ones. */
const guard = (places: ModulePlaces, inputs: Map<string, ModuleInput>): Plugin => ({
  name: "mason-guard",
  setup(build) {
    build.onLoad({ filter: /.*/, namespace: "file" }, ({ path }): OnLoadResult => {
      const real = realPath(path);
      const name = real === null ? null : nameInside(places, real);
      if (real === null || name === null)
        return { errors: [outside(relative(places.root, path).split(sep).join("/"))] };
      const natively = nativeReason(name);
      if (natively !== null) return { errors: [native(natively)] };
      const { size, mtimeMs } = statSync(real);
      const contents = readFileSync(real);
      inputs.set(name, { name, size, mtime: mtimeMs, sha256: sha256(contents) });
      return { contents, loader: "default" };
    });
  },
});

const nativeLoaders =
  /(?:^|\/)node_modules\/(bindings|node-gyp-build|node-gyp-build-optional-packages|node-pre-gyp|@mapbox\/node-pre-gyp)\//;

function nativeReason(name: string): string | null {
  if (name.endsWith(".node")) return `"${name}" is a native library`;
  const loader = nativeLoaders.exec(name)?.[1];
  return loader === undefined ? null : `the package "${loader}" loads native libraries`;
}

/** A refusal of our plugin. It travels as the `detail` of esbuild's message, which adds the place of the import. */
const refuse = (problem: Problem): PartialMessage => ({ text: problem.summary, detail: problem });

const outside = (path: string): PartialMessage =>
  refuse({
    code: "module/outside-project",
    summary: "File outside the project",
    detail: `A module may only use files under the project's root and its node_modules, but "${path}" is outside both. Move it into the project, or remove the import.`,
  });

const native = (reason: string): PartialMessage =>
  refuse({
    code: "module/native-package",
    summary: "Native package",
    detail: `A module must run on any machine, but ${reason}, which is built for one kind of machine. Use a package that is written in JavaScript alone.`,
  });

/** Errors for imports that esbuild left in the bundle and Node does not have, such as web addresses. */
function foreignImports({ outputs }: Metafile, file: string): readonly Diagnostic[] {
  const left = Object.values(outputs).flatMap(({ imports }) =>
    imports.filter(({ external, path }) => external === true && !isBuiltin(path)),
  );
  return [...new Set(left.map(({ path }) => path))].map((path) =>
    error({
      code: "module/foreign-import",
      summary: "Import can't be bundled",
      detail: `Module "${file}" imports "${path}", which can't be bundled. Copy the code into the project, or install a package that holds it.`,
      place: { file },
    }),
  );
}

/** Warnings about the project's own files; the user can't change those about packages. */
const ownWarnings = (warnings: readonly Message[], file: string): readonly Diagnostic[] =>
  warnings
    .filter(({ location }) => location !== null && !/(^|\/)node_modules\//.test(location.file))
    .map((message) => warning(toProblem(message, file)));

function toProblem(message: Message, file: string): Problem {
  const place = placeOf(message.location) ?? { file };
  const own = message.detail as Problem | undefined;
  if (own?.code !== undefined) return { ...own, place };
  const text = message.text.replace(/\.?$/, ".").replaceAll("built-in:mason", "mason");
  return {
    code: "module/bundle-failed",
    summary: "Module can't be bundled",
    detail: `Module "${file}" can't be bundled: ${text} ${adviceFor(message.text)}`,
    place,
  };
}

function adviceFor(text: string): string {
  const unresolved = /^Could not resolve "([^"]*)"/.exec(text)?.[1];
  if (unresolved !== undefined) {
    return /^[./]/.test(unresolved)
      ? "Fix the path of the import."
      : "Install it with npm in the project, or fix the name.";
  }
  if (text.startsWith("No loader is configured")) return "Import code, JSON or text (.txt) only.";
  return "Fix the module at this place.";
}

function placeOf(location: Message["location"]): Problem["place"] {
  if (location === null || !["", "file"].includes(location.namespace)) return undefined;
  // esbuild counts columns and lengths in bytes.
  const bytes = Buffer.from(location.lineText);
  const before = bytes.subarray(0, location.column).toString();
  const marked = bytes.subarray(location.column, location.column + location.length).toString();
  return {
    file: location.file.split(sep).join("/"),
    line: location.line,
    column: before.length + 1,
    length: Math.max(1, marked.length),
  };
}
