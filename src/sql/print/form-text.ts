/** The relational form as one SELECT of a dialect. */
import { unreachable } from "../../invariant.ts";
import { columnsIn, type Expression } from "../expression.ts";
import { columnsOf, type Form } from "../ir.ts";
import { quoteIdentifier, quoteString, quoteTable } from "../quote.ts";
import { Refusal } from "../refusal.ts";
import { type Block, type BlockColumn, blockOver, derived, isUpTo, selectText, textOf } from "./block.ts";
import { expressionText, orderText } from "./expression-text.ts";
import { limitedText } from "./limited-text.ts";
import type { PrintDialect } from "./print-dialect.ts";

/** The SELECT that gives the rows of a form. Throws Refusal for what the dialect does not know. */
export function formText(form: Form, to: PrintDialect): string {
  return printed(form, { to, tables: 0 });
}

/** `tables`: how many derived tables have a name. */
interface Printing {
  readonly to: PrintDialect;
  tables: number;
}

function printed(form: Form, printing: Printing): string {
  // A user's text stays as it is where nothing is added.
  if (form.kind === "text") return form.sql;
  if (form.kind === "union") return form.inputs.map((input) => unitedText(input, printing)).join("\nUNION ALL\n");
  if (form.kind === "limit" && form.input.kind === "text") return limitedText(form.input.sql, form.rows, printing.to);
  if (form.kind === "made_up") return madeUpText(form, printing.to);
  return selectText(blockOf(form, printing), printing.to);
}

/** An input of a union. An order or a limit of its own would end the whole, so it becomes a derived table. */
function unitedText(input: Form, printing: Printing): string {
  return input.kind === "union" ? printed(input, printing) : selectText(upTo("distinct", input, printing), printing.to);
}

function blockOf(form: Form, printing: Printing): Block {
  switch (form.kind) {
    case "scan":
      return scanBlock(form, printing);
    case "text":
    case "union":
    case "made_up":
      return wrapped(printed(form, printing), form, printing);
    case "values":
      return valuesBlock(form, printing);
    case "filter":
      return filterBlock(form, printing);
    case "project":
      return projectBlock(form, printing);
    case "aggregate":
      return aggregateBlock(form, printing);
    case "window":
      return windowBlock(form, printing);
    case "expand":
      return expandBlock(form, printing);
    case "distinct":
      return { ...upTo("computed", form.input, printing), isDistinct: true, stage: "distinct" };
    case "sort": {
      const block = upTo("distinct", form.input, printing);
      return { ...block, orderBy: orderText(form.orderBy, textOf(block), printing.to), stage: "ordered" };
    }
    case "limit":
      return limitBlock(form, printing);
    default:
      return unreachable(form);
  }
}

/** The block of a form, as a derived table if it is filled beyond a stage. */
function upTo(stage: Parameters<typeof isUpTo>[1], form: Form, printing: Printing): Block {
  const block = blockOf(form, printing);
  return isUpTo(block, stage) ? block : wrapped(selectText(block, printing.to), form, printing);
}

function wrapped(text: string, form: Form, printing: Printing): Block {
  const names = form.columns?.map(({ name }) => name) ?? null;
  return blockOver(derived(text, aliasOf(printing)), names, printing.to);
}

function aliasOf(printing: Printing): string {
  printing.tables++;
  return `t${printing.tables}`;
}

function scanBlock(form: Extract<Form, { kind: "scan" }>, { to }: Printing): Block {
  const block = blockOver(
    quoteTable(form.table, to.dialect),
    form.columns.map(({ name }) => name),
    to,
  );
  if (form.place === null) return block;
  const text = to.capabilities.rowPlace;
  if (text === null)
    throw new Refusal(`The dialect "${to.dialect.name}" does not know the place of a row in its table.`);
  const columns = block.columns?.map((column) => (column.name === form.place ? { ...column, text } : column)) ?? null;
  return { ...block, columns };
}

const madeUpText = (form: Extract<Form, { kind: "made_up" }>, to: PrintDialect): string => {
  if (typeof to.madeUp === "function") return to.madeUp(form);
  throw new Refusal(`The dialect "${to.dialect.name}" makes up no rows: ${to.madeUp.refuse}`);
};

/** Rows of constants are SELECTs without FROM, united. Without rows, one that its condition takes away. */
function valuesBlock(form: Extract<Form, { kind: "values" }>, printing: Printing): Block {
  const { to } = printing;
  const rowBlock = (row: readonly Expression[]): Block => ({
    ...blockOver(undefined, [], to),
    columns: row.map((value, at) => computedColumn(form.columns[at]?.name ?? "", expressionText(value, String, to))),
    stage: "computed",
  });
  const [first, ...others] = form.rows;
  if (first !== undefined && others.length === 0) return rowBlock(first);
  if (first !== undefined) {
    const text = form.rows.map((row) => selectText(rowBlock(row), to)).join("\nUNION ALL\n");
    return wrapped(text, form, printing);
  }
  const nulls = form.columns.map(({ type }): Expression => ({ kind: "literal", text: null, type }));
  return { ...rowBlock(nulls), where: ["FALSE"] };
}

