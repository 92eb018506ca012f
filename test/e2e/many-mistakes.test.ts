import { afterEach, expect, test } from "vitest";
import { localConfig, type MasonProject, masonProject } from "./mason.ts";

const base = { "mason.yaml": "default_config: 6\n", "config.yaml": localConfig };
let made: MasonProject | undefined;
afterEach(async () => {
  await made?.close();
  made = undefined;
});

/** Twenty mistakes in ten files, each with where it is said to be and a word of what to do about it. */
const files: Readonly<Record<string, string>> = {
  "a.yaml": `type: config
id: 7
metastore_engine: locale
---
type: config
id: 8
metastore_engine: local
clients: { local: { configuration: { rooot: . } } }
`,
  "b.yaml": `type: table
database: sales
name: t
columns:
  - { name: a, type: bigintt }
  - { name: A, type: bigint }
location: ../x
---
type: database
name: sales
config_id: 99
`,
  "c.yaml": `type: workflow
namespace: w
command: one
dag:
  - { id: a, operator: table:infr }
  - { id: b, operator: table:list, dependencies: [zz] }
  - { id: c, operator: table:list, dependencies: [d] }
  - { id: d, operator: table:list, dependencies: [c] }
  - { id: e, operator: table:list, retry: often(3) }
  - { id: f, operator: table:list, when: failed }
`,
  "d.yaml": `type: deployment
name: one
workflow: w:two
schedule: "99 * * * *"
timezone: Mars/One
timeout: soon
`,
  "e.yaml": `type: deployment
name: two
operator: table:infer
parameters:
  databse_name: x
  read_headers: maybe
`,
  "f.yaml": "type: deploymnt\nname: x\n",
  "g.yaml": "type: database\nname: other\ncolour: red\n",
  "h.yaml": "type: table\nname: [\n",
  "i.yaml": "type: operator\nnamespace: my\ncommand: op\nsql: select $b\n",
  "j.yaml": 'type: database\nname: "${var.nope}"\n',
};

const expected: readonly (readonly [place: string, code: string, advice: RegExp])[] = [
  ["a.yaml:3:19", "provider/unknown", /Did you mean "local"/],
  ["a.yaml:8:38", "config/unknown-setting", /Did you mean "root"/],
  ["b.yaml:5:22", "table/unknown-type", /Use one of/],
  ["b.yaml:6:13", "table/duplicate-column", /Rename one/],
  ["b.yaml:7:11", "path/leaves-root", /Write a path/],
  ["b.yaml:11:12", "config/unknown", /Declare it/],
  ["c.yaml:5:24", "step/unknown-operator", /Did you mean "table:infer"/],
  ["c.yaml:6:51", "step/unknown-dependency", /Name one/],
  ["c.yaml:7:36", "step/cycle", /c -> d -> c/],
  ["c.yaml:9:43", "step/unknown-retry", /exponential\(SECONDS\)/],
  ["c.yaml:10:42", "step/unreachable", /Add dependencies/],
  ["d.yaml:3:11", "deployment/unknown-workflow", /Declare it/],
  ["d.yaml:4:11", "schedule/bad-cron", /five fields/],
  ["d.yaml:5:11", "schedule/unknown-timezone", /Europe\/Paris/],
  ["d.yaml:6:10", "deployment/bad-timeout", /1h30m/],
  ["e.yaml:5:3", "parameter/unknown", /Did you mean "database_name"/],
  ["e.yaml:6:17", "parameter/wrong-type", /true or false/],
  ["f.yaml:1:7", "document/unknown-type", /Did you mean "deployment"/],
  ["g.yaml:3:1", "document/unknown-field", /Known fields/],
  ["h.yaml:2:8", "yaml/syntax", /Fix the YAML/],
  ["i.yaml:4:6", "operator/unknown-sql-parameter", /Declare it/],
  ["j.yaml:2:7", "variable/unknown", /Declare it/],
];

test.each(["validate", "plan"])(
  "one %s names more than twenty mistakes in ten files, each with its place and what to do",
  async (command) => {
    made = await masonProject({ ...base, ...files });
    const { code, stdout, stderr } = await made.run(command);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    for (const [place, , advice] of expected) {
      const part = stderr.split(/\n\n(?=Error|Warning)/).filter((text) => text.includes(`${place}\n`));
      expect(
        part.some((text) => advice.test(text.replace(/\s+/g, " "))),
        `${place} ${advice} in:\n${part.join("\n")}`,
      ).toBe(true);
    }
    expect(stderr).not.toMatch(/^ {4}at /m);
    const json = await made.run(command, "--json");
    expect(json.code).toBe(1);
    const text =
      json.stderr.trim() === ""
        ? JSON.parse(json.stdout).errors
        : json.stderr
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line));
    const codes = text.map((problem: { code: string }) => problem.code);
    expect(expected.map(([, known]) => known).filter((known) => !codes.includes(known))).toEqual([]);
  },
);

/** A workflow of so many steps that each wait for the one before; closed: the first waits for the last. */
function chain(steps: number, closed: boolean): string {
  const lines = Array.from({ length: steps }, (_, at) => {
    const before = at > 0 ? at - 1 : closed ? steps - 1 : null;
    return `  - { id: s${at}, operator: table:list, parameters: { database_name: d }${before === null ? "" : `, dependencies: [s${before}]`} }`;
  });
  return `type: workflow\nnamespace: big\ncommand: chain\ndag:\n${lines.join("\n")}\n---\ntype: deployment\nname: big\nworkflow: big:chain\n`;
}

test("a chain of 5,000 steps is planned", async () => {
  made = await masonProject({ ...base, "chain.yaml": chain(5000, false) });
  const { code, stdout, stderr } = await made.run("plan");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("1 to run");
});

test("a cycle of 5,000 steps is told once, with the ends of its path", async () => {
  made = await masonProject({ ...base, "chain.yaml": chain(5000, true) });
  const { code, stderr } = await made.run("plan");
  expect(code).toBe(1);
  expect(stderr.match(/Dependency cycle/g)).toHaveLength(1);
  expect(stderr.replace(/\s+/g, " ")).toContain("4989 more");
  expect(stderr).not.toMatch(/^ {4}at /m);
});
