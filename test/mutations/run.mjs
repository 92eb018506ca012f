// Breaks one guard at a time in a copy of the project and expects a named test to fail: `npm run test:mutations -- --rule T1` takes
// those of one rule, `--file stops/effects` those of some files, `--table FILE` another table.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const option = (flag) => process.argv[process.argv.indexOf(flag) + 1 || process.argv.length];
const wanted = { rule: option("--rule"), file: option("--file") };
const table = JSON.parse(readFileSync(option("--table") ?? join(root, "test/mutations/mutations.json"), "utf8")).filter(
  ({ rule, file }) => (wanted.rule ?? rule) === rule && file.includes(wanted.file ?? ""),
);

/** The tests that run the built command. */
const usesBuild = /^test\/(e2e|readme|examples|reliability|action)/;

let running = null;
const copy = mkdtempSync(join(tmpdir(), "mason-mutations-"));
process.on("exit", () => rmSync(copy, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, () => {
    running?.kill("SIGTERM");
    process.exit(130);
  });

function copyProject() {
  const listed = execFileSync("git", ["ls-files", "-z", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" });
  for (const file of [...listed.split("\0"), "dist", "src/project/schemas/generated"])
    if (file !== "" && existsSync(join(root, file))) cpSync(join(root, file), join(copy, file), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
}

/** Runs Node in the copy; gives its exit code and what it printed. */
const node = (...args) =>
  new Promise((resolve) => {
    running = spawn(process.execPath, args, { cwd: copy, env: { ...process.env, NO_COLOR: "1" } });
    let text = "";
    for (const stream of [running.stdout, running.stderr]) stream.on("data", (data) => (text += data));
    running.on("close", (code) => resolve({ code, text }));
  });

/** `red`, `green`, or what went wrong. */
async function outcome(tests) {
  if (tests.some((test) => usesBuild.test(test))) {
    const built = await node("scripts/build.mjs");
    if (built.code !== 0) return `not built: ${built.text}`;
  }
  const [suite] = tests[0].match(/(?<=^test\/)(reliability|truth)(?=\/)/) ?? [];
  const config = suite === undefined ? [] : ["--config", `test/${suite}/vitest.config.ts`];
  const vitest = ["node_modules/vitest/vitest.mjs", "run", "--bail=1", "--maxWorkers=1", ...config, ...tests];
  const { code, text } = await node(...vitest);
  if (code === 0) return "green";
  const [failed] = text.match(/FAIL .*/) ?? [];
  return /Tests .*\bfailed\b/.test(text) ? `red   ${failed ?? ""}` : `broken: ${text.slice(-2000)}`;
}

copyProject();
const unchanged = new Set();
let bad = 0;
for (const { rule, file, search, replace, tests } of table) {
  const path = join(copy, file);
  const source = readFileSync(path, "utf8");
  const key = tests.join(" ");
  let found = "";
  if (source.split(search).length !== 2) found = "broken: the text to replace does not occur exactly once";
  else if (!unchanged.has(key)) {
    const before = await outcome(tests);
    if (before === "green") unchanged.add(key);
    else found = `broken without a change: ${before}`;
  }
  if (found === "") {
    writeFileSync(
      path,
      source.replace(search, () => replace),
    );
    found = await outcome(tests);
    writeFileSync(path, source);
  }
  const isRed = found.startsWith("red");
  if (!isRed) bad++;
  console.log(`${rule.padEnd(9)} ${file}\n          ${search.trim()} -> ${replace.trim()}\n          ${found}`);
}
console.log(`${table.length - bad} of ${table.length} mutations are noticed.`);
process.exitCode = bad === 0 && table.length > 0 ? 0 : 1;
