/**
 * Holds the papers to the truth. The README's session is run in a copy of the example, and what commands print is compared with what is
 * shown; with UPDATE_GOLDEN=1 what no longer fits is written there anew. Names of commands, systems, files and folders must be there.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import Ajv2020 from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../commands/index.ts";
import { providers } from "../providers/index.ts";
import { engineRoles } from "../src/engine/roles.ts";
import { canonical } from "../src/json.ts";
import { planned } from "../src/provider/registry.ts";
import { lockfileSchema } from "../src/state/lockfile-schema.ts";
import { eventSchema } from "../src/view/apply/events-json.ts";
import { planSchema } from "../src/view/plan/plan-schema.ts";
import { type Ran, runProgram } from "./e2e/mason.ts";
import { copyOfExample, repository } from "./examples/example.ts";

const papers = [
  ...["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/compatibility.md"],
  ...readdirSync(join(repository, "docs/decisions")).map((file) => `docs/decisions/${file}`),
];
const textOf = (file: string) => readFileSync(join(repository, file), "utf8");
const readme = textOf("README.md");
const isUpdate = (process.env.UPDATE_GOLDEN ?? "") !== "";

/** A command of the session with what is shown of its output. */
interface Shown {
  readonly command: string;
  readonly output: string;
}

/** Commands of all `console` blocks: `$ ` begins one, `> ` goes on with it. */
function sessionOf(text: string): readonly Shown[] {
  const blocks = [...text.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? "");
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part): Shown => {
        const lines = part.split("\n");
        const end = lines.findIndex((line, index) => index > 0 && !line.startsWith("> "));
        const command = lines.slice(0, end).map((line, index) => (index === 0 ? line : line.slice(2)));
        return { command: command.join("\n"), output: trimmed(lines.slice(end).join("\n")) };
      }),
  );
}

const trimmed = (text: string) => text.replace(/^\n+|\s+$/g, "");

/** Runs a line of the session as a shell does that has nobody at it. */
const run = (directory: string, command: string): Promise<Ran> =>
  runProgram(directory, "sh", ["-c", command.replaceAll("/tmp/", `${directory}/tmp/`)], { COLUMNS: "100" });

const masks: readonly (readonly [RegExp, string])[] = [
  [/ \(\d+(\.\d+)?(ms|s)\)/g, ""],
  [/\b\d{8}-\d{6}-[0-9a-f]{6}\b/g, "RUN"],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?/g, "TIME"],
  [/\b[0-9a-f]{64}\b|\b[0-9a-f]{16}\b/g, "ID"],
  [/\b([Pp]lan) [0-9a-f]{8}\b/g, "$1 ID"],
  [/\b\d+(\.\d+)?(ms|s)\b/g, "TOOK"],
  [/\b\d+(\.\d+)? [kM]?B\b(?!\))|\b\d+(\.\d+)? kB\b/g, "SIZE"],
];

/** Text without what differs from one run to the next: ids, times, sizes of files, and columns and line ends that follow from them. */
function settled(text: string): string {
  const joined = text.replace(/\n {13,}(?=\S)/g, " ");
  const masked = masks.reduce((so, [pattern, name]) => so.replace(pattern, name), joined);
  return masked.replace(/(?<=\S) {2,}/g, "  ").replace(/ +$/gm, "");
}

/** True when the output is what is shown, where a line `...` stands for any lines. */
function fits(shown: string, found: string): boolean {
  const parts = shown.split(/^ *\.\.\.$/m).map((part) => settled(trimmed(part)));
  const lines = `\n${settled(trimmed(found))}\n`;
  if (parts.length === 1) return lines === `\n${parts[0]}\n`;
  let at = 0;
  for (const [index, part] of parts.entries()) {
    if (part === "") continue;
    const next = lines.indexOf(`\n${part}\n`, at);
    if (next < 0 || (index === 0 && next > 0)) return false;
    at = next + part.length + 1;
  }
  return parts.at(-1) === "" || at === lines.length - 1;
}

