/** A few plans that show everything that a view has to draw, by name. */

import type { Plan } from "../../src/plan/plan.ts";
import { columnsOf, fakeChange, fakeDrift, fakePlan, fakeRegistration, fakeStep } from "./plan.ts";

const oldSql = `select customer_id,
       sum(amount) as revenue
from orders
where order_date >= date '2026-01-01'
group by customer_id
order by revenue desc
limit 10
`;
const newSql = oldSql
  .replace("sum(amount)", "sum(amount - coalesce(refund, 0))")
  .replace(
    "limit 10",
    "-- the limit is a parameter now, since several teams use this query with limits of their own\nlimit $limit",
  );
const longText = (word: string) => Array.from({ length: 40 }, (_, index) => `${word} line ${index}`).join("\n");
const digests = [0, 1].map((digit) => `${digit}`.repeat(64));

const mixed = fakePlan(
  [
    fakeChange("config.6", {
      action: "update",
      reasons: [{ code: "definition_changed", text: "definition changed" }],
      fields: [{ path: "clients.local.configuration.threads", before: 2, after: 4 }],
    }),
    fakeChange("operator.sales:top_customers", {
      action: "update",
      summary: "The customers with the highest revenue",
      reasons: [{ code: "definition_changed", text: "definition changed" }],
      fields: [
        { path: "work.sql", before: oldSql, after: newSql },
        { path: "description", after: "The customers with the highest revenue" },
      ],
    }),
    fakeChange("workflow.table:export", { summary: "Runs a query and writes what it gives in another format" }),
    fakeChange("database.sales"),
    fakeChange("table.sales.orders", { summary: "5 columns, parquet, partitioned by order_date" }),
    fakeChange("table.sales.customers", {
      action: "update",
      reasons: [
        { code: "definition_changed", text: "columns changed" },
        { code: "changed_outside", text: "changed outside of Mason: columns.segment, comment" },
      ],
      fields: [
        { path: "columns.amount", before: "double", after: "decimal(18,2)" },
        { path: "columns.email", after: "string" },
        { path: "columns.fax", before: "string" },
        { path: "columns.segment", before: "varchar(8)", after: "string", drift: true },
        {
          path: "comment",
          before: "Customers of the online shop, without those who asked to be forgotten, since 2019-03-01",
          after: "Customers of the online shop, without those who asked to be forgotten, since 2021-07-15",
          drift: true,
        },
      ],
    }),
    fakeChange("table.sales.returns", {
      action: "replace",
      summary: "3 columns, parquet",
      reasons: [{ code: "definition_changed", text: "format changed" }],
      fields: [{ path: "format", before: "csv", after: "parquet" }],
      notes: ["only the catalogue changes, the files stay where they are"],
    }),
    fakeChange("table.sales.old_orders", {
      action: "delete",
      reasons: [{ code: "no_longer_declared", text: "no longer declared" }],
      notes: ["its files are deleted too"],
    }),
    fakeChange("table.sales.visits", {
      action: "adopt",
      reasons: [{ code: "adopted", text: "already there, adopted" }],
    }),
    fakeChange("table.sales.gone", {
      action: "forget",
      summary: "already gone",
      reasons: [{ code: "no_longer_declared", text: "no longer declared" }],
    }),
    fakeChange("deployment.load_orders", {
      action: "run",
      reasons: [{ code: "inputs_changed", text: "inputs changed: raw/orders (+2 files, 14 MB)" }],
      steps: [
        fakeStep("step_1", "table:infer", {
          columns: columnsOf(
            "id bigint, amount decimal(18,2), order_date date, customer struct<id: bigint>, note string, placed_at timestamp, channel string",
          ),
        }),
        fakeStep("step_2", "table:format", {
          summary: "sales.orders -> out/latest, parquet",
          effects: {
            reads: [],
            drops: [],
            writes: [{ config: "1", path: "out/latest", real_path: "out/orders" }],
            replaces: [{ config: "1", path: "out/latest", real_path: "out/orders", files: 1, bytes: 1_400_000 }],
          },
        }),
      ],
      notes: ["inputs not watched: s3://acme/rates"],
    }),
    fakeChange("deployment.nightly_export", {
      client: "airflow",
      action: "update",
      reasons: [{ code: "definition_changed", text: "schedule changed" }],
      fields: [
        { path: "schedule", before: "0 2 * * *", after: "30 2 * * *" },
        { path: "bundle", before: digests[0] ?? "", after: digests[1] ?? "" },
      ],
      fireTimes: {
        before: ["2026-11-24T02:00:00.000Z", "2026-11-25T02:00:00.000Z"],
        after: ["2026-11-24T02:30:00.000Z", "2026-11-25T02:30:00.000Z", "2026-11-26T02:30:00.000Z"],
        timezone: "UTC",
      },
    }),
    fakeChange("deployment.office_hours", {
      client: "airflow",
      steps: [fakeStep("run", "sales:refresh", { summary: "", certainty: "unknown" })],
      fireTimes: {
        before: [],
        after: ["2026-11-24T08:00:00.000Z", "2026-11-24T09:00:00.000Z", "2026-11-24T10:00:00.000Z"],
        timezone: "Europe/Paris",
      },
    }),
  ],
  { environment: "prod", unchanged: 12 },
  {
    "deployment.nightly_export": fakeRegistration("nightly_export", "30 2 * * *"),
    "deployment.office_hours": fakeRegistration("office_hours", "0 9-17 * * 1-5", "Europe/Paris"),
    "table.sales.old_orders": { kind: "drop_table", database: "sales", name: "old_orders", deleteData: true },
  },
);

