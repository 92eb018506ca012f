/** Forms against an interpreter in a few lines: whatever is stacked on whatever, the printed SELECT gives the same rows. */
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bigint, boolean, string } from "../../src/model/data-type.ts";
import { column } from "../../src/model/schema.ts";
import {
  call,
  caseWhen,
  columnValue,
  compare,
  type Expression,
  isNull,
  joined,
  literal,
  not,
  type Order,
} from "../../src/sql/expression.ts";
import {
  aggregate,
  columnsOf,
  distinct,
  expand,
  type Form,
  filter,
  limit,
  pick,
  project,
  scan,
  sort,
  union,
  values,
  window,
} from "../../src/sql/ir.ts";
import { formText } from "../../src/sql/print/form-text.ts";
import { printDialect } from "./statement-jobs.ts";

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create()).connect();
  await connection.run("CREATE TABLE t (a BIGINT, b BIGINT)");
  await connection.run("INSERT INTO t VALUES (1, 10), (1, 10), (2, NULL), (NULL, 5), (NULL, NULL), (3, -1), (0, 0)");
});
afterAll(() => connection.closeSync());

type Value = number | boolean | null;
type Row = Readonly<Record<string, Value>>;
const stored: readonly Row[] = [
  [1, 10],
  [1, 10],
  [2, null],
  [null, 5],
  [null, null],
  [3, -1],
  [0, 0],
].map(([a = null, b = null]) => ({ a, b }));

function resultOf(expression: Expression, row: Row): Value {
  const of = (part: Expression) => resultOf(part, row);
  switch (expression.kind) {
    case "column":
      return row[expression.name] ?? null;
    case "literal":
      return expression.text === null ? null : Number(expression.text);
    case "compare": {
      const [left, right] = [of(expression.left), of(expression.right)];
      if (left === null || right === null) return null;
      return expression.operator === "=" ? left === right : left < right;
    }
    case "is_null":
      return of(expression.value) === null;
    case "not": {
      const value = of(expression.value);
      return value === null ? null : !value;
    }
    case "and":
    case "or": {
      const found = expression.parts.map(of);
      const decides = expression.kind === "or";
      if (found.includes(decides)) return decides;
      return found.includes(null) ? null : !decides;
    }
    case "case":
      return of(expression.when) === true
        ? of(expression.value)
        : expression.otherwise
          ? of(expression.otherwise)
          : null;
    case "call":
      return Number(of(expression.values[0] as Expression)) - Number(of(expression.values[1] as Expression));
    default:
      throw new Error(expression.kind);
  }
}

function inOrder(rows: readonly Row[], orderBy: readonly Order[]): readonly Row[] {
  const sign = ({ value, descending, nulls }: Order, a: Row, b: Row) => {
    const [x, y] = [resultOf(value, a), resultOf(value, b)];
    if (x === y) return 0;
    if (x === null || y === null) return (x === null) === (nulls === "first") ? -1 : 1;
    return (x < y ? -1 : 1) * (descending ? -1 : 1);
  };
  return [...rows].sort((a, b) => orderBy.map((order) => sign(order, a, b)).find((found) => found !== 0) ?? 0);
}

const named = (form: Form, found: readonly Value[]): Row =>
  Object.fromEntries(columnsOf(form).map(({ name }, at) => [name, found[at] ?? null]));

function grouped(rows: readonly Row[], keyOf: (row: Row) => unknown): readonly (readonly Row[])[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows)
    groups.set(JSON.stringify(keyOf(row)), [...(groups.get(JSON.stringify(keyOf(row))) ?? []), row]);
  return [...groups.values()];
}

function aggregated(value: Expression, rows: readonly Row[]): Value {
  if (value.kind !== "call") throw new Error(value.kind);
  const [argument] = value.values;
  if (argument === undefined) return rows.length;
  const found = rows.map((row) => resultOf(argument, row)).filter((item) => item !== null);
  if (value.name === "count") return found.length;
  if (value.name === "count_distinct") return new Set(found).size;
  return found.length === 0 ? null : Math.max(...found.map(Number));
}

function rowsOf(form: Form): readonly Row[] {
  switch (form.kind) {
    case "scan":
      return stored;
    case "values":
      return form.rows.map((row) =>
        named(
          form,
          row.map((value) => resultOf(value, {})),
        ),
      );
    case "filter":
      return rowsOf(form.input).filter((row) => resultOf(form.condition, row) === true);
    case "project":
      return rowsOf(form.input).map((row) =>
        named(
          form,
          form.values.map((value) => resultOf(value, row)),
        ),
      );
    case "aggregate": {
      const groups = grouped(rowsOf(form.input), (row) => form.groups.map((name) => row[name]));
      const all = form.groups.length === 0 && groups.length === 0 ? [[]] : groups;
      return all.map((rows) =>
        named(form, [
          ...form.groups.map((name) => rows[0]?.[name] ?? null),
          ...form.values.map((value) => aggregated(value, rows)),
        ]),
      );
    }
    case "window": {
      const name = form.columns.at(-1)?.name ?? "";
      const groups = grouped(rowsOf(form.input), (row) => form.partitionBy.map((value) => resultOf(value, row)));
      return groups.flatMap((rows) => inOrder(rows, form.orderBy).map((row, at) => ({ ...row, [name]: at + 1 })));
    }
    case "expand":
      return rowsOf(form.input).flatMap((row) =>
        form.rows.map((items) =>
          named(
            form,
            items.map((value) => resultOf(value, row)),
          ),
        ),
      );
    case "distinct":
      return grouped(rowsOf(form.input), Object.values).flatMap((rows) => rows.slice(0, 1));
    case "union":
      return form.inputs.flatMap((input) => rowsOf(input).map((row) => named(form, Object.values(row))));
    case "sort":
      return inOrder(rowsOf(form.input), form.orderBy);
    case "limit":
      return rowsOf(form.input).slice(0, form.rows);
    default:
      throw new Error(form.kind);
  }
}