describe("README.md", () => {
  it("shows what its session really prints", async () => {
    const example = await copyOfExample("quickstart");
    const directory = `${example.directory}-session`;
    await mkdir(join(directory, "examples"), { recursive: true });
    await mkdir(join(directory, "tmp"));
    await rename(example.directory, join(directory, "examples/quickstart"));
    await symlink(join(repository, "bin"), join(directory, "bin"));
    let [updated, from] = [readme, 0];
    try {
      const session = sessionOf(readme);
      expect(session.length).toBeGreaterThan(8);
      for (const { command, output } of session) {
        const { stdout, stderr, code } = await run(directory, command);
        const found = trimmed(code === 0 ? stdout : stdout + stderr);
        expect(found).not.toMatch(/This is a bug in Mason|^Node\.js v/m);
        if (command.startsWith("./bin/mason")) expect(found).not.toBe("");
        const shown = `$ ${command.replaceAll("\n", "\n> ")}\n`;
        if (fits(output, found)) {
          from = updated.indexOf(shown, from) + shown.length;
          continue;
        }
        if (!isUpdate) expect(found, `$ ${command}`).toBe(output);
        const start = updated.indexOf(shown, from) + shown.length;
        updated = `${updated.slice(0, start)}${found}\n${updated.slice(start).replace(/^[\s\S]*?(?=^```$|^\$ )/m, "")}`;
        from = start;
      }
    } finally {
      await rm(directory, { recursive: true });
      await example.close();
    }
    if (updated !== readme) writeFileSync(join(repository, "README.md"), updated);
  }, 300_000);

  it("names exactly the systems that work, with their roles, and those that are planned", () => {
    const rows = [...readme.matchAll(/^\| `([a-z0-9_]+)` *\|(.*)\|$/gm)].map(([, name, rest]) => {
      const [today = "", ...roles] = (rest ?? "").split("|").map((cell) => cell.trim());
      return { name: name ?? "", today, roles };
    });
    const names = (isWanted: (today: string) => boolean) =>
      rows.flatMap((row) => (isWanted(row.today) ? [row.name] : [])).sort();
    const working = providers.map((provider) => provider.manifest.name).sort();
    expect(names((today) => today !== "planned")).toEqual(working);
    expect(names((today) => today === "planned")).toEqual(planned.filter((name) => !working.includes(name)).sort());
    for (const { manifest } of providers) {
      const row = rows.find(({ name }) => name === manifest.name);
      expect(row?.roles, manifest.name).toEqual(
        engineRoles.map((role) => {
          if (manifest.engines[role] === undefined) return "–";
          return manifest.name === "memory" && role === "execution" ? "scripted" : "yes";
        }),
      );
    }
    expect(rows.find(({ name }) => name === "memory")?.today).toContain("fake");
  });
});

const codeOf = (text: string): readonly string[] => [
  ...[...text.matchAll(/^```[a-z]*\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? ""),
  ...[...text.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? ""),
];

describe.each(papers)("%s", (paper) => {
  const text = textOf(paper);

  it("names commands that there are", () => {
    const named = codeOf(text).flatMap((code) =>
      [...code.matchAll(/(?:^|\.\/bin\/|\$ |&& )mason ([a-z]+)(?: ([a-z]+))?/gm)].map(
        ([, first = "", second = ""]) => ({
          first,
          both: `${first}:${second}`,
        }),
      ),
    );
    const isTopic = (name: string) => Object.keys(COMMANDS).some((id) => id.startsWith(`${name}:`));
    const unknown = named.filter(
      ({ first, both }) => !(both in COMMANDS || first in COMMANDS || (both === `${first}:` && isTopic(first))),
    );
    expect(unknown).toEqual([]);
  });

  it("links to files that there are", () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map((match) => match[1] ?? "");
    expect(links.filter((link) => !existsSync(join(repository, dirname(paper), link)))).toEqual([]);
  });

  it("names files and folders that there are", () => {
    const named = codeOf(text.replace(/^```[\s\S]*?^```$/gm, "")).filter((code) =>
      /^(bench|bin|commands|docs|examples|providers|scripts|src|test)\/[\w./-]*$/.test(code),
    );
    expect(named.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
  });
});

it("ARCHITECTURE.md has a paragraph for each folder of src and for each provider", () => {
  const text = textOf("ARCHITECTURE.md");
  const folders = ["src", "providers"].flatMap((parent) =>
    readdirSync(join(repository, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${parent}/${entry.name}`),
  );
  expect(folders.filter((folder) => !text.includes(`\n- **\`${folder}/\`**`))).toEqual([]);
});

describe("published schemas", () => {
  it.each([
    ["docs/schema/plan.json", planSchema],
    ["docs/schema/event.json", eventSchema],
    ["docs/schema/state.json", lockfileSchema],
  ])("%s is what the code says", (file, schema) => {
    const isSame = existsSync(join(repository, file)) && canonical(JSON.parse(textOf(file))) === canonical(schema);
    if (isUpdate && !isSame) writeFileSync(join(repository, file), `${JSON.stringify(schema, null, 2)}\n`);
    expect(JSON.parse(textOf(file))).toEqual(schema);
  });

  it("docs/schema/state.json describes every lockfile of the golden cases", () => {
    const validate = new Ajv2020.default({ allErrors: true }).compile(JSON.parse(textOf("docs/schema/state.json")));
    const cases = readdirSync(join(repository, "test/golden"), { withFileTypes: true })
      .map((entry) => join("test/golden", entry.name, "mason.lock"))
      .filter((file) => existsSync(join(repository, file)));
    expect(cases.length).toBeGreaterThan(5);
    for (const file of [...cases, "mason.lock"])
      expect(validate(JSON.parse(textOf(file))), `${file}: ${JSON.stringify(validate.errors)}`).toBe(true);
    expect(validate({ format: 1, mason: "0.1.0", lineage: "a", serial: 1, last_plan: null })).toBe(false);
  });
});
