/**
 * Malformed documents: 20,000 mutations of real projects, in their bytes and in their structure. None crashes or hangs Mason,
 * and every error says where it is, at a line that the file has. MASON_YAML_SEED repeats a run.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { providers } from "../../providers/index.ts";
import type { Diagnostic } from "../../src/diagnostic/diagnostic.ts";
import { renderDiagnostics } from "../../src/diagnostic/frame.ts";
import { builtins } from "../../src/operator/builtins.ts";
import { buildProject } from "../../src/project/project.ts";
import { locate } from "../../src/project/yaml/locate.ts";
import { parseYaml } from "../../src/project/yaml/parse.ts";
import { createRegistry } from "../../src/provider/registry.ts";
import { validate } from "../../src/validate/validate.ts";
import { figures } from "./support/figures.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const corpus = ["examples", "test/golden"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => ({
      isSettings: entry.name === "mason.yaml",
      text: readFileSync(join(entry.parentPath, entry.name), "utf8"),
    })),
);
const registry = createRegistry(providers);

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Texts with a special meaning in YAML or for Mason. */
const tokens: readonly string[] = [
  ..."&a |*a |<<: *a|!!js/function 'x'|!!binary AAAA|!!python/object:os.system|? |: |- |--- |...|\t|\r|\u0000|\ufeff|\u2028|\ud800|# |% YAML 1.1|@|`|> |\\|[|]|{|}|,|'|\"".split(
    "|",
  ),
  "| ",
  "null",
  "~",
  "true",
  "yes",
  "0x1F",
  "1e999",
  "-.inf",
  ".nan",
  "99999999999999999999",
  "2026-13-45",
  "__proto__: { a: 1 }",
  "constructor: 1",
  "toString",
  "hasOwnProperty: x",
  "type: table",
  "type: config",
  "type: deployment",
  "type: operator",
  "type: workflow",
  "type: database",
  "type: [table]",
  "type: null",
  "id: ../../etc/passwd",
  "name: {}",
  "config_id: []",
  "columns: {}",
  "columns: [{}]",
  "columns: [null]",
  "dag: {}",
  "dag: [1, null, {}]",
  "steps: []",
  "parameters: 3",
  "clients: null",
  "schedule: '* * * * * *'",
  "timezone: Mars/Phobos",
  "timeout: -1h",
  "retry: exponential(-5)",
  "dependencies: [x, x, step_1]",
  "${var.x}",
  "${step_1.output_path}",
  "<<PULLED FROM step_1>>",
  "${${var.x}}",
  "{{SECRET}}",
  "$${",
  "lifecycle: { prevent_destroy: maybe }",
  "type: decimal(99999,99999)",
  "type: struct<a: struct<b: array<map<string, int>>>",
  "moved_from: table.a.b",
  "partitions: [{ name: id, type: bigint }]",
];

/** One changed text. */
function mutate(random: () => number): { readonly isSettings: boolean; readonly text: string } {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const base = pick(corpus);
  let text = base.text;
  for (let count = 1 + Math.floor(random() * 4); count > 0; count--) {
    const at = Math.floor(random() * (text.length + 1));
    const lines = text.split("\n");
    const line = Math.floor(random() * lines.length);
    const indent = /^[ -]*/.exec(lines[line] ?? "")?.[0].replaceAll("-", " ") ?? "";
    switch (Math.floor(random() * 12)) {
      case 0:
        text = text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 5));
        break;
      case 1:
        text = text.slice(0, at) + pick(tokens) + text.slice(at);
        break;
      case 2:
        text = text.slice(0, at) + String.fromCharCode(Math.floor(random() * 256)) + text.slice(at + 1);
        break;
      case 3:
        text = lines.toSpliced(line, 1).join("\n");
        break;
      case 4:
        text = lines.toSpliced(line, 0, lines[line] ?? "").join("\n");
        break;
      case 5:
        text = lines.toSpliced(line, 0, indent + pick(tokens)).join("\n");
        break;
      case 6:
        text = lines.toSpliced(line, 1, (lines[line] ?? "").replace(/:.*/, `: ${pick(tokens)}`)).join("\n");
        break;
      case 7:
        text = lines.toSpliced(line, 1, ` ${lines[line]}`).join("\n");
        break;
      case 8:
        text = `${text}\n---\n${pick(corpus).text}`;
        break;
      case 9:
        text = text.slice(0, at);
        break;
      case 10: {
        const depth = Math.floor(random() * 400);
        text = lines
          .toSpliced(line, 0, `${indent}deep: ${"[".repeat(depth)}${random() < 0.5 ? "]".repeat(depth) : ""}`)
          .join("\n");
        break;
      }
      default: {
        const width = Math.floor(random() * 2000);
        text = lines.toSpliced(line, 0, `${indent}wide: [${"x, ".repeat(width)}x]`).join("\n");
      }
    }
  }
  return { isSettings: base.isSettings, text };
}

