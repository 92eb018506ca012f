import { expect, test } from "vitest";
import { providers } from "../../../providers/index.ts";
import { isObject, type Json } from "../../../src/json.ts";
import { schemas } from "../../../src/project/schemas/index.ts";

/** Paths of the properties below a schema that an editor could say nothing about. */
function silent(schema: Json | undefined, path: string): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap((item, at) => silent(item as Json, `${path}[${at}]`));
  if (!isObject(schema)) return [];
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : [];
  return [
    ...properties.flatMap(([name, property]) => {
      const said = isObject(property) && typeof property.description === "string" && property.description.length > 8;
      return said ? [] : [`${path}.${name}`];
    }),
    ...properties.flatMap(([name, property]) => silent(property, `${path}.${name}`)),
    ...["items", "additionalProperties", "anyOf", "oneOf"].flatMap((key) => silent(schema[key], `${path}.${key}`)),
  ];
}

test("every property of every schema has a description", () => {
  expect(Object.entries(schemas).flatMap(([kind, schema]) => silent(schema, kind))).toEqual([]);
});

test("a description is a sentence or a phrase with a capital letter", () => {
  const found: string[] = [];
  const visit = (value: Json | undefined): void => {
    if (Array.isArray(value)) for (const item of value) visit(item as Json);
    if (!isObject(value)) return;
    if (typeof value.description === "string") found.push(value.description);
    for (const item of Object.values(value)) visit(item);
  };
  visit(schemas as unknown as Json);
  expect(
    found.filter((text) => !/^(?:[A-Z`@]|mason\.yaml|exponential|local,)/.test(text) || !text.endsWith(".")),
  ).toEqual([]);
});

test("every setting of every provider has a description", () => {
  for (const { manifest } of providers)
    for (const [name, setting] of Object.entries(manifest.settings))
      expect(setting.description, `${manifest.name}.${name}`).toMatch(/^[A-Z]/);
});
