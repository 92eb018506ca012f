/** What DuckDB's tree of a statement names, with constants that are no JSON. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { type LocalRun, localRun } from "./local-run.ts";

let run: LocalRun;
beforeEach(async () => {
  run = await localRun();
});
afterEach(() => run.close());

test.each(["1e400", "-1e400", "1e400, 'Infinity', 'a\"b -Infinity', \"NaN\""])("select %s from d.t", async (values) => {
  expect(await run.execution.references?.([`select ${values} from d.t`])).toEqual([
    { ok: true, kind: "select", tables: [["d", "t"]] },
  ]);
});
