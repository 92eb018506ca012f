/** No message and no code frame shows a secret that stands in a file by mistake, whatever is wrong, and wherever it is wrong. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { providers } from "../../providers/index.ts";
import { diagnosticJson, renderDiagnostics } from "../../src/diagnostic/frame.ts";
import { isSecretName } from "../../src/diagnostic/redact.ts";
import { locate } from "../../src/project/yaml/locate.ts";
import { loadFiles, localFiles } from "../support/load.ts";

/** Everything that people and programs see of the problems of a project. */
async function shown(files: Readonly<Record<string, string>>): Promise<string> {
  const { project, diagnostics } = loadFiles({ ...localFiles, ...files });
  const located = await locate(diagnostics, project.textOf);
  expect(located.length).toBeGreaterThan(0);
  const text = renderDiagnostics(located, { textOf: project.textOf, width: 100, color: false });
  return text + JSON.stringify(located.map(diagnosticJson));
}

/** A bucket with settings below `configuration`, each on a line that is indented by six. */
const bucket = (lines: string) =>
  `type: config\nid: 9\nstorage_engine: s3\nclients:\n  s3:\n    configuration:\n${lines
    .split("\n")
    .map((line) => `      ${line}`)
    .join("\n")}\n`;

const secret = fc.stringMatching(/^[A-Za-z0-9/+_=]{8,24}$/).filter((text) => /[A-Z]/.test(text) && /\d/.test(text));

/** Ways in which a secret is written as the value of a key. */
const spellings: readonly ((key: string, value: string) => string)[] = [
  (key, value) => `${key}: ${value}`,
  (key, value) => `${key}: "${value}"`,
  (key, value) => `"${key}": '${value}' # ${"note"}`,
  (key, value) => `${key}:\n  ${value}`,
  (key, value) => `${key}: |\n  ${value}\n  ${value}`,
  (key, value) => `${key}: >-\n  ${value}\n\n  ${value}`,
  (key, value) => `${key}: "${value}\n  ${value}"`,
  (key, value) => `${key}: ${value}\n  ${value}`,
  (key, value) => `${key}: !!str ${value}`,
  (key, value) => `${key}: *${value}`,
  (key, value) => `${key}: !${value}`,
  (key, value) => `${key}: "${value}`,
  (key, value) => `${key}: [${value}, ${value}]`,
  (key, value) => `${key}: { a: ${value} }`,
];
/** Lines with a mistake of another kind, to stand above or below. */
const mistakes = [
  "bukket: lake",
  "aws_region: [",
  "aws_region: 5",
  "  odd: indent",
  "bucket: a\nbucket: b",
  "path: 'a",
  "{{X}}: 1",
];
const names = ["secret_key", "access_key", "session_token"];

test("in settings of clients, beside mistakes of every kind", async () => {
  await fc.assert(
    fc.asyncProperty(
      secret,
      fc.constantFrom(...names),
      fc.constantFrom(...spellings),
      fc.constantFrom("", ...mistakes),
      fc.boolean(),
      async (value, name, spell, mistake, above) => {
        const written = spell(name, value);
        const lines = [above ? mistake : written, above ? written : mistake].filter((line) => line !== "");
        expect(await shown({ "lake.yaml": bucket(lines.join("\n")) })).not.toContain(value);
      },
    ),
    { numRuns: 400 },
  );
});

test("in brackets on one line, with other settings of which each may be wrong", async () => {
  await fc.assert(
    fc.asyncProperty(
      secret,
      fc.constantFrom(...names),
      fc.constantFrom("", "'", '"'),
      fc.boolean(),
      async (value, name, quote, first) => {
        const own = `${name}: ${quote}${value}${quote}`;
        const pairs = first ? `${own}, bukket: lake` : `bukket: lake, ${own}`;
        const text = await shown({
          "lake.yaml": `type: config\nid: 9\nstorage_engine: s3\nclients: { s3: { configuration: { ${pairs} } } }\n`,
        });
        expect(text).not.toContain(value);
        // What is not secret stays readable.
        expect(text).toContain("bukket: lake");
      },
    ),
  );
});

