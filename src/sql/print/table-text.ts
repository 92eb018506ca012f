/** Statements that make or fill a table of the engine. */

import { invariant } from "../../invariant.ts";
import type { TableSink } from "../../job/job.ts";
import type { Form } from "../ir.ts";
import { quoteIdentifier, quoteString, quoteTable } from "../quote.ts";
import { Refusal } from "../refusal.ts";
import { derived } from "./block.ts";
import { formText } from "./form-text.ts";
import type { PrintDialect, Template } from "./print-dialect.ts";

/** The statement that writes the rows of a form to a table. Throws Refusal. */
export function writeText(form: Form, sink: TableSink, to: PrintDialect): string {
  refuseRules(sink, to);
  return sink.mode === "create" ? createText(form, sink, to) : insertText(form, sink, to);
}

function createText(form: Form, sink: TableSink, to: PrintDialect): string {
  const options = optionsText(sink, to);
  const { identifierQuote } = to.tables;
  const head = `CREATE TABLE ${quoteTable(sink.table, { ...to.dialect, identifierQuote })}`;
  return `${options === "" ? head : `${head}\n${options}`} AS\n${formText(form, to)}`;
}

/** Columns by name: the table may have others, which become null, and another order. */
function insertText(form: Form, sink: TableSink, to: PrintDialect): string {
  const names = (form.columns ?? sink.into?.columns)?.map(({ name }) => quoteIdentifier(name, to.dialect));
  if (names === undefined)
    throw new Refusal(
      `The rows of the query can't be added to "${sink.table.join(".")}", since the columns of neither are known. Declare the table.`,
    );
  const head = `INSERT INTO ${quoteTable(sink.table, to.dialect)} (${names.join(", ")})`;
  const text = formText(form, to);
  return `${head}\n${form.columns === null ? `SELECT ${names.join(", ")}\nFROM ${derived(text, "t1")}` : text}`;
}

/** What a rule about misfits does depends on reading files. */
function refuseRules({ into }: TableSink, to: PrintDialect): void {
  if (into?.onMismatch === undefined) return;
  throw new Refusal(
    `"${into.name}" has the rule on_mismatch: ${into.onMismatch}, which the dialect "${to.dialect.name}" can't follow when it writes a table. Remove the rule.`,
  );
}

function optionsText(sink: TableSink, to: PrintDialect): string {
  const { tables } = to;
  const text = (value: string) => quoteString(value, to.dialect);
  const format =
    sink.format === undefined ? [] : [text(known(tables.formats[sink.format], `tables of ${sink.format}`, to))];
  const folders = sink.partitionBy.map((name) => text(name)).join(", ");
  const options = [
    ...format.map((value) => option(tables.format, value, "the format of a table", to)),
    ...(folders === "" ? [] : [option(tables.partitionBy, folders, "partitions of a table", to)]),
    ...(sink.location === undefined ? [] : [option(tables.location, text(sink.location), "the place of a table", to)]),
  ];
  return options.length === 0 ? "" : filled(tables.all, options.join(", "));
}

const option = (template: Template, value: string, what: string, to: PrintDialect) =>
  filled(known(template, what, to), value);

const filled = (template: string, value: string) => {
  invariant(template.includes("{0}"), `"${template}" has no place for its value.`);
  return template.replace("{0}", () => value);
};

function known(template: Template, what: string, to: PrintDialect): string {
  if (typeof template === "string") return template;
  throw new Refusal(`The dialect "${to.dialect.name}" can't write ${what}: ${template.refuse}`);
}
