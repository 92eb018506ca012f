import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CanonicalJob } from "../../../../src/job/job.ts";
import { csv, type LocalRun, localRun, source, target } from "./local-run.ts";

let run: LocalRun;
beforeAll(async () => {
  run = await localRun();
});
afterAll(() => run.close());

interface Row {
  readonly k: number | null;
  readonly o: number | null;
  readonly v: number;
}
type Dedupe = Extract<CanonicalJob, { kind: "dedupe" }>;

/** What a dedupe must keep, said plainly: sort each key's rows (nulls last, ties by place), take one end. */
function expected(rows: readonly Row[], job: Pick<Dedupe, "orderBy" | "keep">): readonly Row[] {
  const groups = new Map<number | null, Row[]>();
  for (const row of rows) groups.set(row.k, [...(groups.get(row.k) ?? []), row]);
  const [order] = job.orderBy;
  const compare = (a: Row, b: Row) => {
    if (order === undefined || a.o === b.o) return 0;
    if (a.o === null || b.o === null) return a.o === null ? 1 : -1;
    return order.descending ? b.o - a.o : a.o - b.o;
  };
  const kept = [...groups.values()].map((group) => [...group].sort(compare).at(job.keep === "first" ? 0 : -1));
  return rows.filter((row) => kept.includes(row));
}

let outputs = 0;

test.each(["csv", "parquet"] as const)("keeps the row that it should, from %s", async (format) => {
  const value = fc.option(fc.integer({ min: 0, max: 3 }));
  const anyJob = fc.record({
    files: fc.array(fc.array(fc.record({ k: value, o: value }), { minLength: 1, maxLength: 12 }), {
      minLength: 1,
      maxLength: 3,
    }),
    keep: fc.constantFrom("first" as const, "last" as const),
    orderBy: fc.constantFrom([], [{ column: "o", descending: false }], [{ column: "o", descending: true }]),
  });
  await fc.assert(
    fc.asyncProperty(anyJob, async ({ files, keep, orderBy }) => {
      const name = `${format}-${++outputs}`;
      let v = 0;
      const numbered = files.map((rows) => rows.map((row): Row => ({ ...row, v: ++v })));
      const uris = await Promise.all(
        numbered.map((rows, at) =>
          run.put(
            `${name}/${at}.csv`,
            `k,o,v\n${rows.map((row) => `${row.k ?? ""},${row.o ?? ""},${row.v}\n`).join("")}`,
          ),
        ),
      );
      const from = source(uris, "csv", "k bigint, o bigint, v bigint", { csv });
      const data = format === "csv" ? from : await asParquet(uris, name);
      const to = `${name}.jsonl`;
      const facts = await run.facts({
        kind: "dedupe",
        source: data,
        keys: ["k"],
        orderBy,
        keep,
        target: target(run.uri(to), "jsonl", { shape: "file" }),
      });
      const rows = (await run.read(to)).split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Row]));
      const wanted = expected(numbered.flat(), { orderBy, keep });
      expect([...rows].sort((a, b) => a.v - b.v)).toEqual(wanted);
      expect(facts).toMatchObject({ rows: wanted.length, rows_in: v, removed: v - wanted.length });
    }),
    { numRuns: 25 },
  );
});

/** Each file rewritten, in the same order. */
async function asParquet(uris: readonly string[], name: string) {
  const files: string[] = [];
  for (const [at, uri] of uris.entries()) {
    const from = source([uri], "csv", "k bigint, o bigint, v bigint", { csv });
    files.push(run.uri(`${name}/${at}.parquet`));
    await run.facts({ kind: "format", source: from, target: target(files.at(-1) ?? "", "parquet", { shape: "file" }) });
  }
  return source(files, "parquet", "k bigint, o bigint, v bigint");
}

test("whole rows, nulls and nested values too", async () => {
  const file = await run.put(
    "whole.jsonl",
    '{"a":1,"l":[1]}\n{"a":1,"l":[1]}\n{"a":null}\n{"a":null}\n{"a":1,"l":[2]}\n',
  );
  const facts = await run.facts({
    kind: "dedupe",
    source: source([file], "jsonl", "a bigint, l array<bigint>"),
    keys: [],
    orderBy: [],
    keep: "first",
    target: target(run.uri("whole-out"), "parquet"),
  });
  expect(facts).toMatchObject({ rows: 3, rows_in: 5, removed: 2 });
});

test("columns named like our own do no harm", async () => {
  const file = await run.put("names.csv", "mason_row,file_index,v\n1,1,a\n1,2,b\n");
  const data = source([file], "csv", "mason_row bigint, file_index bigint, v string", { csv });
  await run.facts({
    kind: "format",
    source: data,
    target: target(run.uri("names.parquet"), "parquet", { shape: "file" }),
  });
  for (const [at, from] of [
    data,
    source([run.uri("names.parquet")], "parquet", "mason_row bigint, file_index bigint, v string"),
  ].entries()) {
    const to = `names-out-${at}.csv`;
    await run.facts({
      kind: "dedupe",
      source: from,
      keys: ["mason_row"],
      orderBy: [],
      keep: "last",
      target: target(run.uri(to), "csv", { shape: "file" }),
    });
    expect(await run.read(to)).toBe("mason_row,file_index,v\n1,2,b\n");
  }
});