const steps = fakePlan([
  fakeChange("deployment.validated", {
    action: "run",
    reasons: [
      { code: "operator_changed", text: "operator table:validated_infer changed" },
      { code: "last_run_failed", text: "the last run did not succeed" },
    ],
    steps: [
      fakeStep("step_1", "table:infer", { columns: columnsOf("id bigint, name string"), certainty: "predicted" }),
      fakeStep("step_2/step_1", "table:query", {
        summary: "sales.orders, (known after apply) -> tmp/joined, parquet",
        certainty: "unknown",
      }),
      fakeStep("step_2/step_2/a_step_with_a_long_id", "table:format", {
        summary:
          "a/very/long/path/to/the/data/of/a/department/with/a/long/name -> another/very/long/path/for/the/result, parquet, by order_date",
        columns: columnsOf("first_column_with_a_name string, second_column_with_a_name string, third string"),
      }),
      fakeStep("step_3", "sales:delete", { summary: "", raw: ["where_clause"] }),
    ],
  }),
]);

const unicode = fakePlan([
  fakeChange("table.データ.注文", {
    summary:
      "列が二つ、すべての注文とその金額が入っている表です。毎晩更新されます。部門ごとに分かれていて、古い注文は別の表に移されます。",
  }),
  fakeChange("table.sales.café", {
    action: "update",
    reasons: [{ code: "definition_changed", text: "comment changed" }],
    fields: [
      { path: "comment", before: "cafe\u0301 🍰 crème brûlée", after: "\u001b[31mred\u001b[0m \u202eevil\u202c\u0007" },
      {
        path: "columns.価格",
        before: "価格は税込みです。送料は含まれていません。詳しくは別の表を見てください。古い値です。",
        after: "価格は税抜きです。送料は含まれていません。詳しくは別の表を見てください。新しい値です。",
      },
      { path: "description", before: "eins\nzwei\u001b[2J\ndrei", after: "eins\nzwei\u009b\nvier\tfünf" },
    ],
  }),
]);

const definitions = fakePlan([
  ...Array.from({ length: 40 }, (_, index) => fakeChange(`operator.sales:op_${index}`)),
  fakeChange("workflow.sales:all"),
  fakeChange("workflow.sales:changed", {
    action: "update",
    reasons: [{ code: "definition_changed", text: "definition changed" }],
    fields: [{ path: "description", before: longText("old"), after: longText("new") }],
  }),
  fakeChange(
    "deployment.a_deployment_whose_name_is_so_long_that_it_needs_a_line_of_its_own_on_most_of_the_terminals_that_people_have",
    { action: "run", reasons: [{ code: "asked_for", text: "asked for with --run" }] },
  ),
]);

const destroy = fakePlan(
  [
    fakeChange("database.sales", { action: "delete", reasons: [{ code: "destroy", text: "destroy" }] }),
    fakeChange("table.sales.orders", {
      action: "delete",
      reasons: [{ code: "destroy", text: "destroy" }],
      notes: ["its files stay"],
    }),
    fakeChange("deployment.load", {
      action: "delete",
      reasons: [{ code: "destroy", text: "destroy" }],
      notes: ["drops what it made from the catalogue: sales.loaded, database tmp", "files that it wrote stay"],
    }),
  ],
  { destroy: true },
);

/** The plans by name; the golden screens have these names. */
export const examplePlans: Readonly<Record<string, Plan>> = {
  mixed,
  steps,
  unicode,
  definitions,
  destroy,
  nothing: fakePlan([], { unchanged: 7 }),
  drift: fakePlan(
    [
      fakeChange("table.sales.orders", {
        action: "update",
        reasons: [{ code: "new_column", text: "new column outside of Mason: note" }],
        fields: [{ path: "columns.note", before: "string", drift: true }],
      }),
    ],
    {
      drift: [
        fakeDrift(
          "table.sales.orders",
          "new column outside of Mason: note",
          "mason state import table.sales.orders --write",
        ),
        fakeDrift(
          "table.sales.events",
          "column amount is decimal(18,2) in the catalogue and string in warehouse/events/day=2026-01-02/part-0001.parquet",
          'declare amount as "string"',
        ),
      ],
    },
  ),
  drifted: fakePlan([], { unchanged: 7, drift: [fakeDrift("database.sales", "changed outside of Mason: comment")] }),
  partial: fakePlan([fakeChange("database.sales")], { leftOut: 3 }),
};

/** A plan of this many changes of all sorts. */
export const largePlan = (count: number): Plan =>
  fakePlan(
    Array.from({ length: count }, (_, index) =>
      index % 4 === 0
        ? fakeChange(`table.sales.t${index}`, { summary: "5 columns, parquet, partitioned by order_date" })
        : index % 4 === 1
          ? fakeChange(`table.sales.t${index}`, {
              action: "update",
              reasons: [{ code: "definition_changed", text: "columns changed" }],
              fields: [{ path: "columns.amount", before: "double", after: "decimal(18,2)" }],
            })
          : index % 4 === 2
            ? fakeChange(`deployment.d${index}`, {
                action: "run",
                reasons: [{ code: "new", text: "not run yet" }],
                steps: [
                  fakeStep("a", "table:infer", { columns: columnsOf("id bigint, name string") }),
                  fakeStep("b", "table:format"),
                ],
              })
            : fakeChange(`table.sales.t${index}`, {
                action: "delete",
                reasons: [{ code: "no_longer_declared", text: "no longer declared" }],
                notes: ["its files stay"],
              }),
    ),
  );
