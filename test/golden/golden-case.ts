/**
 * Golden cases: small projects with a state, and the expected plan and lockfile. A case is a directory with
 *
 * - `case.json`: a sentence about the case, and the exit codes of plan and apply
 * - `project`: the files of the project as they are now
 * - `before`: files of the last apply, laid over `project`; only used to make `state`
 * - `state`: what that apply left: the lockfile and the catalogue
 * - `by-hand`: later changes to catalogue and data without Mason
 * - `plan.txt` and `mason.lock`: the expected results
 *
 * UPDATE_GOLDEN=1 rewrites the expected results; UPDATE_GOLDEN=state also rewrites `state`.
 */
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type Ran, runMason } from "../e2e/mason.ts";

/** The content of `case.json`. */
export interface CaseFile {
  readonly shows: string;
  readonly plan: number;
  /** Flags of plan and apply. */
  readonly flags?: readonly string[];
  /** Absent if the plan stops: then there is nothing to apply. */
  readonly apply?: number;
  /** The exit code of the apply before. Absent if there was none. */
  readonly before?: number;
}

/** The directory of the cases. */
export const cases = fileURLToPath(new URL(".", import.meta.url));

/** A case laid out in a temporary directory. */
export interface LaidOut {
  readonly directory: string;
  run(...args: readonly string[]): Promise<Ran>;
  /** The lockfile without the parts that differ between runs or versions; see `settled`. */
  lockfile(): Promise<string>;
  close(): Promise<void>;
}

/** Names of all cases. */
export async function caseNames(): Promise<readonly string[]> {
  const entries = await readdir(cases, { withFileTypes: true });
  return entries.flatMap((entry) => (existsSync(join(cases, entry.name, "case.json")) ? [entry.name] : [])).sort();
}

/** Reads `case.json` of a case. */
export const readCase = async (name: string): Promise<CaseFile> =>
  JSON.parse(await readFile(join(cases, name, "case.json"), "utf8")) as CaseFile;

/** Lays out a case as it is before the plan. */
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

/** The text without plan ids. They depend on every bound value, so each case would change with any of them. */
export const settled = (text: string): string =>
  text
    .replace(/^Plan [0-9a-f]{8}:/m, "Plan:")
    .replace(/"last_plan": "[0-9a-f]{64}"/, '"last_plan": "..."')
    .replace(/"mason": "[^"]*"/, '"mason": "..."');

const lineageOf = (lockfile: string): string => (JSON.parse(lockfile) as { readonly lineage: string }).lineage;

/** Makes the state of a case: applies its old project, and keeps lockfile and catalogue. */
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

/** The expected text of a case's file. With UPDATE_GOLDEN it is first replaced by the text found. */
export async function golden(name: string, file: string, found: string): Promise<string> {
  if ((process.env.UPDATE_GOLDEN ?? "") !== "") await writeFile(join(cases, name, file), found);
  return readFile(join(cases, name, file), "utf8");
}
