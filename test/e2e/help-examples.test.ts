/** Every example of every --help, executed from a copy of the repository: it must parse, find what it names, and work where it says. */
import { cp, mkdir, mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { COMMANDS } from "../../commands/index.ts";
import { repository } from "../examples/example.ts";
import { type Ran, runProgram } from "./mason.ts";

let home: string;
beforeAll(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), "mason-examples-")));
  for (const part of ["bin", "dist", "node_modules"]) await symlink(join(repository, part), join(home, part));
  await cp(join(repository, "examples"), join(home, "examples"), {
    recursive: true,
    filter: (from) => !/\.mason$|\/out$|node_modules/.test(from),
  });
  await mkdir(join(home, "tmp"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const all = Object.entries(COMMANDS).flatMap(([id, command]) =>
  (command.examples ?? []).map((example) => ({ id, line: String(example).replaceAll("<%= config.bin %>", "mason") })),
);

/** The order in which a person would try them: a plan file is applied before its state moves on, and destroying comes last. */
const order = [
  "plan",
  "show",
  "apply",
  "run:",
  "runs:",
  "state:pull",
  "state:push",
  "state:l",
  "state:s",
  "state:i",
  "state:mv",
  "state:rm",
  "destroy",
];
const rankOf = ({ id, line }: { readonly id: string; readonly line: string }) =>
  line.includes("apply /tmp") ? 1.5 : order.findIndex((prefix) => id.startsWith(prefix));

/** Examples whose right end is not the exit code 0. */
const ends: readonly (readonly [RegExp, number, RegExp])[] = [
  [/state unlock/, 1, /lease/],
  [/detailed-exitcode/, 2, /^Plan /m],
];

const shell = (line: string): Promise<Ran> =>
  runProgram(home, "bash", ["-ec", `mason() { ./bin/mason "$@"; }; ${line.replaceAll("/tmp/", "tmp/")}`], {});

it("each command has one", () => {
  for (const [id, command] of Object.entries(COMMANDS))
    expect([id, (command.examples ?? []).length > 0]).toEqual([id, true]);
});

it.each([...all].sort((a, b) => rankOf(a) - rankOf(b)))("$line", async ({ line }) => {
  const { code, stdout, stderr } = await shell(line);
  const [, end, text] = ends.find(([form]) => form.test(line)) ?? [/^/, 0, /^/];
  expect([line, code, code === end ? "" : stderr]).toEqual([line, end, ""]);
  expect(stdout + stderr).toMatch(text);
});