const computedColumn = (name: string, text: string): BlockColumn => ({ name, text, isName: false });

function filterBlock(form: Extract<Form, { kind: "filter" }>, printing: Printing): Block {
  const block = upTo("where", form.input, printing);
  const { condition } = form;
  const text = expressionText(condition, textOf(block), printing.to);
  const where = condition.kind === "or" && condition.parts.length > 1 ? `(${text})` : text;
  return { ...block, where: [...block.where, where], stage: "where" };
}

function projectBlock(form: Extract<Form, { kind: "project" }>, printing: Printing): Block {
  const { to } = printing;
  const own = upTo("computed", form.input, printing);
  const isPlain = form.values.every(({ kind }) => kind === "column");
  const names = new Set(own.columns?.flatMap(({ name, isName }) => (isName ? [name] : [])));
  const repeats = form.values.some(
    (value) => value.kind !== "column" && columnsIn(value).some((name) => !names.has(name)),
  );
  const block = repeats ? wrapped(selectText(own, to), form.input, printing) : own;
  const columns = form.values.map((value, at): BlockColumn => {
    const name = columnsOf(form)[at]?.name ?? "";
    const known = value.kind === "column" ? block.columns?.find((column) => column.name === value.name) : undefined;
    return known === undefined ? computedColumn(name, expressionText(value, textOf(block), to)) : { ...known, name };
  });
  return { ...block, columns, stage: isPlain ? block.stage : "computed" };
}

function aggregateBlock(form: Extract<Form, { kind: "aggregate" }>, printing: Printing): Block {
  const block = namesOnly(form.input, printing);
  const of = textOf(block);
  const groups = form.groups.map((name): BlockColumn => ({ name, text: of(name), isName: true }));
  const computed = form.values.map((value, at) =>
    computedColumn(form.columns[groups.length + at]?.name ?? "", expressionText(value, of, printing.to)),
  );
  return { ...block, columns: [...groups, ...computed], groupBy: groups.map(({ text }) => text), stage: "computed" };
}

function windowBlock(form: Extract<Form, { kind: "window" }>, printing: Printing): Block {
  const { to } = printing;
  const block = namesOnly(form.input, printing);
  const of = textOf(block);
  const partition = form.partitionBy.map((value) => expressionText(value, of, to));
  const over = [
    ...(partition.length === 0 ? [] : [`PARTITION BY ${partition.join(", ")}`]),
    ...(form.orderBy.length === 0 ? [] : [`ORDER BY ${orderText(form.orderBy, of, to).join(", ")}`]),
  ];
  const text = `${expressionText(form.value, of, to)} OVER (${over.join(" ")})`;
  const added = computedColumn(form.columns.at(-1)?.name ?? "", text);
  return { ...block, columns: [...(block.columns ?? []), added], stage: "computed" };
}

/** A block up to WHERE whose columns are plain names, which may stand anywhere. */
function namesOnly(input: Form, printing: Printing): Block {
  const block = upTo("where", input, printing);
  const isPlain = block.columns?.every(({ isName }) => isName) ?? false;
  return isPlain ? block : wrapped(selectText(block, printing.to), input, printing);
}

function limitBlock(form: Extract<Form, { kind: "limit" }>, printing: Printing): Block {
  const { input, rows } = form;
  if (input.kind === "text") return wrapped(limitedText(input.sql, rows, printing.to), form, printing);
  const block = upTo("ordered", input, printing);
  return { ...block, limit: rows, stage: "limited" };
}

function expandBlock(form: Extract<Form, { kind: "expand" }>, printing: Printing): Block {
  const { to } = printing;
  const input = wrappedInput(form.input, printing);
  const of = textOf(input);
  const rows = form.rows.map((row) => row.map((value) => expressionText(value, of, to)));
  const names = form.columns.map(({ name }) => name);
  const quoted = names.map((name) => quoteIdentifier(name, to.dialect));
  switch (to.capabilities.expand) {
    case "array_of_rows": {
      const list = rows.map((row) => `  ROW(${row.join(", ")})`).join(",\n");
      const from = `${input.from} CROSS JOIN UNNEST(ARRAY[\n${list}\n]) AS ${aliasOf(printing)} (${quoted.join(", ")})`;
      return blockOver(from, names, to);
    }
    case "list_of_structs": {
      const fields = (row: readonly string[]) =>
        row.map((text, at) => `${quoteString(names[at] ?? "", to.dialect)}: ${text}`).join(", ");
      const list = rows.map((row) => `  {${fields(row)}}`).join(",\n");
      const text = `SELECT unnest([\n${list}\n], recursive := true)\nFROM ${input.from}`;
      return blockOver(derived(text, aliasOf(printing)), names, to);
    }
  }
}

/** An input that is nothing but FROM. */
const wrappedInput = (input: Form, printing: Printing): Block => wrapped(printed(input, printing), input, printing);
