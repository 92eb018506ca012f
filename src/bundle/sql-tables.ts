/** The tables that the SQL of steps names. The engine's answer is cached by the digest of the text, so it is asked once. */
import type { SqlFile, SqlReferences } from "../engine/execution.ts";
import { digest, type Json } from "../json.ts";
import type { Cache } from "../model/cache.ts";
import { allParameters, type ParameterType } from "../operator/definition.ts";
import type { ConfigResource } from "../project/resource.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { type BindValue, type Bound, bindSql, parametersOf } from "../sql/bind.ts";
import { type Dialect, findDialect } from "../sql/dialect.ts";
import { quoteValue } from "../sql/quote.ts";
import { nameInCatalog } from "../sql/table-name.ts";
import type { BundleStep } from "./bundle.ts";
import { holeText, isName, nameHole, type PlannedSql } from "./planned-sql.ts";
import { globOf, type Predicted, sampleOf } from "./predict-parameters.ts";

/** One SQL text of a step, and where to look up its tables. */
export interface StepSql {
  readonly step: string;
  readonly config: ConfigResource;
  readonly sql: string;
  /** The database of unqualified names. */
  readonly database?: string;
}

/** The dialect of a config's execution engine. */
export const dialectOfConfig = (engines: EngineSource, config: ConfigResource): Dialect | null =>
  findDialect(engines.recordOf(config, "execution")?.manifest.execution?.dialect ?? "");

/** The SQL texts of a step. A text that can't be filled is left out: the preview says why. */
export function sqlOf(
  step: BundleStep,
  predicted: Predicted,
  config: ConfigResource,
  engines: EngineSource,
): readonly StepSql[] {
  const dialect = dialectOfConfig(engines, config);
  if (dialect === null) return [];
  const database = predicted.parameters.database_name;
  const rest = { step: step.id, config, ...(typeof database === "string" ? { database } : {}) };
  return plannedTexts(step, predicted, dialect).map(({ parsed }) => ({ ...rest, sql: parsed }));
}

/** The SQL texts of a step with all parameters bound. */
export function plannedTexts(step: BundleStep, predicted: Predicted, dialect: Dialect): readonly PlannedSql[] {
  const { work } = step.operator;
  if (work.kind === "sql") {
    const planned = boundOperator(step, work.sql, predicted, dialect);
    return planned === null ? [] : [planned];
  }
  const table = tableValue(predicted);
  return [...predicted.sql.values()].flatMap((planned) => {
    const bound = mapForms(planned, (text) => bindSql(text, { table }, dialect));
    return bound === null ? [] : [bound];
  });
}

/** The text of a SQL operator with its parameters bound; `null` if one can't be written. */
export function boundOperator(
  step: BundleStep,
  sql: string,
  predicted: Predicted,
  dialect: Dialect,
): PlannedSql | null {
  const used = parametersOf(sql, dialect);
  const holes = allParameters(step.operator).filter(({ name }) => used.has(name) && predicted.unknown.has(name));
  const values = (form: "parsed" | "sample" | "loose" | "shown"): Readonly<Record<string, BindValue>> =>
    Object.fromEntries(
      allParameters(step.operator).map(({ name, type }): [string, BindValue] => {
        const given = predicted.sql.get(name);
        const value = predicted.parameters[name];
        if (given !== undefined && !given.isOpen) return [name, { type, value: given[form] }];
        if (!predicted.unknown.has(name)) return [name, { type, value }];
        if (form === "shown") return [name, { type: "sql", value: typeof value === "string" ? value : `$${name}` }];
        return [
          name,
          { type: "sql", value: operatorHole(type, typeof value === "string" ? value : "", form, dialect) },
        ];
      }),
    );
  const bound = (form: "parsed" | "sample" | "loose" | "shown") => bindSql(sql, values(form), dialect);
  const parsed = bound("parsed");
  const hasHoles = holes.length > 0 || [...predicted.sql.values()].some(({ sample, shown }) => sample !== shown);
  const [sample, loose, shown] = hasHoles
    ? [bound("sample"), bound("loose"), bound("shown")]
    : [parsed, parsed, parsed];
  if (!parsed.ok || !sample.ok || !loose.ok || !shown.ok) return null;
  return {
    parsed: parsed.sql,
    sample: sample.sql,
    loose: loose.sql,
    shown: shown.sql,
    isOpen: holes.some(({ type }) => isName(type)),
    isPredicted: holes.length > 0 || [...predicted.sql].some(([name, given]) => used.has(name) && given.isPredicted),
  };
}

