/** SQL and paths with holes: the plan finds the same edges and types as for the text that the run fills in. */
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { formatDataType } from "../../src/model/data-type.ts";
import { type LocalProject, localProject } from "../support/local-project.ts";

const open: LocalProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});

const tables = `type: database
name: s
${["orders", "items", "users"]
  .map(
    (name) => `---
type: table
database: s
name: ${name}
format: csv
location: raw/${name}.csv
columns: [{ name: id, type: bigint }, { name: d, type: date }, { name: ts, type: timestamp }, { name: n, type: string }]
`,
  )
  .join("")}`;
const files = Object.fromEntries(
  ["orders", "items", "users"].map((name) => [
    `data/raw/${name}.csv`,
    "id,d,ts,n\n1,2026-02-01,2026-02-01 10:00:00,x\n2,2026-03-02,2026-03-02 10:00:00,y\n",
  ]),
);

const query = (name: string, sql: string, rest = `output_path: out/${name}`) =>
  `---\ntype: deployment\nname: ${name}\noperator: table:query\nparameters: { query_string: ${JSON.stringify(sql)}, ${rest} }\n`;

async function project(documents: string, more: Readonly<Record<string, string>> = {}): Promise<LocalProject> {
  const made = await localProject(tables + documents, { ...files, ...more });
  open.push(made);
  return made;
}

/** Reads and columns by deployment. */
async function known({ plan }: LocalProject) {
  const planned = await plan();
  return planned.plan.changes.flatMap((change) => {
    const parts = planned.deployments.get(change.address);
    if (parts === undefined) return [];
    return [[change.address, parts.inputs.map(({ name }) => name), change.steps[0]?.columns] as const];
  });
}

/** References of the run, with the values that they have for a run at noon of the first of March. */
const values: Readonly<Record<string, string>> = {
  "${run.date}": "'2026-03-01'",
  "${run.at}": "'2026-03-01T12:00:00.000Z'",
  "${run.key}": "'2026-03-01T12:00:00.000Z'",
};

/** SQL whose `?` are values, with the tables that it reads. */
const shapes: readonly (readonly [sql: string, tables: readonly string[]])[] = [
  ["select * from s.orders where d >= ? and ts < ?", ["orders"]],
  ["select id, ? as day, coalesce(n, ?) as m from s.items", ["items"]],
  ["with orders as (select * from s.users where n = ?) select * from orders where d between ? and ?", ["users"]],
  ["select o.id from s.orders o join s.items i on o.id = i.id and i.d = ? -- not ?\n", ["items", "orders"]],
  [
    "select id, d from s.orders union all select id, cast(? as date) from s.users where n in (?, 'a')",
    ["orders", "users"],
  ],
  ["select count(*) as c, max(ts) as last from (select * from s.items where ts > ? or n <> ?) t", ["items"]],
  [
    "select case when d = ? then ? else n end as k, date_trunc('month', cast(? as timestamp)) as m from s.orders",
    ["orders"],
  ],
  ["select ? || n as x from s.users where exists (select 1 from s.orders where n <> ?)", ["orders", "users"]],
];

test("edges and columns are those of the text with the holes filled in", async () => {
  const slot = fc.constantFrom(...Object.keys(values), "'2026-01-01'");
  const texts = fc.sample(fc.tuple(fc.nat(shapes.length - 1), fc.array(slot, { minLength: 4, maxLength: 4 })), {
    numRuns: 40,
    seed: 7,
  });
  const documents = texts.map(([shape, slots]) => {
    let at = 0;
    return (shapes[shape]?.[0] ?? "").replaceAll("?", () => slots[at++] ?? "'2026-01-01'");
  });
  const filled = documents.map((sql) => sql.replace(/\$\{[^}]*\}/g, (hole) => values[hole] ?? hole));
  const all = (texts: readonly string[]) => texts.map((sql, at) => query(`q${at}`, sql)).join("");
  const [holes, plain] = [await known(await project(all(documents))), await known(await project(all(filled)))];
  expect(holes).toEqual(plain);
  expect(new Map(holes.map(([address, inputs]) => [address, inputs]))).toEqual(
    new Map(
      texts.map(([shape], at) => [`deployment.q${at}`, (shapes[shape]?.[1] ?? []).map((name) => `table s.${name}`)]),
    ),
  );
});

