/** One mistake is one error, and files of other tools are none of ours. */
import { describe, expect, test } from "vitest";
import { loadFiles, localFiles } from "../support/load.ts";

const errorsOf = (files: Readonly<Record<string, string>>) =>
  loadFiles(files).diagnostics.filter((diagnostic) => diagnostic.severity === "error");

/** A project in which every resource is needed by another one, a file each. */
const project: Readonly<Record<string, string>> = {
  ...localFiles,
  "database.yaml": "type: database\nname: s\ndescription: x\n",
  "table.yaml":
    "type: table\ndatabase: s\nname: o\ndescription: x\nformat: csv\ncolumns: [{ name: id, type: bigint }]\n",
  "operator.yaml":
    "type: operator\nnamespace: my\ncommand: op\ndescription: x\nparameters: { required: [{ name: db, type: string }] }\nsql: select $db\n",
  "workflow.yaml":
    'type: workflow\nnamespace: my\ncommand: flow\ndescription: x\ndag: [{ id: a, operator: my:op, parameters: { db: "${database.s.name}" } }]\n',
  "outer.yaml": "type: workflow\nnamespace: my\ncommand: outer\ndescription: x\ndag: [{ id: a, workflow: my:flow }]\n",
  "one.yaml": 'type: deployment\nname: one\noperator: my:op\nparameters: { db: "${table.s.o.location}" }\n',
  "two.yaml": "type: deployment\nname: two\nworkflow: my:outer\n",
  "three.yaml": "type: deployment\nname: three\nworkflow: my:flow\nconfig_id: 6\n",
};

test("the project itself is right", () => {
  expect(errorsOf(project)).toEqual([]);
});

describe.each([
  ["an unknown variable", (text: string) => `${text.replace("description: x\n", "")}description: "\${var.nope}"\n`],
  ["a syntax error", (text: string) => `${text}oops: [\n`],
  ["an unknown field", (text: string) => `${text}oops: 1\n`],
  ["a duplicate key", (text: string) => `${text}type: x\n`],
] as const)("%s", (_, broken) => {
  test.each(Object.keys(project))("in %s is one error, in this file", (file) => {
    const found = errorsOf({ ...project, [file]: broken(project[file] ?? "") });
    // A variable in mason.yaml is text like any other.
    if (file === "mason.yaml" && found.length === 0) return;
    expect(found.map(({ code, place }) => `${code} ${place?.file}`)).toHaveLength(1);
    expect(found[0]?.place?.file).toBe(file);
  });
});

test("a variable that is used everywhere and declared nowhere is one error, which shows some of the places", () => {
  const files = Object.fromEntries(
    Array.from({ length: 13 }, (_, at) => [
      `d${at}.yaml`,
      `type: deployment\nname: d${at}\noperator: my:op\nparameters: { db: "\${var.nope}" }\n`,
    ]),
  );
  const found = errorsOf({ ...project, ...files });
  expect(found.map((diagnostic) => diagnostic.code)).toEqual(["variable/unknown"]);
  expect(found[0]?.related).toHaveLength(3);
  expect(found[0]?.detail).toContain("9 more places");
});

/** Files as other tools have them, of which some can't be read as plain YAML. */
const others: Readonly<Record<string, string>> = {
  "cloudformation.yaml":
    "Resources:\n  Bucket:\n    type: x\n    Type: AWS::S3::Bucket\n    Properties: { BucketName: !Ref Name }\n",
  "mkdocs.yml": "markdown_extensions:\n  - e:\n      type: x\n      slugify: !!python/name:a.b\n",
  "chart.yaml": "spec:\n  type: {{ .Values.service.type }}\n  {{- if .Values.x }}\n  a: b\n  {{- end }}\n",
  "tabs.yaml": "a:\n\t- type: b\n",
  "twice.yaml": "a: { type: x }\na: { type: y }\n",
};

test.each(Object.entries(others))("%s of another tool does no harm, and a warning names .masonignore", (file, text) => {
  const { diagnostics } = loadFiles({ ...localFiles, [file]: text });
  expect(diagnostics.map(({ severity, code, place }) => [severity, code, place?.file])).toEqual([
    ["warning", "yaml/left-out", file],
  ]);
  expect(diagnostics[0]?.detail).toContain(".masonignore");
});

test.each([
  "type: config\nid: !Ref x\n",
  "--- \n'type': config\nid: [\n",
  "\uFEFFtype: config\nid: [\n",
  "{ type: config, id: [ }\n",
])("%j is ours, and its errors count", (text) => {
  expect(errorsOf({ ...localFiles, "a.yaml": text }).length).toBeGreaterThan(0);
});

test.each(["utf16le", "utf16be"] as const)("a file of ours in %s is refused with what to do", (encoding) => {
  const little = Buffer.from("\uFEFFtype: database\nname: d\n", "utf16le");
  const bytes = encoding === "utf16le" ? little : Buffer.from(little).swap16();
  const found = errorsOf({ ...localFiles, "a.yaml": bytes.toString("utf8") });
  expect(found.map((diagnostic) => diagnostic.code)).toEqual(["yaml/encoding"]);
  expect(found[0]?.detail).toContain("Save it as UTF-8");
});

test("a file of another tool in UTF-16 does no harm, and a stray NUL is told as what it is", () => {
  const other = Buffer.from("\uFEFFname: chart\nversion: 1.2.3\n", "utf16le").toString("utf8");
  expect(errorsOf({ ...localFiles, "a.yaml": other })).toEqual([]);
  const stray = errorsOf({ ...localFiles, "a.yaml": "type: database\nname: d\ndescription: a\0b\n" });
  expect(stray.length).toBeGreaterThan(0);
  expect(stray.map((diagnostic) => diagnostic.code)).not.toContain("yaml/encoding");
});
