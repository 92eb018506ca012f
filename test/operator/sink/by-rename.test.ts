import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Storage } from "../../../src/engine/storage.ts";
import type { BuiltinOperator } from "../../../src/operator/operator.ts";
import { dedupe } from "../../../src/operator/table/dedupe.ts";
import { fake } from "../../../src/operator/table/fake.ts";
import { format } from "../../../src/operator/table/format.ts";
import { merge } from "../../../src/operator/table/merge.ts";
import { query } from "../../../src/operator/table/query.ts";
import { ProviderError } from "../../../src/provider/error.ts";
import { type OperatorRun, operatorRun, refused } from "../run-operator.ts";

let run: OperatorRun;
beforeEach(async () => {
  run = await operatorRun();
});
afterEach(() => run.close());

const write = (
  sql: string,
  rest: object = {},
  context: Parameters<OperatorRun["run"]>[2] = {},
  operator: BuiltinOperator = query,
) => run.run(operator, { query_string: sql, output_path: "out/o", output_format: "csv", ...rest }, context);

/** The storage with one verb replaced. */
const withStorage = (part: Partial<Storage>) => ({
  engines: { ...run.engines, storage: { ...run.engines.storage, ...part } },
});

describe("an output is told before anything is written", () => {
  test.each([
    ["query", query, { query_string: "select 1 as n" }, ["out/o"]],
    ["format", format, { input_path: "raw", format: "csv" }, ["out/o"]],
    ["dedupe", dedupe, { input_path: "raw", columns: ["id"] }, ["out/o"]],
    ["merge", merge, { input_path: "raw" }, ["out/o"]],
    ["merge of several layouts", merge, { input_path: "mixed" }, ["out/o"]],
    ["format of several layouts", format, { input_path: "mixed", format: "csv" }, ["out/o", "out/united"]],
    ["dedupe of several layouts", dedupe, { input_path: "mixed", columns: ["id"] }, ["out/o", "out/united"]],
  ] as const)("%s", async (_, operator, parameters, told) => {
    await run.put("raw/a.csv", "id\n1\n");
    await run.put("mixed/a.csv", "id\n1\n");
    await run.put("mixed/b.csv", "x;id\n1;2\n");
    const paths = new Set<string>();
    const willWrite = async (path: string) => {
      // Nothing is there yet that the first word about it would come too late for.
      if (!paths.has(path)) expect((await run.list()).filter((file) => file.startsWith(path))).toEqual([]);
      if (paths.size === 0) expect((await run.list()).filter((file) => file.startsWith("out"))).toEqual([]);
      paths.add(path);
    };
    await run.run(operator, { ...parameters, output_path: "out/o" }, { willWrite });
    expect([...paths].sort()).toEqual([...told]);
    expect((await run.list("out")).filter((file) => !file.startsWith("o/"))).toEqual([]);
  });
});

describe("an existing output", () => {
  test("is not touched", async () => {
    await write("select 1 as n order by 1");
    const error = await refused(write("select 2 as n order by 1"), "exists");
    expect(error.message).toContain("overwrite: true");
    expect(await run.read("out/o/part-0.csv")).toBe("n\n1\n");
    expect(run.jobs).toHaveLength(1);
  });

  test("is replaced as a whole with overwrite", async () => {
    await run.put("out/o/left-over.csv", "n\n0\n");
    await write("select 2 as n order by 1", { overwrite: true });
    expect(await run.list()).toEqual(["out/o/part-0.csv"]);
    expect(await run.read("out/o/part-0.csv")).toBe("n\n2\n");
  });

  test("is replaced too when it is one file", async () => {
    await run.put("o.csv", "old");
    await write("select 2 as n", { output_path: "o.csv", overwrite: true });
    expect(await run.read("o.csv")).toBe("n\n2\n");
    expect(await run.list()).toEqual(["o.csv"]);
  });

  test("stays when the new one fails, and nothing is left behind", async () => {
    await run.put("out/o/part-0.csv", "old");
    await refused(write("select error('no') as n", { overwrite: true }), "invalid");
    expect(await run.list()).toEqual(["out/o/part-0.csv"]);
    expect(await run.read("out/o/part-0.csv")).toBe("old");
  });

  test("is restored when the new one can't take its name", async () => {
    await run.put("out/o/part-0.csv", "old");
    const move = async (from: string, to: string) => {
      if (from.includes("old-") || to.includes("old-")) return run.engines.storage.move?.(from, to);
      throw new ProviderError("unavailable", "No luck.");
    };
    await refused(write("select 2 as n", { overwrite: true }, withStorage({ move })), "unavailable");
    expect(await run.list()).toEqual(["out/o/part-0.csv"]);
    expect(await run.read("out/o/part-0.csv")).toBe("old");
  });

  test("is not touched when it appears while the job runs", async () => {
    const compute = async () => {
      await run.put("out/o/other.csv", "other");
      return { id: "x", state: "succeeded" } as const;
    };
    await refused(write("select 1 as n", {}, { compute }), "exists");
    expect(await run.list()).toEqual(["out/o/other.csv"]);
  });

  test("is reported in the log when it can't be removed after the new one is published", async () => {
    await run.put("out/o/part-0.csv", "old");
    const remove: Storage["delete"] = async (path) => {
      if (path.includes("old-")) throw new ProviderError("denied", "Not yours.");
      await run.engines.storage.delete(path);
    };
    await write("select 2 as n order by 1", { overwrite: true }, withStorage({ delete: remove }));
    expect(await run.read("out/o/part-0.csv")).toBe("n\n2\n");
    expect(run.logged.join("\n")).toContain("Not yours.");
  });
});