/** What may be stacked on a form; `pick` numbers choose among its columns. */
const anyStep = fc.tuple(fc.nat({ max: 11 }), fc.nat({ max: 9 }), fc.nat({ max: 9 }), fc.integer({ min: -1, max: 4 }));
let names = 0;

function stacked(form: Form, [step, first, second, number]: readonly [number, number, number, number]): Form {
  const columns = columnsOf(form).filter(({ type }) => type.kind === "int");
  const column = (at: number) =>
    columnValue(columns[at % columns.length] ?? columnsOf(form)[0] ?? { name: "", type: bigint });
  const [a, b, constant] = [column(first), column(second), literal(String(number), bigint)];
  const fresh = () => `n${++names}`;
  const total = (descending: boolean): readonly Order[] =>
    columnsOf(form).map((item, at) => ({
      value: columnValue(item),
      descending: descending !== (at % 2 === 1),
      nulls: first % 2 === 0 ? "first" : "last",
    }));
  switch (step) {
    case 0:
      return filter(form, joined("or", [compare("<", a, constant), isNull(b)]));
    case 1:
      return filter(form, not(joined("and", [compare("=", a, b), compare("<", b, constant)])));
    case 2:
      return pick(
        form,
        columnsOf(form)
          .map(({ name }) => name)
          .reverse(),
      );
    case 3:
      return project(form, [
        { name: fresh(), value: caseWhen(compare("<", a, constant), a, b) },
        { name: fresh(), value: b },
        { name: fresh(), value: caseWhen(isNull(a), constant) },
      ]);
    case 4:
      return aggregate(
        form,
        columns.slice(0, number % 2).map(({ name }) => name),
        [
          { name: fresh(), value: call("count_rows", [], bigint) },
          { name: fresh(), value: call("count", [a], bigint) },
          { name: fresh(), value: call("count_distinct", [b], bigint) },
          { name: fresh(), value: call("max", [b], bigint) },
        ],
      );
    case 5:
      return window(
        form,
        { name: fresh(), value: call("row_number", [], bigint) },
        { partitionBy: [a], orderBy: total(false) },
      );
    case 6:
      return distinct(form);
    case 7:
      return union([form, form]);
    case 8:
      return limit(sort(form, total(second % 2 === 0)), Math.abs(number));
    case 9:
      return expand(
        form,
        [
          { name: fresh(), type: bigint, nullable: true },
          { name: fresh(), type: bigint, nullable: true },
        ],
        [
          [a, b],
          [constant, a],
        ],
      );
    case 10:
      return union([
        project(form, [{ name: "u", value: a }]),
        values([{ name: "u", type: bigint, nullable: true }], number < 0 ? [] : [[constant], [literal(null, bigint)]]),
      ]);
    default:
      return filter(form, joined(number < 2 ? "and" : "or", []));
  }
}

const bag = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).sort();

test("what is stacked gives the rows that it says", async () => {
  const table = scan(["t"], [column("a", bigint), column("b", bigint)]);
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 6 }), async (steps) => {
      names = 0;
      const form = steps.reduce(stacked, table);
      const sql = formText(form, printDialect("duckdb"));
      const found = (await connection.runAndReadAll(sql)).getRowsJson();
      const plain = found.map((row) => row.map((value) => (value === null ? null : Number(value))));
      const wanted = rowsOf(form).map((row) => columnsOf(form).map(({ name }) => row[name] ?? null));
      expect(bag(plain), sql).toEqual(bag(wanted));
    }),
    { numRuns: 400 },
  );
});

describe("forms are checked when they are made", () => {
  const table = scan(["lake", "t"], [column("a", bigint), column("B", string)]);
  const a = columnValue({ name: "a", type: bigint });
  test.each<[string, () => unknown, RegExp]>([
    ["a column that is not there", () => pick(table, ["c"]), /no column "c"/],
    [
      "a name of no column in an expression",
      () => filter(table, isNull(columnValue({ name: "x", type: boolean }))),
      /"x"/,
    ],
    ["two columns of one name", () => scan(["t"], [column("a", bigint), column("A", bigint)]), /one name: a, A/],
    ["a condition that is none", () => filter(table, a), /A condition is a bigint/],
    ["values of two types", () => compare("=", a, literal("x", string)), /bigint is compared with a string/],
    ["a union of other columns", () => union([table, pick(table, ["a"])]), /different columns/],
    ["a case of two types", () => caseWhen(isNull(a), a, literal("", string)), /gives a bigint or a string/],
    ["a limit below zero", () => limit(table, -1), /no number of rows/],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(message);
    expect(make).toThrow("This is a bug in Mason.");
  });

  test("a plain column keeps its origin, a computed one has none", () => {
    const form = project(filter(table, isNull(a)), [
      { name: "renamed", value: a },
      { name: "computed", value: caseWhen(isNull(a), a) },
    ]);
    expect(columnsOf(distinct(form)).map(({ origin }) => origin)).toEqual([
      { table: ["lake", "t"], column: "a" },
      null,
    ]);
  });
});
