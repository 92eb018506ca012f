/**
 * What a module of the project gets of its engines: the verbs that its `needs` name, and no others. The plan, its checks of systems and the
 * edges between deployments rest on this declaration.
 */
import type { BundleStep } from "../bundle/bundle.ts";
import type { Place, StepEffects, TableOrPath } from "../bundle/effects.ts";
import type { Engines } from "../engine/engines.ts";
import { type EngineRole, engineRoles } from "../engine/roles.ts";
import { isObject } from "../json.ts";
import { globRoot, isWithin, normalPath } from "../model/path.ts";
import { operatorName } from "../operator/definition.ts";
import { ProviderError } from "../provider/error.ts";

/** The paths and tables that a verb changes, by its arguments. */
const changed: Readonly<Record<string, (...given: readonly unknown[]) => readonly TableOrPath[]>> = {
  "storage.write": (path) => paths(path),
  "storage.delete": (path) => paths(path),
  "storage.copy": (_, to) => paths(to),
  "storage.move": (from, to) => paths(from, to),
  "metastore.createTable": (table) =>
    tables(isObject(table) ? table.database : null, isObject(table) ? table.name : null),
  "metastore.updateTable": (table) =>
    tables(isObject(table) ? table.database : null, isObject(table) ? table.name : null),
  "metastore.deleteTable": tables,
};

const paths = (...given: readonly unknown[]): readonly TableOrPath[] =>
  given.flatMap((path) =>
    typeof path === "string" ? [{ kind: "path" as const, path: normalPath(path) ?? path }] : [],
  );

function tables(database?: unknown, table?: unknown): readonly TableOrPath[] {
  return typeof database === "string" && typeof table === "string" ? [{ kind: "table", database, table }] : [];
}

/** What hears about the work of a module. */
export interface ModuleWatch {
  /** Gets each path or table that it changes and its `writes` do not name. */
  readonly onUndeclared: (place: TableOrPath) => void;
  /** Called before a table is dropped; throws if it may not go. */
  readonly onDrop: (database: string, table: string) => void;
}

/** The engines of a module's step. */
export function declaredVerbs(
  engines: Engines,
  { operator }: BundleStep,
  { writes }: Pick<StepEffects, "writes">,
  watch: ModuleWatch,
): Engines {
  const needs = new Set(operator.needs);
  const limited = engineRoles.flatMap((role): readonly (readonly [EngineRole, object])[] => {
    const engine = engines[role];
    return engine === undefined
      ? []
      : [[role, new Proxy(engine, { get: (target, name) => verbIn(role, target, name) })]];
  });
  return { configId: engines.configId, ...Object.fromEntries(limited) };

  function verbIn(role: EngineRole, engine: object, name: string | symbol): unknown {
    const verb: unknown = Reflect.get(engine, name);
    const full = `${role}.${String(name)}`;
    if (typeof verb !== "function" || full === "storage.uri") return verb;
    if (!needs.has(full)) return () => Promise.reject(undeclaredVerb(operator, full));
    return async (...given: readonly unknown[]) => {
      for (const place of changed[full]?.(...given) ?? []) {
        if (!isNamed(place, writes)) watch.onUndeclared(place);
        if (place.kind === "table" && full === "metastore.deleteTable") watch.onDrop(place.database, place.table);
      }
      return Reflect.apply(verb, engine, given);
    };
  }
}

const undeclaredVerb = (operator: BundleStep["operator"], verb: string): ProviderError =>
  new ProviderError(
    "denied",
    `Operator "${operatorName(operator)}" calls ${verb}, which its "needs" does not name. Add it to its operator.yaml: needs: [${[...operator.needs, verb].join(", ")}].`,
  );

/** Whether a table is written, or a path lies at or below a written one; of a glob, its directory counts. */
const isNamed = (place: TableOrPath, written: readonly Place[]): boolean =>
  written.some((one) =>
    place.kind === "table"
      ? one.kind === "table" && one.database === place.database && one.table === place.table
      : one.kind === "path" && isWithin(place.path, globRoot(one.path)),
  );