describe("nothing is left behind", () => {
  test("when a job fails after it wrote", async () => {
    await refused(write("select if(i = 400000, error('no'), i) as i from range(500000) t(i)"), "invalid");
    expect(await run.list()).toEqual([]);
  });

  test("when it is cancelled", async () => {
    const abort = new AbortController();
    const slow = "select count(*) as n from range(1000000) a cross join range(1000000) b where a.range + b.range < 0";
    const work = write(slow, {}, { signal: abort.signal, token: "slow" });
    while ((await run.engines.execution.findJob?.("slow"))?.state !== "running") await new Promise(setImmediate);
    abort.abort();
    await refused(work, "cancelled");
    await run.engines.execution.close?.();
    expect(await run.list()).toEqual([]);
  });
});

describe("a second attempt with the same token", () => {
  const sql = "select 1 as n order by 1";

  test("after a kill between the job and its publication publishes the result", async () => {
    const killed = withStorage({ delete: async () => undefined, move: () => new Promise(() => undefined) });
    void write(sql, {}, { ...killed, token: "t" });
    while (run.jobs.length < 1 || (await run.list()).length < 1) await new Promise(setImmediate);
    while ((await run.engines.execution.findJob?.("t"))?.state !== "succeeded") await new Promise(setImmediate);
    await write(sql, {}, { token: "t" });
    expect(await run.list()).toEqual(["out/o/part-0.csv"]);
  });

  test("after a kill just after the publication has nothing to do", async () => {
    const { outputs } = await write(sql, {}, { token: "t" });
    const again = await write(sql, {}, { token: "t" });
    expect(again.outputs).toEqual(outputs);
    expect(await run.list()).toEqual(["out/o/part-0.csv"]);
  });

  test("after a kill between the two renames ends with the new output", async () => {
    await run.put("out/o/part-0.csv", "old");
    const move: Storage["move"] = async (from, to) =>
      to.includes("old-") ? run.engines.storage.move?.(from, to) : new Promise(() => undefined);
    void write(sql, { overwrite: true }, { ...withStorage({ move }), token: "t" });
    while ((await run.engines.storage.stat("out/.mason-old-t-o")) === null) await new Promise(setImmediate);
    await write(sql, { overwrite: true }, { token: "t" });
    expect(await run.list()).toEqual(["out/o/part-0.csv"]);
    expect(await run.read("out/o/part-0.csv")).toBe("n\n1\n");
  });

  test("does not mistake an old output for the new one", async () => {
    await write(sql, {}, { token: "t" });
    await run.put("out/o/part-0.csv", "something else");
    await refused(write(sql, {}, { token: "t" }), "exists");
  });

  test("removes a partial output whose job is unknown", async () => {
    await mkdir(join(run.data, "out/.mason-t-o"), { recursive: true });
    await writeFile(join(run.data, "out/.mason-t-o/half.csv"), "n\n");
    await write(sql, {}, { token: "t" });
    expect(await run.list()).toEqual(["out/o/part-0.csv"]);
  });
});

describe("an attempt that replaces an interrupted one", () => {
  const later = { token: "new", supersedes: ["old"] };

  test("before its job was published writes its own output, and leaves nothing behind behind", async () => {
    const killed = withStorage({ delete: async () => undefined, move: () => new Promise(() => undefined) });
    void write("select 1 as n", {}, { ...killed, token: "old" });
    while ((await run.engines.execution.findJob?.("old"))?.state !== "succeeded") await new Promise(setImmediate);
    await write("select 2 as n order by 1", {}, later);
    expect(await run.list()).toEqual(["out/o/part-0.csv"]);
    expect(await run.read("out/o/part-0.csv")).toBe("n\n2\n");
  });

  test("just after its job was published replaces that output", async () => {
    await write("select 1 as n", {}, { token: "old" });
    await write("select 2 as n order by 1", {}, later);
    expect(await run.read("out/o/part-0.csv")).toBe("n\n2\n");
  });

  test("does not replace an output of somebody else", async () => {
    await run.put("out/o/part-0.csv", "theirs, and longer");
    await refused(write("select 2 as n", {}, later), "exists");
    expect(await run.read("out/o/part-0.csv")).toBe("theirs, and longer");
  });
});

describe("refused paths", () => {
  test.each(["/etc/o", "../o", "", ".", "out/.hidden", "out/_o", "a/../../b"])("%j", async (output_path) => {
    await refused(write("select 1 as n", { output_path }), "invalid");
    expect(run.jobs).toEqual([]);
  });

  test.each([
    ["raw", "raw/o"],
    ["raw/*.csv", "raw"],
    ["raw/*.csv", "raw/new.csv"],
    ["raw/**", "raw/deep/o"],
    ["raw/*/*.csv", "raw/o"],
    ["raw/a.csv", "raw/a.csv"],
    ["raw", "./raw/"],
  ])("what is read is %s, the output %s", async (input_path, output_path) => {
    await run.put("raw/a.csv", "n\n1\n");
    await run.put("raw/deep/a.csv", "n\n1\n");
    const parameters = { size: 1, input_path, output_path, output_format: "csv", overwrite: true };
    expect((await refused(run.run(fake, parameters), "invalid")).message).toContain("overlaps the input");
  });

  test("beside an input is fine", async () => {
    await run.put("raw/a.csv", "n\n1\n");
    await run.run(fake, { size: 1, input_path: "raw/*.csv", output_path: "raw/o" });
    expect(await run.list("raw")).toEqual(["a.csv", "o/part-0.parquet"]);
  });
});
