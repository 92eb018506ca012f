/**
 * Golden cases: small projects with a state, and what a plan and an apply make of them. A case is a directory with
 *
 * - `case.json`: a sentence that says what is shown, and the exit codes of plan and apply
 * - `project`: the files of the project as they are now
 * - `before`: files as they were when it was last applied, laid over `project`; only for making `state`
 * - `state`: what that apply left: the lockfile and the catalogue
 * - `by-hand`: what somebody then did to catalogue and data without Mason
 * - `plan.txt` and `mason.lock`: what must come out
 *
 * UPDATE_GOLDEN=1 writes what must come out anew, UPDATE_GOLDEN=state makes `state` anew as well.
 */
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type Ran, runMason } from "../e2e/mason.ts";

/** What `case.json` says. */
export interface CaseFile {
  readonly shows: string;
  readonly plan: number;
  /** Absent: the plan stops, and there is nothing to apply. */
  readonly apply?: number;
  /** How the apply before ended; absent: there was none. */
  readonly before?: number;
}

/** The directory of the cases. */
export const cases = fileURLToPath(new URL(".", import.meta.url));

/** A case laid out in a temporary directory. */
export interface LaidOut {
  readonly directory: string;
  run(...args: readonly string[]): Promise<Ran>;
  /** The lockfile without what differs from one run or version to the next; see `settled`. */
  lockfile(): Promise<string>;
  close(): Promise<void>;
}

/** Names of all cases. */
export async function caseNames(): Promise<readonly string[]> {
  const entries = await readdir(cases, { withFileTypes: true });
  return entries.flatMap((entry) => (existsSync(join(cases, entry.name, "case.json")) ? [entry.name] : [])).sort();
}

/** What `case.json` of a case says. */
export const readCase = async (name: string): Promise<CaseFile> =>
  JSON.parse(await readFile(join(cases, name, "case.json"), "utf8")) as CaseFile;

/** The case as it is before the plan. */
export const layOut = (name: string): Promise<LaidOut> => layers(name, ["project", "state", "by-hand"]);

async function layers(name: string, parts: readonly string[]): Promise<LaidOut> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), `mason-golden-${name}-`)));
  for (const part of parts) {
    const from = join(cases, name, part);
    if (existsSync(from)) await cp(from, directory, { recursive: true });
  }
  const isNew = !existsSync(join(directory, "mason.lock"));
  return {
    directory,
    run: (...args) => runMason(directory, args, { MASON_NOW: "2026-11-24T00:00:00Z" }),
    lockfile: async () => {
      const text = await readFile(join(directory, "mason.lock"), "utf8");
      return settled(isNew ? text.replaceAll(lineageOf(text), "new") : text);
    },
    close: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Ids of plans stand for everything that is bound, and are left out here: else each case would change with each of it. */
export const settled = (text: string): string =>
  text
    .replace(/^Plan [0-9a-f]{8}:/m, "Plan:")
    .replace(/"last_plan": "[0-9a-f]{64}"/, '"last_plan": "..."')
    .replace(/"mason": "[^"]*"/, '"mason": "..."');

const lineageOf = (lockfile: string): string => (JSON.parse(lockfile) as { readonly lineage: string }).lineage;

/** Makes the state of a case anew: applies the project as it was before, and keeps lockfile and catalogue. */
export async function makeState(name: string): Promise<void> {
  const { before } = await readCase(name);
  const state = join(cases, name, "state");
  await rm(state, { recursive: true, force: true });
  if (before === undefined) return;
  const laid = await layers(name, ["project", "before"]);
  const { code, stderr } = await laid.run("apply", "--auto-approve");
  if (code !== before) throw new Error(`The apply before "${name}" ended with ${code}: ${stderr}`);
  const lineage = lineageOf(await readFile(join(laid.directory, "mason.lock"), "utf8"));
  const entries = await readdir(laid.directory, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = relative(laid.directory, join(entry.parentPath, entry.name));
    if (!entry.isFile() || (path !== "mason.lock" && !/^data\/.*_mason\//.test(path))) continue;
    const text = (await readFile(join(laid.directory, path), "utf8"))
      .replaceAll(lineage, "5a1e5a1e5a1e5a1e")
      .replace(/"created_by": "[^"]*"/, '"created_by": "ada"')
      .replace(/"id": "[0-9a-f]{16}"/, '"id": "0000000000000001"');
    await mkdir(dirname(join(state, path)), { recursive: true });
    await writeFile(join(state, path), text);
  }
  await laid.close();
}

/** The text of a file of a case; with UPDATE_GOLDEN what was found is written there first. */
export async function golden(name: string, file: string, found: string): Promise<string> {
  if ((process.env.UPDATE_GOLDEN ?? "") !== "") await writeFile(join(cases, name, file), found);
  return readFile(join(cases, name, file), "utf8");
}