describe("in mason.yaml", () => {
  const places: readonly ((value: string) => string)[] = [
    (value) => `state: { backend: s3, bucket: b, key: k, secret_key: ${value}, oops: [ }\n`,
    (value) => `state:\n  backend: s3\n  access_key: ${value}\nunknown: 1\n`,
    (value) => `variables: { db: { type: integer, sensitive: true, default: ${value} } }\n`,
    (value) => `variables:\n  db:\n    type: integer\n    default: ${value}\n    sensitive: true\n`,
    (value) => `variables:\n  db:\n    sensitive: true\n    default: ${value}\n    oops: 1\n`,
    (value) =>
      `variables: { db: { type: string, sensitive: true } }\nenvironments: { dev: { variables: { db: ${value}, oops: 1 } } }\nbad: 1\n`,
    (value) =>
      `variables:\n  db: { sensitive: true }\nenvironments:\n  dev:\n    variables:\n      db: ${value}\n      other: [\n`,
  ];
  test.each(places)("%s", async (place) => {
    await fc.assert(
      fc.asyncProperty(secret, async (value) => {
        expect(await shown({ "mason.yaml": localFiles["mason.yaml"] + place(value) })).not.toContain(value);
      }),
      { numRuns: 20 },
    );
  });
});

test("in parameters with secret names, of deployments and of files", async () => {
  const text = await shown({
    "d.yaml":
      "type: deployment\nname: d\noperator: table:list\nparameters:\n  password: hunter2-hunter2\n  database_nam: d\n",
  });
  expect(text).not.toContain("hunter2");
  expect(text).toMatch(/\| {3}password: REDACTED/);
});

test("in URLs, also beside an error", async () => {
  const password = "p4ssw0rdXYZ";
  const url = `http://user:${password}@host:9000/x`;
  for (const lines of [
    `bukket: b\nendpoint: ${url}`,
    `bucket: b\nendpoint: "${url}"\nnothing: 1`,
    `endpoint: ${url}, ${url}`,
  ])
    expect(await shown({ "secret.yaml": bucket(lines) })).not.toContain(password);
});

test("whole, whatever quotes and marks of YAML are in them", async () => {
  for (const value of [
    `"ab\\"cdSECRET9"`,
    `'ab''cdSECRET9'`,
    `"ab\\\\"`,
    `[ab, "c]SECRET9"]`,
    `|\n        ab\n        SECRET9`,
  ])
    for (const lines of [`secret_access_key: ${value}\nbukket: b`, `bukket: b\nsecret_access_key: ${value}`])
      expect(await shown({ "secret.yaml": bucket(lines) })).not.toMatch(/SECRET9|cd/);
});

test("the marks stay under what they mean", async () => {
  const text = await shown({
    "c.yaml":
      "type: config\nid: 9\nstorage_engine: s3\nclients: { s3: { configuration: { secret_key: abcdefgh12345, bukket: lake } } }\n",
  });
  const lines = text.split("\n");
  const under = (word: string) => {
    const at = lines.findIndex((line) => line.includes(word) && line.includes("|"));
    const next = lines.slice(at + 1).find((line) => line.includes("^")) ?? "";
    return (lines[at] ?? "").slice(next.indexOf("^"), next.lastIndexOf("^") + 1);
  };
  expect(text).toContain("secret_key: REDACTED, bukket: lake");
  expect(
    lines.flatMap((line, at) =>
      line.includes("^") ? [(lines[at - 1] ?? "").slice(line.indexOf("^"), line.lastIndexOf("^") + 1)] : [],
    ),
  ).toEqual(expect.arrayContaining(["REDACTED", "bukket"]));
  expect(under("bukket")).not.toBe("");
});

test("references to the environment and to variables stay readable", async () => {
  const text = await shown({
    "c.yaml": bucket('secret_key: "{{AWS_SECRET}}"\naccess_key: "${var.unknown}"\nbukket: lake'),
  });
  expect(text).toContain('access_key: "${var.unknown}"');
  expect(text).not.toContain("REDACTED");
});

test("every secret setting of a provider has a name that is taken for secret", () => {
  const secrets = providers.flatMap(({ manifest }) =>
    Object.entries(manifest.settings).flatMap(([name, setting]) => (setting.secret === true ? [name] : [])),
  );
  expect(secrets.length).toBeGreaterThan(0);
  expect(secrets.filter((name) => !isSecretName(name))).toEqual([]);
});
