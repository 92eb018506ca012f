import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createRunStore } from "../../src/io/run-store.ts";
import type { RunRecord, StepRecord } from "../../src/model/run.ts";
import { stepRecord } from "../support/run.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "mason-runs-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const run = (id: string, startedAt: string, address = "deployment.a"): RunRecord => ({
  id,
  key: startedAt,
  address,
  state: "succeeded",
  at: startedAt,
  startedAt,
  bundle: "",
  environment: null,
});

const step = (name: string, state: StepRecord["state"]): StepRecord =>
  stepRecord(name, state, { operator: "table:list" });

it("lists the newest first, even among runs of one second, and applies the limit afterwards", () => {
  const store = createRunStore(directory);
  store.create(run("20260101-000000-ffffff", "2026-01-01T00:00:00.100Z"));
  store.create(run("20260101-000000-aaaaaa", "2026-01-01T00:00:00.900Z"));
  store.create(run("20260101-000000-bbbbbb", "2026-01-01T00:00:00.500Z", "deployment.b"));
  store.create(run("20251231-235959-ffffff", "2025-12-31T23:59:59.999Z"));
  const ids = (options?: Parameters<typeof store.list>[0]) => store.list(options).map(({ id }) => id.slice(-6));
  expect(ids()).toEqual(["aaaaaa", "bbbbbb", "ffffff", "ffffff"]);
  expect(ids({ limit: 1 })).toEqual(["aaaaaa"]);
  expect(ids({ limit: 2, address: "deployment.a" })).toEqual(["aaaaaa", "ffffff"]);
  expect(ids({ address: "deployment.b" })).toEqual(["bbbbbb"]);
});

it("copies the earlier steps of another run, but not those of the same run", async () => {
  const store = createRunStore(directory);
  const first = store.create(run("20260101-000000-aaaaaa", "2026-01-01T00:00:00.000Z"));
  first.putStep(step("one", "succeeded"));
  first.putStep(step("two", "running"));
  const goneOn = async (id: string) => {
    const { steps } = store.get(first.run.id) ?? { steps: [] };
    const journal = store.create(run(id, "2026-01-01T00:00:01.000Z"), steps);
    for (const name of ["one", "two"]) journal.putStep(journal.earlier(name) ?? step(name, "failed"));
    journal.putStep(step("two", "succeeded"));
    const lines = (await readFile(join(directory, "runs", id, "steps.jsonl"), "utf8")).trim().split("\n");
    const kept = store.get(id)?.steps.map((record) => `${record.step} ${record.state}`);
    return { lines: lines.length, kept, known: journal.step("one")?.state };
  };
  const kept = ["one succeeded", "two succeeded"];
  expect(await goneOn("20260101-000001-bbbbbb")).toEqual({ lines: 3, kept, known: "succeeded" });
  expect(await goneOn("20260101-000000-aaaaaa")).toEqual({ lines: 3, kept, known: "succeeded" });
});
