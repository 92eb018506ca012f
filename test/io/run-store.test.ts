import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createRunStore } from "../../src/io/run-store.ts";
import type { RunRecord } from "../../src/model/run.ts";

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

it("lists the newest first, also among runs of one second, and cuts after that", () => {
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
