/** The project that `mason init` writes: small, complete, and ready to apply on this machine. */

/** A file to write, relative to the project's directory. */
export interface StarterFile {
  readonly path: string;
  readonly text: string;
}

/** The name of a project, made from its directory: letters, digits, `_`, `.` and `-`. */
export function projectName(directory: string): string {
  const name = directory.replace(/[^A-Za-z0-9_.-]+/g, "_").replace(/^[.-]+/, "");
  return name === "" ? "project" : name.slice(0, 255);
}

/** The files, in the order of writing. */
export const starterFiles = (name: string): readonly StarterFile[] => [
  { path: "mason.yaml", text: settings(name) },
  { path: "configs/local.yaml", text: config },
  { path: "workflows/load_orders.yaml", text: workflow },
  { path: "deployments/load_orders.yaml", text: deployment },
  { path: "data/raw/orders/2026-01.csv", text: orders },
  { path: ".gitignore", text: ignored },
];

/** The line of .gitignore that keeps caches and runs out of version control. */
export const ignoredDirectory = ".mason/";

const settings = (name: string) => `# The settings of the project.
name: ${JSON.stringify(name)}
default_config: 6
`;

const config = `# This machine in all four roles: files, tables, computing (DuckDB) and running.
type: config
id: 6
metastore_engine: local
storage_engine: local
execution_engine: local
scheduler_engine: local
clients:
  local:
    configuration:
      root: ./data # paths in this project are relative to it
`;

const workflow = `# The steps and their order. "mason get operator" lists the operators that a step can call.
type: workflow
namespace: orders
command: load
description: Turn files into a table and sum it up
dag:
  - { id: infer, operator: table:infer }
  - { id: revenue, operator: table:query, dependencies: [infer] }
`;

const deployment = `# The workflow with its parameters. "mason apply" runs it, and runs it again when the files in raw/orders change.
type: deployment
name: load_orders
workflow: orders:load
steps:
  infer:
    parameters:
      database_name: sales
      table_name: orders
      storage_path: raw/orders
  revenue:
    parameters:
      database_name: sales
      table_name: orders
      query_string: select customer, sum(amount) as revenue from $table group by customer order by customer
      output_path: out/revenue
`;

const orders = `id,customer,amount,ordered_on
1,Ada,12.50,2026-01-03
2,Grace,30.00,2026-01-05
3,Ada,7.25,2026-01-19
`;

const ignored = `# Caches, runs and logs of Mason.
${ignoredDirectory}
.env
data/out/
`;