test("a run reads what the plan says, and writes what it types", async () => {
  const made = await project(
    query(
      "a",
      "select id, ${run.date} as day, d from s.orders where d < ${run.date}",
      "output_path: out/a.csv, output_format: csv",
    ),
  );
  const { changes } = await made.apply();
  const [step] = changes.find(({ address }) => address === "deployment.a")?.steps ?? [];
  expect([step?.certainty, step?.columns?.map(({ name, type }) => `${name} ${formatDataType(type)}`)]).toEqual([
    "predicted",
    ["id bigint", "day string", "d date"],
  ]);
  expect(step?.statements).toEqual(["select id, ${run.date} as day, d from s.orders where d < ${run.date}"]);
  expect(await made.read("data/out/a.csv")).toBe("id,day,d\n1,2026-03-01,2026-02-01\n");
  expect((await made.plan()).plan.changes).toEqual([]);
  await made.write("data/raw/orders.csv", "id,d,ts,n\n7,2026-02-01,2026-02-01 10:00:00,x\n");
  await made.apply();
  expect(await made.read("data/out/a.csv")).toBe("id,day,d\n7,2026-03-01,2026-02-01\n");
});

test("an output of a step is the same literal in the plan and in the run", async () => {
  const made = await project(`---
type: workflow
namespace: w
command: two
dag:
  - { id: a, type: operator, namespace: table, command: query }
  - { id: b, type: operator, namespace: table, command: query, dependencies: [a] }
---
type: deployment
name: two
workflow: w:two
steps:
  a: { parameters: { query_string: "select 1 as x", output_path: "tmp/it's", overwrite: true } }
  b: { parameters: { query_string: "select \${a.output_path} as p, \${a.job_id} as j, n from s.users where n <> \${a.job_id}", output_path: out/b.csv, output_format: csv, overwrite: true } }
`);
  const { changes } = await made.apply();
  const step = changes.find(({ address }) => address === "deployment.two")?.steps[1];
  expect([step?.certainty, step?.columns?.map(({ name }) => name)]).toEqual(["predicted", ["p", "j", "n"]]);
  expect((await made.read("data/out/b.csv")).split("\n")[1]).toMatch(/^tmp\/it's,\w+,x$/);
});

test("a problem that no value of a hole mends stops the plan; one that a value mends does not", async () => {
  const wrong = await project(query("a", "select missing from s.orders where d = ${run.date}"));
  await expect(wrong.plan()).rejects.toThrow(/missing/);
  const right = await project(`---
type: operator
namespace: own
command: top
parameters: { required: [{ name: n, type: string }, { name: day, type: date }], optional: [output_path] }
sql: "select n, $day as day from s.orders where ts >= $n limit 5"
---
type: deployment
name: a
operator: own:top
parameters: { n: "\${run.at}", day: "\${run.date}", output_path: out/a }
`);
  const [change] = (await right.plan()).plan.changes.filter(({ address }) => address === "deployment.a");
  expect(change?.steps[0]?.columns?.map(({ name, type }) => `${name} ${formatDataType(type)}`)).toEqual([
    "n string",
    "day date",
  ]);
});

test("a path with a hole makes edges to what may lie at it, and to nothing else", async () => {
  const segment = fc.constantFrom("a", "day=2026-03-01", "x2026-03-01", "2026-03-01", "day=x");
  const read = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
  const hole = fc.constantFrom("a", "day=${run.date}", "x${run.date}", "${run.date}");
  const write = fc.array(hole, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
  const pairs = fc.sample(fc.tuple(read, write), { numRuns: 60, seed: 11 });
  const meets = (one: string, two: string) => `${one}/`.startsWith(`${two}/`) || `${two}/`.startsWith(`${one}/`);
  const documents = pairs.map(
    ([from, to], at) =>
      query(`w${at}`, "select 1 as x", `output_path: ${JSON.stringify(`p${at}/${to}`)}, overwrite: true`) +
      `---\ntype: deployment\nname: r${at}\noperator: table:format\nparameters: { input_path: p${at}/${from}, format: csv, output_path: out/${at} }\n`,
  );
  const inputs = Object.fromEntries(pairs.map(([from], at) => [`data/p${at}/${from}/part.csv`, "id\n1\n"]));
  const { plan } = await (await project(documents.join(""), inputs)).plan({ allowDestroy: ["deployment.*"] });
  const needs = new Map(plan.stages.map(({ address, dependencies }) => [address, dependencies]));
  const found = pairs.map((_, at) => needs.get(`deployment.r${at}`)?.includes(`deployment.w${at}`));
  expect(found).toEqual(pairs.map(([from, to]) => meets(from, to.replaceAll("${run.date}", "2026-03-01"))));
});

test("two deployments that write one path with the same hole are two writers; other holes may differ", async () => {
  const at = (name: string, path: string) => query(name, "select 1 as x", `output_path: ${JSON.stringify(path)}`);
  const same = await project(at("a", "out/day=${run.date}") + at("b", "out/day=${run.date}"));
  await expect(same.plan()).rejects.toThrow(/two-writers/);
  const other = await project(at("a", "out/day=${run.date}") + at("b", "out/day=${run.key}") + at("c", "out/all"));
  await other.plan();
});

test("one rule for quotes: within them a reference is text, whatever it refers to", async () => {
  const sql =
    "select '${run.date}' as a, ${run.date} as b, 'x ${run.date}''s ${var.who}' as c, '${table.s.orders.location}' as d, ${table.s.orders.format} as e, id as \"n${var.who}\" from ${table.s.orders.database}.${table.s.orders.name} where d < '${run.date}' and id <> ${var.n} and 'it''s' <> '${run.at}'";
  const made = await project(query("a", sql, "output_path: out/a.csv, output_format: csv"), {
    "mason.yaml": 'default_config: 1\nvariables: { who: { default: "o\'no" }, n: { type: integer, default: -1 } }\n',
  });
  const [change] = (await made.plan()).plan.changes.filter(({ address }) => address === "deployment.a");
  expect(change?.steps[0]?.columns?.map(({ name }) => name)).toEqual(["a", "b", "c", "d", "e", "no'no"]);
  expect(change?.steps[0]?.statements[0]).toContain("'x ${run.date}''s o''no' as c");
  await made.apply();
  expect(await made.read("data/out/a.csv")).toBe(
    "a,b,c,d,e,no'no\n2026-03-01,2026-03-01,x 2026-03-01's o'no,raw/orders.csv,csv,1\n",
  );
});

test("a path in quotes with a hole is read where the run says, and watched", async () => {
  const made = await project(
    query("a", "select * from read_csv('days/${run.date}.csv')", "output_path: out/a.csv, output_format: csv"),
    {
      "data/days/2026-02-28.csv": "id,n\n1,x\n",
      "data/days/2026-03-01.csv": "id,n\n2,y\n",
    },
  );
  const { changes } = await made.apply();
  const step = changes.find(({ address }) => address === "deployment.a")?.steps[0];
  expect([step?.certainty, step?.columns?.map(({ name }) => name)]).toEqual(["predicted", ["id", "n"]]);
  expect(await made.read("data/out/a.csv")).toBe("id,n\n2,y\n");
  expect((await made.plan()).deployments.get("deployment.a")?.inputs.map(({ name }) => name)).toEqual([
    "path days/*.csv",
  ]);
});

test("a variable that would change the SQL around it is refused where it stands", async () => {
  const made = await project(query("a", "select id from s.orders where n = ${var.who}"), {
    "mason.yaml": 'default_config: 1\nvariables: { who: { default: "o\'no" } }\n',
  });
  const error = await made.plan().then(
    () => "",
    (thrown: Error) => thrown.message,
  );
  const [problem] = JSON.parse(error);
  expect([problem.code, problem.place?.file, problem.place?.line]).toEqual(["variable/changes-sql", "all.yaml", 28]);
});

test("an output within quotes is text of the run, and a name in quotes is not known before", async () => {
  const made = await project(`---
type: workflow
namespace: w
command: two
dag:
  - { id: a, type: operator, namespace: table, command: query }
  - { id: b, type: operator, namespace: table, command: query, dependencies: [a] }
---
type: deployment
name: two
workflow: w:two
steps:
  a: { parameters: { query_string: "select 1 as x", output_path: "tmp/it's.parquet", overwrite: true } }
  b: { parameters: { query_string: "select '\${a.output_path}' as p, x as \\"c\${a.job_id}\\" from '\${a.output_path}'", output_path: out/b.csv, output_format: csv, overwrite: true } }
`);
  const { changes } = await made.apply();
  const step = changes.find(({ address }) => address === "deployment.two")?.steps[1];
  expect(step?.certainty).toBe("unknown");
  expect(await made.read("data/out/b.csv")).toMatch(/^p,c\w+\ntmp\/it's.parquet,1\n$/);
});

test("a value of the run makes no types unsure, an output of a step does", async () => {
  const made = await project(`---
type: workflow
namespace: w
command: two
dag:
  - { id: a, type: operator, namespace: table, command: query }
  - { id: b, type: operator, namespace: table, command: query, dependencies: [a] }
---
type: deployment
name: two
workflow: w:two
steps:
  a: { parameters: { query_string: "select \${run.date} as x", output_path: out/a.parquet } }
  b: { parameters: { query_string: "select \${a.job_id} as x", output_path: out/b.parquet } }
`);
  const { changes } = await made.apply();
  const steps = changes.find(({ address }) => address === "deployment.two")?.steps;
  expect(steps?.map(({ certainty, columns }) => [certainty, columns?.map(({ name }) => name)])).toEqual([
    ["checked", ["x"]],
    ["predicted", ["x"]],
  ]);
});

test("a hole that no sample fits is a null: the plan types what it can, and the run fills in a value that fits", async () => {
  const made = await project(
    `---
type: workflow
namespace: w
command: two
dag:
  - { id: a, type: operator, namespace: my, command: size }
  - { id: b, type: operator, namespace: table, command: query, dependencies: [a] }
---
type: deployment
name: two
workflow: w:two
steps:
  b: { parameters: { query_string: "select id from s.users order by id limit \${a.rows}", output_path: out/b.csv, output_format: csv } }
`,
    {
      "operators/size/operator.yaml":
        "type: operator\nnamespace: my\ncommand: size\noutputs: [{ name: rows, type: string }]\n",
      "operators/size/operator.js": 'export default { async run() { return { outputs: { rows: "1" } }; } };\n',
    },
  );
  const { changes } = await made.apply();
  const step = changes.find(({ address }) => address === "deployment.two")?.steps[1];
  expect([step?.certainty, step?.columns?.map(({ name }) => name)]).toEqual(["predicted", ["id"]]);
  expect(await made.read("data/out/b.csv")).toBe("id\n1\n");
});

test("the key of a run may hold slashes, so what lies at any depth below it is read", async () => {
  const reader = (hole: string) =>
    query("r", `select * from read_csv('days/${hole}/*.csv', union_by_name = true)`, "output_path: out/r");
  const writer = query("w", "select 1 as id", "output_path: days/a/b, output_format: csv, overwrite: true");
  for (const [hole, isEdge, input] of [
    ["${run.key}", true, "path days"],
    ["${run.date}", false, "path days/*/*.csv"],
  ] as const) {
    const made = await project(writer + reader(hole), { "data/days/2026-03-01/x.csv": "id\n1\n" });
    const planned = await made.plan({ allowDestroy: ["deployment.*"] });
    const stage = planned.plan.stages.find(({ address }) => address === "deployment.r");
    expect([hole, stage?.dependencies.includes("deployment.w")]).toEqual([hole, isEdge]);
    expect(planned.deployments.get("deployment.r")?.inputs.map(({ name }) => name)).toEqual([input]);
  }
});

test("a list of files that an earlier step gives is read: the plan leaves the columns open", async () => {
  const steps = `---
type: operator
namespace: u
command: files
outputs: [{ name: files, type: list }]
repeatable: true
sql: select 1 as n
---
type: workflow
namespace: u
command: both
dag:
  - { id: a, type: operator, namespace: u, command: files }
  - { id: b, type: operator, namespace: table, command: query, dependencies: [a] }
---
type: deployment
name: d
workflow: u:both
steps:
  b: { parameters: { query_string: "select * from read_csv(\${a.files})", output_path: out/d } }
`;
  const { plan } = await (await project(steps)).plan();
  const step = plan.changes.find(({ address }) => address === "deployment.d")?.steps.find(({ id }) => id === "b");
  expect(step).toMatchObject({ certainty: "unknown" });
});
