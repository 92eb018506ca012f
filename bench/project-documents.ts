/**
 * The documents of a generated project: a config, then blocks of 50 resources that look like those of a data team. Every resource
 * depends on up to two earlier ones besides the config and the database that it lives in. The same number gives the same text.
 */

/** A database, 14 tables, 5 SQL operators, 8 workflows and 22 deployments. */
export const blockSize = 50;

/** What deployments do: `all`, or `no SQL`: the same without SQL and without operators that compute, or `none`: there are no deployments. */
export type Mix = "all" | "no SQL" | "none";

const [firstOperator, firstWorkflow, firstDeployment] = [15, 20, 28];

/** The first document of each project. */
export const configDocument = `type: config
id: 1
description: Everything on this machine
metastore_engine: local
storage_engine: local
execution_engine: local
scheduler_engine: local
clients:
  local:
    configuration: { root: data, threads: 2, memory_limit: 1GB }
`;

/** The resource at a place (0-based) after the config. */
export function resourceDocument(at: number, mix: Mix): string {
  const [block, place] = [Math.floor(at / blockSize), at % blockSize];
  if (place === 0) return databaseDocument(block);
  if (place < firstOperator) return tableDocument(block, place);
  if (place < firstWorkflow) return operatorDocument(block, place - firstOperator);
  if (place < firstDeployment) return workflowDocument(block, place - firstWorkflow, mix);
  return mix === "none" ? tableDocument(block, place) : deploymentDocument(block, place - firstDeployment, mix);
}

const databaseOf = (block: number) => `team_${block}`;
const tableOf = (place: number) => `events_${place}`;

const databaseDocument = (block: number) => `type: database
name: ${databaseOf(block)}
config_id: 1
comment: Tables of team ${block}
`;

function tableDocument(block: number, place: number): string {
  const more = Array.from(
    { length: place % 5 },
    (_, at) => `  - { name: measure_${at}, type: ${["double", "bigint", "string"][at % 3]} }\n`,
  );
  return `type: table
database: ${databaseOf(block)}
name: ${tableOf(place)}
description: Events of kind ${place}, as the source system of team ${block} gives them
config_id: 1
format: parquet
location: warehouse/${databaseOf(block)}/${tableOf(place)}
columns:
  - { name: id, type: bigint, nullable: false }
  - { name: customer_id, type: bigint, nullable: false }
  - { name: country, type: string }
  - { name: status, type: string }
  - { name: amount, type: "decimal(18,2)" }
  - { name: created_at, type: timestamp }
${more.join("")}partitions:
  - { name: event_date, type: date }
`;
}

const operatorDocument = (block: number, number: number) => `type: operator
namespace: ${databaseOf(block)}
command: totals_${number}
description: Totals by country and status, number ${number} of team ${block}
parameters:
  required:
    - { name: source, type: table, description: The events }
    - { name: output_path, type: path, description: Where the totals go }
  optional:
    - { name: least, type: integer, default: ${number}, description: Smaller amounts do not count }
reads: [{ table: "\${source}" }]
writes: [{ path: "\${output_path}" }]
outputs: [{ name: output_path, type: path }]
repeatable: true
sql: |
  select customer_id, country, status, count(*) as events, sum(amount) as amount,
    max(created_at) as created_at
  from $source
  where amount >= $least
  group by all
`;

/** Steps of the workflow with this number: [operator, ids that it depends on]. */
function stepsOf(block: number, number: number, mix: Mix): readonly (readonly [string, readonly number[]])[] {
  if (mix !== "all")
    return ([[], [1], [1], [2, 3], [4]] as const).slice(0, 2 + (number % 4)).map((on) => ["table:list", on]);
  const first = number % 2 === 0 ? "table:query" : `${databaseOf(block)}:totals_${number % 5}`;
  const [start, dedupe] = [[first, []] as const, ["table:dedupe", [1]] as const];
  switch (number % 4) {
    case 0:
      return [start, ["table:format", [1]]];
    case 1:
      return [start, dedupe, ["table:format", [2]]];
    case 2:
      return [start, dedupe, ["table:summarize", [1]], ["table:format", [2, 3]]];
    default:
      return [start, dedupe, ["table:summarize", [1]], ["table:format", [2, 3]], ["table:infer", [4]]];
  }
}

function workflowDocument(block: number, number: number, mix: Mix): string {
  const steps = stepsOf(block, number, mix).map(([operator, on], at) => {
    const [namespace, command] = operator.split(":");
    const after = on.length === 0 ? "" : `    dependencies: [${on.map((id) => `step_${id}`).join(", ")}]\n`;
    return `  - id: step_${at + 1}
    type: operator
    namespace: ${namespace}
    command: ${command}
${after}    retry: exponential(5)
    retry_max: 3
`;
  });
  return `type: workflow
namespace: ${databaseOf(block)}
command: flow_${number}
name: flow_${block}_${number}
description: Flow ${number} of team ${block}
dag:
${steps.join("")}supported_schedulers: [local]
`;
}

