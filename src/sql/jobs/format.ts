/** A table in another format, with some of its columns, or with some of its partitions. */
import type { AnyJob } from "../../job/job.ts";
import { compare, type Expression, isNull, joined, literal } from "../expression.ts";
import { columnOf, type Form, filter, pick } from "../ir.ts";
import { rowsOf } from "./relation.ts";

type Format = Extract<AnyJob, { kind: "format" }>;

/** The rows of a format job. */
export function formatForm({ source, columns, partitions }: Format): Form {
  const all = rowsOf(source);
  const wanted = partitions === undefined ? all : filter(all, anyPartition(all, partitions));
  return columns === undefined ? wanted : pick(wanted, columns);
}

/** Compares typed values, so that an engine reads only the wanted partitions. An empty list wants none. */
const anyPartition = (rows: Form, wanted: readonly Readonly<Record<string, string | null>>[]): Expression =>
  joined(
    "or",
    wanted.map((values) =>
      joined(
        "and",
        Object.entries(values).map(([key, value]) => {
          const column = columnOf(rows, key);
          return value === null ? isNull(column) : compare("=", column, literal(value, column.type));
        }),
      ),
    ),
  );
