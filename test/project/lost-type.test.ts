/** A document that lost its `type` is not left out without a word, and what it held is not deleted. Parameter files stay ignored. */
import { afterEach, describe, expect, test } from "vitest";
import { planProject } from "../../src/command/plan.ts";
import { loadFiles, localFiles } from "../support/load.ts";
import { localProject } from "../support/local-project.ts";
import type { TestProject } from "../support/world.ts";

/** A document of each kind, in the shapes that people write. */
const documents: Readonly<Record<string, string>> = {
  "database.d": "type: database\nname: d\n",
  "table.d.t": "type: table\ndatabase: d\nname: t\nformat: csv\nlocation: raw\ncolumns: [{ name: id, type: bigint }]\n",
  "operator.my:op": "type: operator\nnamespace: my\ncommand: op\nsql: select 1 as id\n",
  "workflow.my:flow": "type: workflow\nnamespace: my\ncommand: flow\ndag: [{ id: a, operator: my:op }]\n",
  "deployment.dep": "type: deployment\nname: dep\noperator: my:op\n",
  "config.spare":
    "type: config\nid: spare\nstorage_engine: local\nclients: { local: { configuration: { root: spare } } }\n",
};
const kinds = Object.entries(documents);

const said = (files: Readonly<Record<string, string>>) =>
  loadFiles({ ...localFiles, ...files }).diagnostics.map(({ severity, code, place }) => [severity, code, place?.file]);

describe("without a state", () => {
  test.each(kinds)("a misspelt type of %s is an error at its key", (_, text) => {
    for (const key of ["tyep", "typ", "Type", "tpye", "types", '"tpye"']) {
      const changed = text.replace(/^type/, key);
      const { diagnostics } = loadFiles({ ...localFiles, "x.yaml": `# note\n${changed}` });
      const own = diagnostics.filter(({ place }) => place?.file === "x.yaml");
      expect(own.map(({ code, detail }) => [code, /Did you mean "type: \w+"\?/.test(detail)])).toEqual([
        ["document/no-type", true],
      ]);
    }
  });

  test.each(kinds.filter(([address]) => address !== "database.d"))("%s without a type is a warning", (_, text) => {
    const bare = text.replace(/^type.*\n/, "");
    expect(said({ "x.yaml": bare })).toEqual([["warning", "document/no-type", "x.yaml"]]);
    expect(said({ "x.yaml": `type: database\nname: other\n---\n${bare}` })).toEqual([
      ["warning", "document/no-type", "x.yaml"],
    ]);
  });

  test.each(kinds)("%s in a list is an error at its type", (_, text) => {
    const item = text.trimEnd().replaceAll("\n", "\n  ");
    const lists = [`- ${item}\n`, `- note\n- ${item}\n- ${item}\n`, `type: database\nname: other\n---\n- ${item}\n`];
    for (const list of lists) expect(said({ "x.yaml": list })).toEqual([["error", "document/list", "x.yaml"]]);
    const [problem] = loadFiles({ ...localFiles, "x.yaml": lists[1] ?? "" }).diagnostics;
    expect(problem?.place).toMatchObject({ line: 2, column: 3 });
    expect(problem?.detail).toContain('with "---" between them');
  });

  test.each([
    ["of rules in a list", "- { type: rule, name: a }\n- { name: b }\n"],
    ["of lists with types further down", "- [{ type: table }]\n- { columns: [{ type: table }] }\n- type\n"],
    ["of an operator", "database_name: d\ntable_name: t\nquery_string: select 1\n"],
    ["with common names", "name: x\ndatabase: d\nlimit: 10\n"],
    ["whose parameter is a kind", "types: table\nlimit: 3\n"],
    ["of a workflow", "schedule: '@daily'\nsteps:\n  a: { parameters: { table_name: t } }\n"],
    ["of a step with a type", "a: { parameters: { columns: [{ name: id, type: bigint }] } }\n"],
    ["of Kubernetes", "kind: Deployment\nmetadata: { name: x }\nspec: { type: ClusterIP }\n"],
    ["of a workflow of GitHub", "name: CI\non: push\njobs: { build: { steps: [] } }\n"],
    ["empty", "\n"],
  ])("a file %s is ignored", (_, text) => {
    expect(said({ "p.yaml": text })).toEqual([]);
  });
});

describe("with a state", () => {
  const open: TestProject[] = [];
  afterEach(async () => {
    for (const project of open.splice(0)) await project.close();
  });

  const breaks: readonly (readonly [string, (text: string) => string])[] = [
    ["lost its type", (text) => text.replace(/^type.*\n/, "")],
    ["misspells its type", (text) => text.replace(/^type/, "tyep")],
    ["lost its type and is no valid YAML", (text) => `${text.replace(/^type.*\n/, "")}oops: [ }\n`],
    ["misspells its type and is no valid YAML", (text) => `${text.replace(/^type/, "tyep")}oops: [ }\n`],
  ];
  test.each(breaks)("a document that %s is an error that names its file", async (_, broken) => {
    const files = Object.fromEntries(kinds.map(([address, text]) => [`${address.replaceAll(/\W/g, "_")}.yaml`, text]));
    const made = await localProject("", { "data/raw/a.csv": "id\n1\n", ...files });
    open.push(made);
    await made.apply();
    for (const [file, text] of Object.entries(files)) {
      await made.write(file, broken(text));
      const { value, diagnostics } = await planProject(made.world, { destroy: false, run: [], unfinished: "refuse" });
      const own = diagnostics.filter(({ place }) => place?.file === file);
      expect([file, value, own.length > 0]).toEqual([file, undefined, true]);
      // What others need is missed before the plan compares anything.
      if (/deployment|config|table/.test(file))
        expect(own.find(({ severity }) => severity === "error")?.code).toMatch(/^document\/(no-type|lost-resource)$/);
      await made.write(file, text);
    }
    expect((await made.plan()).plan.changes).toEqual([]);
  });

  test("a destroy takes what is declared, whatever else has its form", async () => {
    const text = documents["database.d"] ?? "";
    const made = await localProject("", {
      "d.yaml": text,
      "copy.yaml": text.replace(/^type.*\n/, "on_existing: adopt\n"),
    });
    open.push(made);
    await made.apply();
    expect((await made.plan({ destroy: true })).plan.changes.map(({ address, action }) => [address, action])).toEqual([
      ["config.1", "delete"],
      ["database.d", "delete"],
    ]);
  });

  test("a resource whose document is gone goes, whatever parameter files say", async () => {
    const text = documents["database.d"] ?? "";
    const made = await localProject("", { "d.yaml": text, "p.yaml": "name: d\nlimit: 3\n" });
    open.push(made);
    await made.apply();
    await made.remove("d.yaml");
    expect((await made.plan()).plan.changes.map(({ address, action }) => [address, action])).toEqual([
      ["database.d", "delete"],
    ]);
  });
});
