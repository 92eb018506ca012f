import { describe, expect, test } from "vitest";
import { providers } from "../../providers/index.ts";
import { type EngineRole, engineRoles } from "../../src/engine/roles.ts";
import { builtins } from "../../src/operator/builtins.ts";
import { checkParameters, fitsType } from "../../src/operator/check-parameters.ts";
import { allParameters, type OperatorDefinition, operatorName, parameterTypes } from "../../src/operator/definition.ts";

const source = ["database_name", "table_name", "input_path", "csv", "files"];
const reader = [...source, "on_empty"];
const table = ["database_name", "table_name"];

/** The required and optional parameters of every operator. */
const contract: Readonly<Record<string, readonly [required: readonly string[], optional: readonly string[]]>> = {
  "table:get": [table, ["csv", "files", "read_headers", "sample_size", "output_path", "limit", "on_empty"]],
  "table:list": [["database_name"], ["prefix"]],
  "table:infer": [
    ["database_name", "storage_path"],
    ["table_name", "csv", "files", "read_headers", "sample_size", "format"],
  ],
  "table:query": [["query_string"], [...table, "output_path", "limit", "on_empty"]],
  "table:merge": [["output_path"], [...reader, "extract_paths", "repartition_keys", "parse_headers", "strict_types"]],
  "table:format": [
    ["format", "output_path"],
    [...reader, "partition_columns", "filter_columns", "partitions", "sample_size"],
  ],
  "table:dedupe": [["output_path"], [...reader, "keys", "order_by", "keep"]],
  "table:summarize": [[], [...reader, "columns", "read_headers", "output_path"]],
  "table:delete": [table, ["delete_data"]],
  "table:refresh": [table, []],
  "table:fake": [["size"], ["columns", ...source, "seed", "output_path"]],
  "partition:list": [table, ["filter"]],
  "database:list": [[], ["limit", "pattern"]],
  "job:get": [["job_id"], ["limit"]],
  "job:list": [[], ["limit"]],
  "job:cancel": [["job_id"], []],
  "schedule:list": [[], []],
  "schedule:delete": [["schedule_name"], ["force"]],
  "schedule:trigger": [["schedule_name"], []],
};

/** The parameters that any writing operator may have. */
const writerParameters = ["output_format", "partition_columns", "overwrite"];

const isAbout = ({ parameters, command }: OperatorDefinition) =>
  parameters.required.some((spec) => spec.name === "table_name") || ["infer", "query", "format"].includes(command);

const definitions = builtins.map(({ definition }) => definition);
const each = definitions.map((definition) => [operatorName(definition), definition] as const);
const verbs = (role: EngineRole) => new Set<string>(providers.flatMap(({ manifest }) => manifest.engines[role] ?? []));

test("no operator takes a limit, size or seed that is too small", () => {
  const numbers = definitions.flatMap((definition) =>
    allParameters(definition).flatMap((spec) => (spec.type === "integer" ? [{ definition, name: spec.name }] : [])),
  );
  expect(numbers.length).toBeGreaterThan(5);
  for (const { definition, name } of numbers) {
    const about = (value: number) =>
      checkParameters(definition, { [name]: value }).filter(({ parameter }) => parameter === name);
    expect(about(-1).map(({ code }) => code)).toEqual(["parameter/too-small"]);
    expect(about(0)).toHaveLength(name === "limit" ? 1 : 0);
    expect(about(1)).toEqual([]);
  }
});

