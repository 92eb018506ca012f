/** Files of a small project for tests of commands that look at one: a database, a table, a workflow with a deployment that reads it. */
import { localConfig } from "./mason.ts";

export const sample: Readonly<Record<string, string>> = {
  "mason.yaml": "name: sample\ndefault_config: 6\n",
  "config.yaml": localConfig,
  "tables.yaml": `type: database
name: sales
---
type: table
database: sales
name: orders
format: csv
location: raw/orders
columns:
  - { name: id, type: bigint }
  - { name: amount, type: double }
`,
  "workflow.yaml": `type: workflow
namespace: orders
command: export
dag:
  - { id: all, operator: table:query }
  - { id: unique, operator: table:dedupe, dependencies: [all] }
`,
  "deployment.yaml": `type: deployment
name: export
workflow: orders:export
steps:
  all: { parameters: { database_name: sales, query_string: select * from orders, output_path: out/all } }
  unique: { parameters: { input_path: "\${all.output_path}", output_path: out/unique } }
`,
  "raw/orders/a.csv": "id,amount\n1,2.5\n1,2.5\n2,3.5\n",
};
