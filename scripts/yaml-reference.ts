/** The reference page of the YAML (docs/yaml.md), made from the JSON Schemas of documents and the settings of the providers. */
import { isObject, type Json, type JsonObject } from "../src/json.ts";
import { schemas } from "../src/project/schemas/index.ts";
import type { Manifest } from "../src/provider/contract.ts";

/** The page. `UPDATE_GOLDEN=1 npx vitest run test/yaml-reference.test.ts` writes it. */
export function yamlReference(manifests: readonly Manifest[]): string {
  const { project, ...kinds } = schemas;
  return `${[
    "# YAML reference",
    "The keys of every document, made from the JSON Schemas that Mason checks against. `mason schema` prints the schemas themselves, with the\noperators of your project. A key with * is required.",
    section("mason.yaml", project),
    ...Object.entries(kinds).map(([kind, schema]) => section(`type: ${kind}`, schema)),
    "## Settings of clients",
    "The keys of `configuration` by provider. A secret takes only `{{NAME}}`.",
    ...manifests.map(settings),
  ].join("\n\n")}\n`;
}

function section(title: string, schema: JsonObject): string {
  const description = typeof schema.description === "string" ? schema.description : "";
  return `## ${title}\n\n${description}\n\n${table(["key", "value", "means"], rows(schema, ""))}`;
}

const settings = ({ name, description, settings: all }: Manifest): string => {
  const found = Object.entries(all).map(([key, setting]) => [
    `\`${key}\`${setting.required === true ? " *" : ""}`,
    setting.secret === true ? "secret" : setting.type,
    cell(`${setting.description}${setting.default === undefined ? "" : ` Default: \`${setting.default}\`.`}`),
  ]);
  return `### ${name}\n\n${description}${found.length === 0 ? "" : `\n\n${table(["setting", "value", "means"], found)}`}`;
};

/** A row for each key, nested ones with a dotted path: `steps.*` for any name, `columns[]` for the items of a list. */
function rows(schema: JsonObject, prefix: string): readonly (readonly string[])[] {
  const required = Array.isArray(schema.required) ? schema.required : [];
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : [];
  const named = properties.flatMap(([key, value]) => row(`${prefix}${key}`, value, required.includes(key)));
  return isObject(schema.additionalProperties)
    ? [...named, ...row(`${prefix}*`, schema.additionalProperties, false)]
    : named;
}

function row(path: string, value: Json | undefined, isRequired: boolean): readonly (readonly string[])[] {
  if (!isObject(value)) return [];
  const items = isObject(value.items) ? value.items : null;
  const inner = items === null ? rows(objectOf(value), `${path}.`) : rows(objectOf(items), `${path}[].`);
  const description = typeof value.description === "string" ? value.description : "";
  return [[`\`${path}\`${isRequired ? " *" : ""}`, valueText(value), cell(description)], ...inner];
}

/** The alternative of a schema that has keys. */
function objectOf(schema: JsonObject): JsonObject {
  const alternatives = Array.isArray(schema.anyOf) ? schema.anyOf : [];
  return alternatives.filter(isObject).find((each) => isObject(each.properties)) ?? schema;
}

function valueText(value: JsonObject): string {
  if (value.const !== undefined) return `\`${String(value.const)}\``;
  if (Array.isArray(value.enum)) return [...new Set(value.enum.map((each) => `\`${String(each)}\``))].join(", ");
  if (Array.isArray(value.anyOf)) return value.anyOf.filter(isObject).map(valueText).join(" or ");
  if (Array.isArray(value.type)) return value.type.join(" or ");
  if (isObject(value.items)) return `list of ${valueText(value.items)}`;
  if (value.type === "object") return "mapping";
  return typeof value.type === "string" ? value.type : "any value";
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const all = [head, head.map(() => "---"), ...body];
  return all.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
