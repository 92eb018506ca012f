import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";

const ci = fileURLToPath(new URL("../scripts/ci.mjs", import.meta.url));
const made: string[] = [];
afterEach(async () => {
  for (const directory of made.splice(0)) await rm(directory, { recursive: true, force: true });
});

/** Stands for vitest: writes the report that is asked for, and exits with a code. */
const suite = (report: object | null, code = 0) =>
  `node fake.mjs ${code} ${report === null ? "none" : Buffer.from(JSON.stringify(report)).toString("base64")}`;
const fake = `import { writeFileSync } from "node:fs";
const [code, report, ...flags] = process.argv.slice(2);
const file = flags.find((flag) => flag.startsWith("--outputFile.json="))?.split("=")[1];
if (report !== "none") writeFileSync(file, Buffer.from(report, "base64"));
process.exitCode = Number(code);
`;

const counts = (passed: number, failed: number, skipped: number, testResults: readonly object[] = []) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: skipped,
  numTodoTests: 0,
  testResults,
});

async function runWith(scripts: Readonly<Record<string, string>>, lock = true) {
  const directory = await mkdtemp(join(tmpdir(), "mason-ci-test-"));
  made.push(directory);
  const root = { name: "x", version: "1.0.0" };
  await writeFile(join(directory, "package.json"), JSON.stringify({ ...root, scripts }));
  await writeFile(join(directory, "fake.mjs"), fake);
  if (lock)
    await writeFile(
      join(directory, "package-lock.json"),
      JSON.stringify({ ...root, lockfileVersion: 3, requires: true, packages: { "": root } }),
    );
  const child = spawn(process.execPath, [ci], { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  child.stdout.on("data", (part) => {
    stdout += part;
  });
  child.stderr.resume();
  const code = await new Promise((resolve) => child.on("close", resolve));
  return { code, stdout, last: stdout.trimEnd().split("\n").at(-1) };
}

const good = {
  test: suite(counts(3, 0, 1)),
  types: "exit 0",
  lint: "exit 0",
  "test:reliability": suite(counts(2, 0, 0)),
  "test:nodes": suite(counts(1, 0, 0)),
  "test:truth": suite(counts(1, 0, 0)),
};

it("sums up all suites, counts a check as one, and names what there is no script for", async () => {
  const ran = await runWith(good);
  expect(ran.stdout).toContain(
    'engines: 0 passed, 0 failed, 1 skipped, 0 s: package.json has no script "test:engines"',
  );
  expect(ran).toMatchObject({ last: "9 passed, 0 failed, 2 skipped", code: 0 });
});

it("goes on after a failure", async () => {
  const failed = counts(2, 1, 0, [{ status: "failed", assertionResults: [{ status: "failed", fullName: "adds up" }] }]);
  const ran = await runWith({
    ...good,
    test: suite(failed, 1),
    lint: "exit 1",
    "test:engines": suite(counts(5, 0, 0)),
  });
  expect(ran.stdout).toContain("failed: adds up");
  expect(ran).toMatchObject({ last: "12 passed, 2 failed, 0 skipped", code: 1 });
});

it("counts as failed a suite without a report, one that fails though its tests passed, and a file that does not load", async () => {
  const ran = await runWith({
    ...good,
    test: suite(null, 0),
    "test:reliability": suite(counts(4, 0, 0), 1),
    "test:engines": suite(counts(5, 0, 0, [{ status: "failed", name: "a.test.ts", assertionResults: [] }]), 1),
  });
  expect(ran.stdout).toContain("npm test: 0 passed, 1 failed");
  expect(ran.stdout).toContain("reliability: 4 passed, 1 failed");
  expect(ran.stdout).toContain("engines: 5 passed, 1 failed");
  expect(ran).toMatchObject({ last: "13 passed, 3 failed, 0 skipped", code: 1 });
});

it("ends with its line also when nothing can be installed", async () => {
  expect(await runWith(good, false)).toMatchObject({ last: "0 passed, 1 failed, 0 skipped", code: 1 });
});
