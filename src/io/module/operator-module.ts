/**
 * Modules of users' operators and workflows: from a file of the project to one bundled file in the cache, and its digest. Bundling runs
 * none of a module's code; only `loadModule` does.
 */
import { isAbsolute, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Checked, Diagnosed, error } from "../../diagnostic/diagnostic.ts";
import { digest as digestOf } from "../../json.ts";
import { buildModule, type ModuleInput } from "./build.ts";
import { codePath, keepModule, readCachedModule } from "./cache.ts";
import { type ModulePlaces, modulePlaces, nameInside, realPath } from "./place.ts";

/** A module to bundle. */
export interface ModuleOptions {
  /** The project's root. */
  readonly root: string;
  /** The path of the module's file from the root. */
  readonly file: string;
  readonly cacheDirectory: string;
}

/** A bundled module. */
export interface BundledModule {
  /** The digest of the entry's name and of the names and contents of all files in the bundle; the same on every machine. */
  readonly digest: string;
  /** The path of the bundled file. */
  readonly code: string;
}

/** Bundles a module, or returns the cached bundle if none of its files has changed. */
export async function bundleModule({ root, file, cacheDirectory }: ModuleOptions): Promise<Checked<BundledModule>> {
  try {
    const places = modulePlaces(root);
    const wrong = checkEntry(places, file);
    if (wrong !== null) return { diagnostics: [wrong] };
    const cached = readCachedModule(places, cacheDirectory, file);
    if (cached !== null)
      return {
        value: { digest: cached.digest, code: codePath(cacheDirectory, cached.digest) },
        diagnostics: cached.warnings,
      };
    const { value: built, diagnostics } = await buildModule(places, file);
    if (built === undefined) return { diagnostics };
    const digest = moduleDigest(file, built.inputs);
    keepModule(places, cacheDirectory, file, { ...built, digest, warnings: diagnostics });
    return { value: { digest, code: codePath(cacheDirectory, digest) }, diagnostics };
  } catch (thrown) {
    if (thrown instanceof Diagnosed) return { diagnostics: thrown.diagnostics };
    throw thrown;
  }
}

function checkEntry(places: ModulePlaces, file: string) {
  const real = isAbsolute(file) ? null : realPath(join(places.root, file));
  if (real !== null && nameInside(places, real) !== null) return null;
  if (real === null && !isAbsolute(file)) {
    return error({
      code: "module/not-found",
      summary: "Module not found",
      detail: `There is no file "${file}" in the project. Write it, or fix the path under "module".`,
    });
  }
  return error({
    code: "module/outside-project",
    summary: "File outside the project",
    detail: `The module "${file}" is not under the project's root. Move it into the project, and write its path from the root.`,
  });
}

const moduleDigest = (entry: string, inputs: readonly ModuleInput[]): string =>
  digestOf({ entry, inputs: inputs.map(({ name, sha256 }) => [name, sha256]) });

/** Runs a bundled module and returns its exports. `code` is the path of the bundled file; its name changes with its content. */
export const loadModule = async (code: string): Promise<unknown> => importModule(pathToFileURL(code).href);

/** `import()`. In the built command bin/load.js supplies it, since code from V8's cache has none. */
const importModule: (url: string) => Promise<unknown> =
  (globalThis as { readonly [key: symbol]: ((url: string) => Promise<unknown>) | undefined })[
    Symbol.for("mason.import")
  ] ?? ((url) => import(/* @vite-ignore */ url));
