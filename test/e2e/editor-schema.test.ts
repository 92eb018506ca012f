/** `mason schema` as editors use it: it knows the project, accepts its documents, and has one problem for a wrong word. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020.js";
import { loadAll } from "js-yaml";
import { expect, it } from "vitest";
import { repository } from "../examples/example.ts";
import { runMason } from "./mason.ts";

async function checker(directory: string) {
  const { stdout, code } = await runMason(directory, ["schema"], {});
  expect(code).toBe(0);
  const validate = new Ajv2020.default({ strict: false, allErrors: true }).compile(JSON.parse(stdout));
  return (document: unknown): readonly string[] => {
    validate(document);
    const all = (validate.errors ?? []).filter(({ keyword }) => keyword !== "if" && keyword !== "anyOf");
    return all.map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
  };
}

it.each(["quickstart", "workflows", "definitions", "operators"])(
  "accepts the documents of example %s",
  async (name) => {
    const directory = join(repository, "examples", name);
    const check = await checker(directory);
    const files = readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((file) => /\.ya?ml$/.test(file));
    let count = 0;
    for (const file of files)
      for (const document of loadAll(readFileSync(join(directory, file), "utf8"))) {
        if (!("type" in Object(document))) continue;
        count++;
        expect([file, check(document)]).toEqual([file, []]);
      }
    expect(count).toBeGreaterThan(0);
  },
);

it.each([
  ["a wrong type", { type: "tabel", name: "x" }, 1],
  ["an unknown operator", { type: "deployment", name: "x", operator: "table:nope" }, 1],
  ["an unknown workflow", { type: "deployment", name: "x", workflow: "flights:nope" }, 1],
  ["an unknown config", { type: "database", name: "x", config_id: "nope" }, 1],
  [
    "a wrong parameter",
    { type: "deployment", name: "x", operator: "table:query", parameters: { query_string: "select 1", limitt: 3 } },
    1,
  ],
  [
    "a wrong setting",
    { type: "config", id: 1, clients: { lake: { provider: "s3", configuration: { buckt: "x" } } } },
    1,
  ],
  [
    "a wrong setting of a provider by name",
    { type: "config", id: 1, clients: { s3: { configuration: { buckt: "x" } } } },
    1,
  ],
  [
    "a secret as text",
    { type: "config", id: 1, clients: { s3: { configuration: { secret_key: "wJalrXUtnFEMI" } } } },
    1,
  ],
  [
    "a secret of the environment",
    { type: "config", id: 1, clients: { s3: { configuration: { secret_key: "{{AWS_SECRET}}" } } } },
    0,
  ],
  ["two missing parameters", { type: "deployment", name: "x", operator: "table:infer", parameters: {} }, 2],
  [
    "a reference",
    {
      type: "deployment",
      name: "x",
      operator: "table:query",
      parameters: { query_string: "select 1", limit: "${var.n}" },
    },
    0,
  ],
])("%s", async (_, document, count) => {
  const check = await checker(join(repository, "examples/quickstart"));
  expect(check(document)).toHaveLength(count);
});
