/** Every table and database has a metastore, columns with known types and distinct names, and a location inside its root. */
import type { Diagnostic } from "../../diagnostic/diagnostic.ts";
import { didYouMean } from "../../diagnostic/did-you-mean.ts";
import { typeNames } from "../../model/data-type.ts";
import { normalPath } from "../../model/path.ts";
import type { Column } from "../../model/schema.ts";
import { resourcesOf } from "../../project/project.ts";
import type { DatabaseResource, TableResource } from "../../project/resource.ts";
import { problemAt } from "../../project/yaml/problem-at.ts";
import { chooseConfig, providerOf } from "../engines.ts";
import { foreignLocation } from "../paths.ts";
import type { Rule, RuleContext } from "../rule.ts";

export const tables: Rule = (context) => [
  ...resourcesOf(context.project, "database").flatMap((database) => checkMetastore(context, database)),
  ...resourcesOf(context.project, "table").flatMap((table) => [
    ...checkMetastore(context, table),
    ...checkColumns(table),
    ...checkLocation(context, table),
    ...checkSettings(table),
  ]),
];

const checkSettings = (table: TableResource): readonly Diagnostic[] =>
  (table.settingProblems ?? []).map(({ setting, problem }) =>
    problemAt(table, [setting], {
      code: "table/invalid-setting",
      summary: "Invalid setting",
      detail: `Table "${table.database}.${table.name}" can't be read with its settings: ${problem}. Change it.`,
    }),
  );

function checkMetastore(
  { project, registry }: RuleContext,
  resource: TableResource | DatabaseResource,
): readonly Diagnostic[] {
  const chosen = chooseConfig(project, resource.configId);
  if ("problem" in chosen)
    return [problemAt(resource, [resource.configId === undefined ? "name" : "config_id"], chosen.problem)];
  const found = providerOf(chosen.config, "metastore", registry);
  return "problem" in found
    ? [
        problemAt(resource, [resource.configId === undefined ? "name" : "config_id"], {
          ...found.problem,
          detail: `"${resource.address}" needs a metastore. ${found.problem.detail}`,
        }),
      ]
    : [];
}

function checkColumns(table: TableResource): readonly Diagnostic[] {
  const seen = new Map<string, string>();
  const lists: readonly (readonly [string, readonly Column[]])[] = [
    ["columns", table.columns],
    ["partitions", table.partitions],
  ];
  return lists.flatMap(([list, columns]) =>
    columns.flatMap((column, index) => {
      const found: Diagnostic[] = [];
      if (column.type.kind === "unknown")
        found.push(
          problemAt(table, [list, index, "type"], {
            code: "table/unknown-type",
            summary: "Unknown data type",
            detail: unknownType(column.name, table.unknownTypes?.get(`${list}.${index}`)),
          }),
        );
      const twin = seen.get(column.name.toLowerCase());
      if (twin !== undefined)
        found.push(
          problemAt(table, [list, index, "name"], {
            code: "table/duplicate-column",
            summary: "Duplicate column",
            detail: `Table "${table.database}.${table.name}" has the columns "${twin}" and "${column.name}", whose names differ only in case. Rename one.`,
          }),
        );
      seen.set(column.name.toLowerCase(), column.name);
      return found;
    }),
  );
}

const knownTypes = typeNames.filter((name) => name !== "unknown");

function unknownType(column: string, written: string | undefined): string {
  const words = written?.match(/[A-Za-z_]\w*/g) ?? [];
  const wrong = words.find((word) => !knownTypes.includes(word.toLowerCase()));
  const use = `Use one of ${knownTypes.join(", ")}, like "decimal(18,2)" or "array<string>".`;
  if (written === undefined) return `The type of column "${column}" is unknown. ${use}`;
  return `Column "${column}" has the type "${written}", which does not exist. ${use}${wrong === undefined ? "" : didYouMean(wrong, knownTypes)}`;
}

function checkLocation({ project }: RuleContext, table: TableResource): readonly Diagnostic[] {
  const chosen = chooseConfig(project, table.configId);
  const foreign = "problem" in chosen ? null : foreignLocation(table.location, chosen.config);
  if (foreign !== null) return [problemAt(table, ["location"], foreign)];
  if (table.location.includes("${") || table.location.includes("://") || normalPath(table.location) !== null) return [];
  return [
    problemAt(table, ["location"], {
      code: "path/leaves-root",
      summary: "Path leaves its root",
      detail: `The location "${table.location}" is absolute or leaves the storage client's root. Write a path relative to the root, without "..".`,
    }),
  ];
}