/** What stands for a parameter that is known after apply, written as the run writes its type. */
function operatorHole(
  type: ParameterType,
  value: string,
  form: "parsed" | "sample" | "loose",
  dialect: Dialect,
): string {
  if (form !== "loose" && (type === "date" || type === "timestamp")) return quoteValue("2000-01-01", type, dialect);
  return holeText({ hole: type, glob: globOf(value) || "**", sample: sampleOf(value) }, form, dialect);
}

function mapForms(planned: PlannedSql, bind: (text: string) => Bound): PlannedSql | null {
  const { parsed, sample, loose, shown } = planned;
  const one = bind(parsed);
  if (one.ok && sample === parsed && loose === parsed && shown === parsed)
    return { ...planned, parsed: one.sql, sample: one.sql, loose: one.sql, shown: one.sql };
  const [two, three, four] = [bind(sample), bind(loose), bind(shown)];
  if (!one.ok || !two.ok || !three.ok || !four.ok) return null;
  return { ...planned, parsed: one.sql, sample: two.sql, loose: three.sql, shown: four.sql };
}

/** The value of `$table`, written as the operator writes it, so the engine sees one text. */
function tableValue({ parameters, unknown }: Predicted): BindValue {
  const { database_name: database, table_name: table } = parameters;
  const isKnown =
    typeof database === "string" &&
    typeof table === "string" &&
    !unknown.has("database_name") &&
    !unknown.has("table_name");
  // The operator's own `reads` name that table.
  if (!isKnown) return { type: "column", value: nameHole };
  return { type: "table", value: [database, table].map((part) => `"${part.replaceAll('"', '""')}"`).join(".") };
}

/** What a text reads: tables by database and name, and files, whose paths may be globs or unknown. */
export interface SqlReads {
  readonly tables: readonly (readonly [string, string])[];
  readonly files: readonly SqlFile[];
  /** Tables of other catalogs, which the config has no metastore for. */
  readonly elsewhere: readonly string[];
}

/** What each text reads. A text that can't be parsed reads nothing, and the preview says why. */
export async function readsOfTexts(
  texts: readonly StepSql[],
  engines: EngineSource,
  cache: Cache,
): Promise<ReadonlyMap<StepSql, SqlReads>> {
  const byConfig = new Map<ConfigResource, StepSql[]>();
  for (const text of texts) {
    const list = byConfig.get(text.config);
    if (list === undefined) byConfig.set(text.config, [text]);
    else list.push(text);
  }
  const found = new Map<StepSql, SqlReads>();
  for (const [config, list] of byConfig) {
    const dialect = engines.recordOf(config, "execution")?.manifest.execution?.dialect ?? "";
    const { execution } = await engines.ofConfig(config);
    const ask = async (statements: readonly string[]) => (await execution?.references?.(statements)) ?? [];
    const answers = await rememberedReferences(
      list.map((text) => text.sql),
      dialect,
      cache,
      ask,
    );
    list.forEach((text, at) => {
      const answer = answers[at];
      const [tables, files] = answer?.ok === true ? [answer.tables, answer.files ?? []] : [[], []];
      const own = tables.map((parts) => [parts, nameInCatalog(parts, execution?.catalog)] as const);
      found.set(text, {
        tables: qualified(
          own.flatMap(([, name]) => (name === null ? [] : [name])),
          text,
        ),
        files,
        elsewhere: own.flatMap(([parts, name]) => (name === null ? [parts.join(".")] : [])),
      });
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
  const keys = statements.map((sql) => digest(["references, files, calls, problems and parsers", dialect, sql]));
  const unknown = [...new Set(statements.filter((_, at) => cache.get(keys[at] ?? "") === undefined))];
  const answers = unknown.length === 0 ? [] : await ask(unknown);
  const fresh = new Map(unknown.map((sql, at) => [sql, answers[at] ?? noAnswer]));
  return statements.map((sql, at) => {
    const answer = fresh.get(sql);
    if (answer === undefined) return cache.get(keys[at] ?? "") as unknown as SqlReferences;
    // A later version may have an answer.
    if (answer !== noAnswer) cache.put(keys[at] ?? "", answer as unknown as Json);
    return answer;
  });
}

const noAnswer: SqlReferences = { ok: false, message: "The engine gave no answer." };

function qualified(tables: readonly (readonly string[])[], text: StepSql): readonly (readonly [string, string])[] {
  return tables.flatMap((parts): (readonly [string, string])[] => {
    const table = parts.at(-1) ?? "";
    const database = parts.length > 1 ? parts.at(-2) : text.database;
    return database === undefined || [database, table].some((part) => part.includes(nameHole))
      ? []
      : [[database, table]];
  });
}
