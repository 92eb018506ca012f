/** The tables that the SQL of steps names. The engine's answer is cached by the digest of the text, so it is asked once. */
import type { SqlReferences } from "../engine/execution.ts";
import { digest, type Json } from "../json.ts";
import type { Cache } from "../model/cache.ts";
import { allParameters } from "../operator/definition.ts";
import type { ConfigResource } from "../project/resource.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { type BindValue, bindSql } from "../sql/bind.ts";
import { findDialect } from "../sql/dialect.ts";
import type { BundleStep } from "./bundle.ts";
import type { Predicted } from "./predict-parameters.ts";

/** One SQL text of a step, and where to look up its tables. */
export interface StepSql {
  readonly step: string;
  readonly config: ConfigResource;
  readonly sql: string;
  /** The database of unqualified names. */
  readonly database?: string;
}

/** The SQL texts of a step as they would run. A text is left out if it can't be parsed without the value of a hole. */
export function sqlOf(
  step: BundleStep,
  predicted: Predicted,
  config: ConfigResource,
  engines: EngineSource,
): readonly StepSql[] {
  const dialect = findDialect(engines.recordOf(config, "execution")?.manifest.execution?.dialect ?? "");
  if (dialect === null) return [];
  const database = predicted.parameters.database_name;
  const rest = { step: step.id, config, ...(typeof database === "string" ? { database } : {}) };
  const { work } = step.operator;
  if (work.kind === "sql") {
    const bound = bindSql(work.sql, bindValues(step, predicted), dialect);
    return bound.ok ? [{ ...rest, sql: bound.sql }] : [];
  }
  return allParameters(step.operator).flatMap((spec) => {
    const value = predicted.parameters[spec.name];
    if (spec.type !== "sql" || typeof value !== "string" || predicted.unknown.has(spec.name)) return [];
    const bound = bindSql(value, { table: tableValue(predicted) }, dialect);
    return bound.ok ? [{ ...rest, sql: bound.sql }] : [];
  });
}

/** The value of `$table`, written as the operator writes it, so the engine sees one text. */
function tableValue({ parameters, unknown }: Predicted): BindValue {
  const { database_name: database, table_name: table } = parameters;
  const isKnown =
    typeof database === "string" &&
    typeof table === "string" &&
    !unknown.has("database_name") &&
    !unknown.has("table_name");
  if (!isKnown) return { type: "column", value: ownTable };
  return { type: "table", value: [database, table].map((part) => `"${part.replaceAll('"', '""')}"`).join(".") };
}

/** The placeholder for `$table`: the operator's own `reads` name that table. */
const ownTable = "mason table";

/** The values of the parameters that a SQL operator's text names. */
export function bindValues(step: BundleStep, predicted: Predicted): Readonly<Record<string, BindValue>> {
  return Object.fromEntries(
    allParameters(step.operator).map((spec) => [
      spec.name,
      predicted.unknown.has(spec.name)
        ? { type: spec.type, unknown: true as const }
        : { type: spec.type, value: predicted.parameters[spec.name] },
    ]),
  );
}

/** The `[database, table]` pairs that each text names. A text that can't be parsed names none, and the preview says why. */
export async function tablesOf(
  texts: readonly StepSql[],
  engines: EngineSource,
  cache: Cache,
): Promise<ReadonlyMap<StepSql, readonly (readonly [string, string])[]>> {
  const byConfig = new Map<ConfigResource, StepSql[]>();
  for (const text of texts) {
    const list = byConfig.get(text.config);
    if (list === undefined) byConfig.set(text.config, [text]);
    else list.push(text);
  }
  const found = new Map<StepSql, readonly (readonly [string, string])[]>();
  for (const [config, list] of byConfig) {
    const dialect = engines.recordOf(config, "execution")?.manifest.execution?.dialect ?? "";
    const ask = async (statements: readonly string[]) =>
      (await (await engines.ofConfig(config)).execution?.references?.(statements)) ?? [];
    const answers = await rememberedReferences(
      list.map((text) => text.sql),
      dialect,
      cache,
      ask,
    );
    list.forEach((text, at) => {
      const answer = answers[at];
      found.set(text, qualified(answer?.ok === true ? answer.tables : [], text));
    });
  }
  return found;
}

/** The engine's answer for each text. The engine is asked only for texts without a cached answer. */
export async function rememberedReferences(
  statements: readonly string[],
  dialect: string,
  cache: Cache,
  ask: (statements: readonly string[]) => Promise<readonly SqlReferences[]>,
): Promise<readonly SqlReferences[]> {
  const keys = statements.map((sql) => digest(["references", dialect, sql]));
  const unknown = [...new Set(statements.filter((_, at) => cache.get(keys[at] ?? "") === undefined))];
  const answers = unknown.length === 0 ? [] : await ask(unknown);
  const fresh = new Map(unknown.map((sql, at) => [sql, answers[at] ?? noAnswer]));
  return statements.map((sql, at) => {
    const answer = fresh.get(sql);
    if (answer === undefined) return cache.get(keys[at] ?? "") as unknown as SqlReferences;
    cache.put(keys[at] ?? "", answer as unknown as Json);
    return answer;
  });
}

const noAnswer: SqlReferences = { ok: false, message: "The engine gave no answer." };

function qualified(tables: readonly (readonly string[])[], text: StepSql): readonly (readonly [string, string])[] {
  return tables.flatMap((parts): (readonly [string, string])[] => {
    const table = parts.at(-1) ?? "";
    const database = parts.length > 1 ? parts.at(-2) : text.database;
    return database === undefined || table === ownTable ? [] : [[database, table]];
  });
}
