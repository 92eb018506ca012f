/** Projects and resources from texts, without a disk. */
import { providers } from "../../providers/index.ts";
import type { Diagnostic } from "../../src/diagnostic/diagnostic.ts";
import { builtins } from "../../src/operator/builtins.ts";
import { buildProject, type Project, type ProjectInput } from "../../src/project/project.ts";
import type { Resource } from "../../src/project/resource.ts";
import { parseYaml } from "../../src/project/yaml/parse.ts";
import { locateDiagnostics } from "../../src/project/yaml/positions.ts";
import { createRegistry } from "../../src/provider/registry.ts";
import { type Validated, validate } from "../../src/validate/validate.ts";

/** The providers that come with Mason. */
export const registry = createRegistry(providers);

/** A config of the local provider for all roles, chosen by default. */
export const localFiles = {
  "mason.yaml": "default_config: 6\n",
  "config.yaml":
    "type: config\nid: 6\nmetastore_engine: local\nstorage_engine: local\nexecution_engine: local\nscheduler_engine: local\n",
};

/** A project of these files, and everything that is wrong with it, with places. */
export function loadFiles(
  files: Readonly<Record<string, string>>,
  options: Partial<ProjectInput> = {},
): { readonly project: Project; readonly diagnostics: readonly Diagnostic[]; readonly bodyOf: Validated["bodyOf"] } {
  const { value: project, diagnostics } = buildProject({
    root: "/project",
    files: Object.entries(files).map(([file, text]) => ({ file, text })),
    environment: null,
    variables: {},
    builtins,
    around: { exists: (file) => files[file] !== undefined },
    parse: ({ file, text }) => parseYaml(file, text),
    ...options,
  });
  const validated = validate(project, registry);
  const found = [...diagnostics, ...validated.diagnostics];
  return { project, bodyOf: validated.bodyOf, diagnostics: locateDiagnostics(found, project.textOf) };
}

/** The project of documents in one file, with the local config; fails when something is wrong with it. */
export function validProject(documents: string): ReturnType<typeof loadFiles> {
  const loaded = loadFiles({ ...localFiles, "all.yaml": documents });
  const errors = loaded.diagnostics.filter((diagnostic) => diagnostic.severity === "error");
  if (errors.length > 0) throw new Error(errors.map((diagnostic) => diagnostic.detail).join("\n"));
  return loaded;
}

/** A resource of a kind by its address. */
export function resourceAt<K extends Resource["kind"]>(
  project: Project,
  kind: K,
  address: string,
): Extract<Resource, { kind: K }> {
  const found = project.resources.get(address);
  if (found?.kind !== kind) throw new Error(`no ${address}`);
  return found as Extract<Resource, { kind: K }>;
}

/** `code file:line:column` of each problem, in order. */
export const placesOf = (diagnostics: readonly Diagnostic[]): readonly string[] =>
  diagnostics.map(({ code, place }) =>
    place !== undefined && "line" in place ? `${code} ${place.file}:${place.line}:${place.column}` : code,
  );