/** Everything that happens to a file before a plan. */
async function read(isSettings: boolean, text: string): Promise<readonly Diagnostic[]> {
  const file = isSettings ? "mason.yaml" : "file.yaml";
  const built = buildProject({
    root: "/project",
    files: [{ file, text }],
    environment: null,
    variables: {},
    builtins,
    around: { exists: () => false },
    parse: ({ file: name, text: content }) => parseYaml(name, content),
  });
  const validated = validate(built.value, registry);
  const found = [...built.diagnostics, ...validated.diagnostics];
  const located = await locate(found, built.value.textOf);
  renderDiagnostics(located, { textOf: built.value.textOf, width: 80, color: false });
  return located;
}

/** The reason why a diagnostic says too little about its place, or `null`. */
function unlocated({ place, severity, code }: Diagnostic, lines: number): string | null {
  if (severity === "warning") return null;
  if (place === undefined) return `${code} has no place`;
  if (!("line" in place)) return "path" in place ? `${code} is not located` : `${code} names the file only`;
  return place.line >= 1 && place.line <= lines && place.column >= 1 && place.length >= 1
    ? null
    : `${code} is at ${place.line}:${place.column} of ${lines} lines`;
}

const documents = Number(process.env.MASON_YAML_DOCUMENTS ?? 20_000);

test("no mutated document crashes or hangs, and every error has its line", async () => {
  const seed = Number(process.env.MASON_YAML_SEED ?? 20260301);
  const random = randomFrom(seed);
  const found = { documents: 0, "with errors": 0, errors: 0, "most of one document": 0 };
  const wrong = new Map<string, string>();
  const times: number[] = [];
  for (let count = 0; count < documents; count++) {
    const { isSettings, text } = mutate(random);
    const start = process.cpuUsage();
    try {
      const errors = (await read(isSettings, text)).filter((diagnostic) => diagnostic.severity === "error");
      found.errors += errors.length;
      found["most of one document"] = Math.max(found["most of one document"], errors.length);
      if (errors.length > 0) found["with errors"]++;
      const lines = text.split(/\r\n|\r|\n/).length;
      for (const diagnostic of errors) {
        const why = unlocated(diagnostic, lines);
        if (why !== null && !wrong.has(why)) wrong.set(why, `${diagnostic.detail}\n${text.slice(0, 1500)}`);
      }
    } catch (thrown) {
      const what = `threw ${thrown instanceof Error ? thrown.stack?.split("\n").slice(0, 3).join(" ") : thrown}`;
      if (!wrong.has(what)) wrong.set(what, text.slice(0, 1500));
    }
    const used = process.cpuUsage(start);
    const ms = (used.user + used.system) / 1000;
    times.push(ms);
    if (ms > 1000) wrong.set(`${Math.round(ms)} ms of CPU`, text.slice(0, 1500));
    found.documents++;
  }
  times.sort((a, b) => a - b);
  const at = (part: number) => `${(times[Math.floor((times.length - 1) * part)] ?? 0).toFixed(1)} ms`;
  figures("mutated YAML", { seed, ...found, median: at(0.5), "99 %": at(0.99), slowest: at(1), wrong: wrong.size });
  expect([...wrong].map(([what, text]) => `${what}\n${text}`)).toEqual([]);
});
