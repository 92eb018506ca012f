/** Every operator has its work and distinct parameters; a built-in operator is redefined only on purpose. */
import type { Diagnostic } from "../../diagnostic/diagnostic.ts";
import { didYouMean } from "../../diagnostic/did-you-mean.ts";
import { normalPath } from "../../model/path.ts";
import { fitsType } from "../../operator/check-parameters.ts";
import { allParameters, operatorName, type ParameterSpec } from "../../operator/definition.ts";
import { resourcesOf } from "../../project/project.ts";
import type { OperatorResource } from "../../project/resource.ts";
import { problemAt } from "../../project/yaml/problem-at.ts";
import { parametersOf } from "../../sql/bind.ts";
import { dialects } from "../../sql/dialect.ts";
import type { Rule } from "../rule.ts";

export const operators: Rule = ({ project }) =>
  resourcesOf(project, "operator").flatMap((operator) => [
    ...(project.builtins.has(operator.address) && !operator.override
      ? [
          problemAt(operator, ["command"], {
            code: "operator/built-in",
            summary: "Built-in operator redefined",
            detail: `"${operatorName(operator.definition)}" is a built-in operator. Choose another name, or add "override: true" to replace it.`,
          }),
        ]
      : []),
    ...checkWork(operator),
    ...checkParameterList(operator),
    ...checkTouches(operator),
  ]);

function checkWork(operator: OperatorResource): readonly Diagnostic[] {
  const { work } = operator.definition;
  if (work.kind === "sql") return checkSqlParameters(operator, work.sql);
  if (work.kind === "module" && work.file === "") {
    return [
      problemAt(operator, ["command"], {
        code: "operator/no-work",
        summary: "Operator without work",
        detail: `Operator "${operatorName(operator.definition)}" has no "sql" and no module. Add "sql:", or a file operator.ts or operator.js next to its YAML.`,
      }),
    ];
  }
  if (work.kind === "module" && normalPath(work.file) === null) {
    return [
      problemAt(operator, ["module"], {
        code: "path/leaves-root",
        summary: "Path leaves the project",
        detail: `The module "${work.file}" is outside the project. Move it below the project's root.`,
      }),
    ];
  }
  return [];
}

function checkSqlParameters(operator: OperatorResource, sql: string): readonly Diagnostic[] {
  const names = allParameters(operator.definition).map((spec) => spec.name);
  return [...parametersOf(sql, dialects.duckdb).keys()].flatMap((name) =>
    names.includes(name)
      ? []
      : [
          problemAt(operator, ["sql"], {
            code: "operator/unknown-sql-parameter",
            summary: "Unknown parameter in SQL",
            detail: `The SQL of "${operatorName(operator.definition)}" names "$${name}", which is not one of its parameters. Declare it under "parameters" or rename it.${didYouMean(name, names)}`,
          }),
        ],
  );
}

function checkParameterList(operator: OperatorResource): readonly Diagnostic[] {
  const seen = new Set<string>();
  const lists = [
    ["required", operator.definition.parameters.required],
    ["optional", operator.definition.parameters.optional],
  ] as const;
  return lists.flatMap(([list, specs]) =>
    specs.flatMap((spec: ParameterSpec, index) => {
      const problems: Diagnostic[] = [];
      if (seen.has(spec.name))
        problems.push(
          problemAt(operator, ["parameters", list, index], {
            code: "operator/duplicate-parameter",
            summary: "Duplicate parameter",
            detail: `Parameter "${spec.name}" is declared twice. Remove one of the two.`,
          }),
        );
      seen.add(spec.name);
      if (spec.default !== undefined && !fitsType(spec.type, spec.default))
        problems.push(
          problemAt(operator, ["parameters", list, index, "default"], {
            code: "operator/wrong-default",
            summary: "Wrong type of a default",
            detail: `The default of parameter "${spec.name}" is not of the type "${spec.type}". Change the default or the type.`,
          }),
        );
      return problems;
    }),
  );
}

function checkTouches(operator: OperatorResource): readonly Diagnostic[] {
  const names = allParameters(operator.definition).map((spec) => spec.name);
  return (["reads", "writes"] as const).flatMap((side) =>
    operator.definition[side].flatMap((touch, index) => {
      const text = "table" in touch ? touch.table : touch.path;
      return [...text.matchAll(/\$\{([^}]*)\}/g)].flatMap((match) =>
        names.includes(match[1] ?? "")
          ? []
          : [
              problemAt(operator, [side, index], {
                code: "operator/unknown-parameter",
                summary: "Unknown parameter",
                detail: `"${match[0]}" does not name a parameter of "${operatorName(operator.definition)}". Declare or rename it.${didYouMean(match[1] ?? "", names)}`,
              }),
            ],
      );
    }),
  );
}
