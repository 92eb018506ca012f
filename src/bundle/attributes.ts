/** Attributes of resources in parameters: `${table.sales.orders.location}` is known before anything runs. */
import type { FlatStep } from "../graph/expand.ts";
import type { Json, JsonObject } from "../json.ts";
import { fillReferences, hasReference, type Reference, splitResourcePath } from "../model/references.ts";
import { allParameters } from "../operator/definition.ts";
import { findConfig, type Project } from "../project/project.ts";
import type { Resource } from "../project/resource.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import type { Dialect } from "../sql/dialect.ts";
import { writeIdentifier } from "../sql/quote.ts";
import { fillSql, type Quotes, sqlText, textWithin } from "./fill-sql.ts";
import { dialectOfConfig } from "./sql-tables.ts";

/** Parameters with references like `${table.sales.orders.location}` filled in. References to steps and the run stay. */
export function withAttributes(
  project: Project,
  { operator, parameters }: FlatStep,
  configId: string,
  engines: EngineSource,
): Readonly<Record<string, Json>> {
  const types = new Map(allParameters(operator.definition).map((spec) => [spec.name, spec.type]));
  const known = (reference: Reference) =>
    reference.kind === "resource" ? attributeOf(project, reference.path) : undefined;
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => {
      if (!hasReference(typeof value === "string" ? value : JSON.stringify(value))) return [name, value];
      const config = types.get(name) === "sql" ? findConfig(project, configId) : null;
      const dialect = config === null ? null : dialectOfConfig(engines, config);
      if (typeof value !== "string" || dialect === null)
        return [name, fillReferences(value, name, known, { literals: false })];
      return [
        name,
        fillSql(
          value,
          name,
          dialect,
          (reference, quotes) => attributeText(reference, known(reference), quotes, dialect),
          { literals: false },
        ),
      ];
    }),
  );
}

/** An attribute in SQL: names are names, in quotes where they need them, and all else is a literal. */
function attributeText(
  reference: Reference,
  value: Json | undefined,
  quotes: Quotes | null,
  dialect: Dialect,
): string | undefined {
  if (value === undefined) return undefined;
  if (quotes !== null) return textWithin(value, quotes);
  const isName = typeof value === "string" && /\.(name|database)\}$/.test(reference.text);
  return isName ? writeIdentifier(value, dialect) : sqlText(value, undefined, dialect);
}

function attributeOf(project: Project, path: string): Json | undefined {
  const split = splitResourcePath(path, (address) => project.resources.has(address));
  const resource = split === null ? undefined : project.resources.get(split.address);
  return split === null || resource === undefined ? undefined : attribute(resource, split.attribute);
}

function attribute(resource: Resource, name: string): Json | undefined {
  switch (resource.kind) {
    case "table":
      return (
        {
          database: resource.database,
          name: resource.name,
          location: resource.location,
          format: resource.format,
        } as JsonObject
      )[name];
    case "database":
      return ({ name: resource.name, location: resource.location ?? resource.name } as JsonObject)[name];
    case "deployment":
      return ({ name: resource.name, schedule_name: resource.scheduleName } as JsonObject)[name];
    default:
      return undefined;
  }
}
