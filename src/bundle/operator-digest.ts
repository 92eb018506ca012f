/** What an operator does, as a digest: what decides whether a deployment runs again. */
import { digest, type Json } from "../json.ts";
import { allParameters, type OperatorDefinition } from "../operator/definition.ts";
import type { ModuleReference } from "./bundle.ts";

/** Modules of the project by file; one that could not be bundled is absent. */
export type Modules = ReadonlyMap<string, ModuleReference>;

export function declaredWork({ work }: OperatorDefinition, modules: Modules): Json {
  if (work.kind !== "module") return { ...work };
  return { kind: "module", file: work.file, digest: modules.get(work.file)?.digest ?? null };
}

/** What an operator does, as a digest. Of a built-in one only its name and revision count, so that an upgrade re-runs nothing. */
export function operatorDigest(definition: OperatorDefinition, modules: Modules): string {
  const known = digests.get(modules) ?? new WeakMap<OperatorDefinition, string>();
  digests.set(modules, known);
  const found = known.get(definition) ?? makeOperatorDigest(definition, modules);
  known.set(definition, found);
  return found;
}

/** Steps ask again and again for the same operators. */
const digests = new WeakMap<Modules, WeakMap<OperatorDefinition, string>>();

function makeOperatorDigest(definition: OperatorDefinition, modules: Modules): string {
  if (definition.work.kind === "builtin")
    return digest([definition.namespace, definition.command, definition.work.revision]);
  const types = allParameters(definition).map((spec) => [spec.name, spec.type]);
  return digest([types, declaredWork(definition, modules)]);
}
