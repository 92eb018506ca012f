/** A plan over SQL for Trino, without the server: edges from the tables that it names, what is not watched, and an end. */
import { expect, test } from "vitest";
import { masonProject } from "./mason.ts";

const operator = (command: string, sql: string, more = "") =>
  `type: operator\nnamespace: sales\ncommand: ${command}\nsql: ${JSON.stringify(sql)}\n${more}---\n` +
  `type: deployment\nname: ${command}\noperator: sales:${command}\n---\n`;

const config = `type: config
id: 1
metastore_engine: lake
storage_engine: files
execution_engine: lake
scheduler_engine: files
clients:
  lake: { provider: trino, configuration: { url: "http://127.0.0.1:1", user: tester, catalog: hive } }
  files: { provider: local, configuration: { root: . } }
`;

const daily = operator(
  "z_daily",
  "select * from Sales.orders o join tpch.tiny.nation n using (id)",
  "writes: [{ table: sales.daily }]\n",
);
const projectWith = (operators: string) =>
  masonProject({ "mason.yaml": "name: x\ndefault_config: 1\n", "config.yaml": config, "operators.yaml": operators });

test("tables that the SQL names make edges; those of another catalog are not watched", async () => {
  const weekly = operator("a_weekly", 'with d as (select * from hive."sales".DAILY) select * from d');
  const hidden = operator("a_hidden", "with daily as (select 1 as n) select * from daily");
  const project = await projectWith(daily + weekly + hidden);
  try {
    const graph = await project.run("graph");
    expect(graph.stdout).toMatch(/deployment\.a_weekly +needs .*deployment\.z_daily/);
    expect(graph.stdout).not.toMatch(/deployment\.a_hidden +needs .*deployment\.z_daily/);
    const { code, stdout } = await project.run("plan", "--offline");
    expect(code).toBe(0);
    expect(stdout).toContain("inputs not watched: sales.orders, tpch.tiny.nation");
  } finally {
    await project.close();
  }
});

test("a text that the parser does not understand needs the reads of its operator", async () => {
  const project = await projectWith(
    daily + operator("a_table", "table sales.daily", "reads: [{ table: sales.daily }]\n"),
  );
  try {
    const declared = await project.run("plan");
    expect([declared.code, declared.stderr]).toEqual([0, ""]);
    expect((await project.run("graph")).stdout).toMatch(/deployment\.a_table +needs .*deployment\.z_daily/);
    await project.write("operators.yaml", daily + operator("a_table", "table sales.daily"));
    const refused = await project.run("plan");
    expect(refused.code).toBe(1);
    expect(refused.stderr.replace(/\s+/g, " ")).toContain('put it into an operator whose "reads" names its tables');
  } finally {
    await project.close();
  }
});
