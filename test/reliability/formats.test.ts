/**
 * One state and one plan file of each format from 1 on, as its version wrote them. They load, or are refused with
 * what to do. A new format without its files here fails the first test. Never edit the files: add new ones.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseFile } from "../../src/io/state/journal.ts";
import { parsePlanFile, planFileFormat } from "../../src/plan/file/plan-file.ts";
import { lockfileFormat, parseLockfile, printLockfile } from "../../src/state/lockfile.ts";
import { figures } from "./support/figures.ts";

const fileOf = (name: string) => fileURLToPath(new URL(`formats/${name}`, import.meta.url));
const textOf = (name: string) => readFileSync(fileOf(name), "utf8");
const upTo = (format: number) => Array.from({ length: format }, (_, at) => at + 1);

test("there is a state and a plan file of every format so far", () => {
  const wanted = [
    ...upTo(lockfileFormat).map((format) => `state-${format}.lock`),
    ...upTo(planFileFormat).map((format) => `plan-${format}.plan`),
  ];
  expect(wanted.filter((name) => !existsSync(fileOf(name)))).toEqual([]);
  figures("formats kept", { states: lockfileFormat, "plan files": planFileFormat });
});

test.each(upTo(lockfileFormat))("a state of format %i loads, and is written in today's format", (format) => {
  const text = textOf(`state-${format}.lock`);
  expect(JSON.parse(text).format).toBe(format);
  const { value, diagnostics } = parseLockfile(text, "mason.lock");
  expect(diagnostics).toEqual([]);
  expect([...(value?.resources.keys() ?? [])]).toEqual(Object.keys(JSON.parse(text).resources));
  if (value === undefined) throw new Error("no state");
  const again = printLockfile(value, JSON.parse(text).mason);
  if (format === lockfileFormat) expect(again).toBe(text);
  expect(JSON.parse(again).format).toBe(lockfileFormat);
});

test.each(upTo(planFileFormat))("a plan file of format %i loads, or says what to do", (format) => {
  const { value, diagnostics } = parsePlanFile(textOf(`plan-${format}.plan`), "p.plan");
  if (format === planFileFormat) expect([value === undefined, diagnostics]).toEqual([false, []]);
  else {
    expect(value).toBeUndefined();
    expect(diagnostics.map((problem) => problem.code)).toEqual(["plan-file/older-format"]);
    expect(diagnostics[0]?.detail).toContain("Plan again");
  }
});

test("a state of a newer format, of no format, or of one that never existed is refused with what to do", () => {
  const text = textOf(`state-${lockfileFormat}.lock`);
  const withFormat = (format: unknown) => JSON.stringify({ ...JSON.parse(text), format });
  const said = (format: unknown) => parseLockfile(withFormat(format), "mason.lock");
  expect(said(lockfileFormat + 1).diagnostics.map((problem) => problem.code)).toEqual(["state/newer-format"]);
  expect(said(lockfileFormat + 1).diagnostics[0]?.detail).toContain("Use the version that wrote it");
  for (const format of [0, -1, 0.5, "1", null, undefined]) {
    expect(said(format).value, String(format)).toBeUndefined();
    expect(
      said(format).diagnostics.map((problem) => problem.code),
      String(format),
    ).toEqual(["state/damaged"]);
  }
});

test("a journal file of another format is refused", () => {
  const body = "[]";
  expect(parseFile(`${JSON.stringify({ format: 2, number: 1, previous: "", sha: "" })}\n${body}\n`, 1, "")).toBeNull();
});