/** Two earlier things to read: tables of the block, of the block before, or what an earlier deployment of the block makes. */
function sourcesOf(block: number, number: number): readonly [string, string] {
  const [database, before] = [databaseOf(block), databaseOf(Math.max(0, block - 1))];
  const declared = `${database}.${tableOf(1 + ((number * 5) % 14))}`;
  const other =
    number % 5 === 0
      ? `${before}.${tableOf(1 + ((number * 3) % 14))}`
      : `${database}.${tableOf(1 + ((number * 3 + 1) % 14))}`;
  return [isMaker(number - 2) ? `${database}.made_${number - 2}` : declared, other];
}

/** Every fourth workflow ends with a table. */
const isMaker = (number: number) => number >= 0 && number % 2 === 0 && (number / 2) % 4 === 3;

function deploymentDocument(block: number, number: number, mix: Mix): string {
  const head = `type: deployment
name: load_${block}_${number}
description: Load ${number} of team ${block}
config_id: 1
owner: ${databaseOf(block)}
tags: [${databaseOf(block)}, nightly]
timeout: 2h
`;
  return head + (number % 2 === 0 ? flowCall(block, number, mix) : operatorCall(block, number, mix));
}

const outOf = (block: number, number: number) => `out/${databaseOf(block)}/load_${number}`;

/** A query over two tables; each has another text. */
const sqlOf = (block: number, number: number, other: string, indent: string) =>
  [
    "select t.customer_id, t.country, t.status, max(t.created_at) as created_at,",
    "  sum(t.amount) as amount, count(*) as events, avg(o.amount) as other_amount",
    `from $table t join ${other} o on t.customer_id = o.customer_id`,
    `where t.amount > ${block} and o.status <> 'void_${number}'`,
    "group by t.customer_id, t.country, t.status",
  ]
    .map((line) => `${indent}${line}\n`)
    .join("");

/** Parameters of every step of a workflow. */
function flowCall(block: number, number: number, mix: Mix): string {
  const flow = (number / 2) % 8;
  const [source, other] = sourcesOf(block, number);
  const [database, table] = source.split(".");
  const out = outOf(block, number);
  const steps = stepsOf(block, flow, mix).map(([operator, on], at) => {
    const last = on[0] === undefined ? "" : `\${step_${on[0]}.output_path}`;
    const path = `${out}/${at + 1}`;
    const lines = parametersOf(operator);
    return `  step_${at + 1}:\n    parameters:\n${lines.map((line) => `      ${line}\n`).join("")}`;

    function parametersOf(called: string): readonly string[] {
      switch (called) {
        case "table:list":
          return [`database_name: ${databaseOf(block)}`, `prefix: made_${number}`];
        case "table:query":
          return [
            `database_name: ${database}`,
            `table_name: ${table}`,
            `query_string: |\n${sqlOf(block, number, other, "        ")}      output_path: ${path}`,
          ];
        case "table:dedupe":
          return [
            `input_path: "${last}"`,
            "keys: [customer_id, country]",
            "order_by: [created_at desc]",
            "keep: last",
            `output_path: ${path}`,
          ];
        case "table:summarize":
          return [`input_path: "${last}"`, "columns: [country, amount]", `output_path: ${path}`];
        case "table:format":
          return [`input_path: "${last}"`, "format: parquet", "partition_columns: [status]", `output_path: ${path}`];
        case "table:infer":
          return [`database_name: ${databaseOf(block)}`, `table_name: made_${number}`, `storage_path: "${last}"`];
        default:
          return [`source: ${source}`, `least: ${number}`, `output_path: ${path}`];
      }
    }
  });
  return `workflow: ${databaseOf(block)}:flow_${flow}\nsteps:\n${steps.join("")}`;
}

/** One operator: a SQL operator of the team, a query, or work on the files of a table or of an earlier deployment. */
function operatorCall(block: number, number: number, mix: Mix): string {
  const [source, other] = sourcesOf(block, number);
  const [database, table] = source.split(".");
  const out = outOf(block, number);
  if (mix !== "all") return `operator: table:list\nparameters:\n  database_name: ${database}\n  prefix: ${table}\n`;
  switch (number % 8) {
    case 1:
      return `operator: ${databaseOf(block)}:totals_${number % 5}\nparameters:\n  source: ${source}\n  least: ${number}\n  output_path: ${out}\n`;
    case 3:
      // The name, since no files lie at the location: a path without files is a missing input.
      return `operator: table:format\nparameters:\n  database_name: "\${table.${other}.database}"\n  table_name: "\${table.${other}.name}"\n  format: csv\n  output_path: ${out}\n`;
    case 5:
      return `operator: table:query\nparameters:\n  database_name: ${database}\n  table_name: ${table}\n  query_string: |\n${sqlOf(block, number, other, "    ")}  output_path: ${out}\n`;
    default:
      return `operator: table:summarize\nparameters:\n  input_path: ${outOf(block, number - 2)}\n  columns: [customer_id, country]\n  output_path: ${out}\n`;
  }
}