test("an empty list is refused where it would choose nothing of what is taken without it", () => {
  const said = definitions.flatMap((definition) =>
    allParameters(definition).flatMap(({ name, type }): [string, string][] => {
      if (type !== "list") return [];
      const found = checkParameters(definition, { [name]: [] }).filter(({ parameter }) => parameter === name);
      expect(checkParameters(definition, { [name]: ["a"] }).filter(({ parameter }) => parameter === name)).toEqual([]);
      expect(found.every(({ detail }) => detail.includes("Leave it out to take all"))).toBe(true);
      return [[`${operatorName(definition)} ${name}`, found.map(({ code }) => code).join()]];
    }),
  );
  // No keys are all columns, and no folders, no more paths are what an empty list says.
  const harmless = /^table:dedupe (keys|order_by)$|^table:merge |^table:fake columns$| partition_columns$/;
  expect(said.length).toBeGreaterThan(8);
  expect(said.filter(([name]) => !harmless.test(name))).toEqual([
    ["table:format filter_columns", "parameter/empty-list"],
    ["table:format partitions", "parameter/empty-list"],
    ["table:summarize columns", "parameter/empty-list"],
  ]);
  expect(said.filter(([name, code]) => harmless.test(name) && code !== "")).toEqual([]);
});

test("there is each operator once, and no other", () => {
  expect(each.map(([name]) => name).sort()).toEqual(Object.keys(contract).sort());
});

describe.each(each)("%s", (name, definition) => {
  const names = allParameters(definition).map((spec) => spec.name);
  const isWriter = names.includes("output_path");

  test("has exactly its parameters", () => {
    const [required, optional] = contract[name] ?? [[], []];
    expect(definition.parameters.required.map((spec) => spec.name)).toEqual(required);
    const own = definition.parameters.optional
      .map((spec) => spec.name)
      .filter((parameter) => optional.includes(parameter) || !isWriter || !writerParameters.includes(parameter));
    expect([...own].sort()).toEqual([...optional].sort());
    expect(new Set(names).size).toBe(names.length);
  });

  test("has typed and described parameters, with defaults of their type", () => {
    for (const spec of allParameters(definition)) {
      expect(parameterTypes).toContain(spec.type);
      expect(spec.description, spec.name).toMatch(/^[A-Z].{5,}[^.]$/);
      if (spec.default !== undefined) expect(fitsType(spec.type, spec.default), spec.name).toBe(true);
    }
    expect(definition.parameters.required.filter((spec) => spec.default !== undefined)).toEqual([]);
  });

  test("needs verbs that engines have", () => {
    expect(definition.needs.length).toBeGreaterThan(0);
    for (const need of definition.needs) {
      const [role, verb] = need.split(".");
      const known = engineRoles.find((candidate) => candidate === role);
      expect(known, need).toBeDefined();
      if (known !== undefined) expect([...verbs(known)], need).toContain(verb);
    }
    expect(new Set(definition.needs).size).toBe(definition.needs.length);
  });

  test("reads and writes only places that its parameters name", () => {
    for (const touch of [...definition.reads, ...definition.writes]) {
      const text = "table" in touch ? touch.table : touch.path;
      const inText = [...text.matchAll(/\$\{([^}]+)\}/g)].map((match) => match[1]);
      expect(inText.length, text).toBeGreaterThan(0);
      for (const parameter of inText) expect(names, text).toContain(parameter);
    }
    const paths = definition.writes.flatMap((touch) => ("path" in touch ? [touch.path] : []));
    expect(paths.includes("${output_path}")).toBe(isWriter);
  });

  test("gives the outputs that later steps pull", () => {
    const outputs = definition.outputs.map((output) => output.name);
    if (isWriter) expect(outputs).toEqual(expect.arrayContaining(["output_path", "job_id"]));
    // Operators that may read other things than a table (merge, fake) name only their output.
    if (isAbout(definition)) expect(outputs).toEqual(expect.arrayContaining(table));
    if (names.includes("job_id")) expect(outputs).toContain("job_id");
    expect(new Set(outputs).size).toBe(outputs.length);
  });

  test("says what it does in one sentence", () => {
    expect(definition.description).toMatch(/^[A-Z][a-z]+ \S+ .*[^.]$/);
    expect(definition.work).toMatchObject({ kind: "builtin", revision: expect.any(Number) });
    expect(definition.supportedConfigurations).toEqual([]);
  });
});
