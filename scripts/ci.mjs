// Runs all suites and checks of the project in the current directory, one after the other. A failure does not stop the rest. The last
// line sums up the results. The script uses Node built-ins only because it installs the packages itself.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const minute = 60_000;
/** The remaining steps are stopped then, to print the last line before the machine's own limit of 90 minutes. */
const deadline = Date.now() + 80 * minute;
const reports = mkdtempSync(join(tmpdir(), "mason-ci-"));
const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));

/** The steps in order. The tests of a `suite` are counted one by one; a check counts as one test. */
const steps = [
  { name: "npm ci", command: ["npm", "ci", "--no-audit", "--no-fund"], required: true },
  { name: "npm test", script: "test", suite: true },
  { name: "types", script: "types" },
  { name: "lint", script: "lint" },
  { name: "nodes", script: "test:nodes", suite: true },
  { name: "reliability", script: "test:reliability", suite: true },
  { name: "truth", script: "test:truth", suite: true },
  { name: "engines", script: "test:engines", suite: true },
];

/** Runs a command until it ends or the deadline passes. Returns its exit code, or `null` if it was stopped or could not start. */
function run([command, ...args]) {
  return new Promise((resolve) => {
    // It gets its own process group, which is stopped as a whole.
    const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"], detached: true });
    const stop = () => {
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch (error) {
        if (error.code !== "ESRCH") throw error;
      }
    };
    const timer = setTimeout(stop, Math.max(0, deadline - Date.now()));
    const end = (code) => {
      clearTimeout(timer);
      resolve(code);
    };
    child.on("error", () => end(null));
    child.on("close", end);
  });
}

/** The counts of a vitest report; `null` if there is none. */
function countsOf(file) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
  // A file that could not be loaded counts as a failure although none of its tests failed.
  const broken = report.testResults.filter(
    (result) => result.status === "failed" && !result.assertionResults.some((test) => test.status === "failed"),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: [
      ...broken.map((result) => result.name),
      ...report.testResults.flatMap((result) =>
        result.assertionResults.filter((test) => test.status === "failed").map((test) => test.fullName),
      ),
    ],
  };
}

/** Runs a step and counts it. */
async function runStep({ name, script, command, suite = false }) {
  if (script !== undefined && scripts[script] === undefined)
    return { passed: 0, failed: 0, skipped: 1, failures: [], note: `package.json has no script "${script}"` };
  const file = join(reports, `${name.replaceAll(/\W/g, "-")}.json`);
  const reporters = suite ? ["--", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`] : [];
  const code = await run(command ?? ["npm", "run", script, ...reporters]);
  const ended = code === null ? "was stopped" : `exited with ${code}`;
  if (!suite && code === 0) return { passed: script === undefined ? 0 : 1, failed: 0, skipped: 0, failures: [] };
  if (!suite) return { passed: 0, failed: 1, skipped: 0, failures: [], note: ended };
  const counts = countsOf(file);
  if (counts === null) return { passed: 0, failed: 1, skipped: 0, failures: [], note: `${ended} without a report` };
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1, note: ended } : counts;
}

const total = { passed: 0, failed: 0, skipped: 0 };
const lines = [];
for (const step of steps) {
  console.log(`\n=== ${step.name}`);
  const started = Date.now();
  const { failures, note, ...counts } = await runStep(step);
  for (const key of Object.keys(total)) total[key] += counts[key];
  const seconds = Math.round((Date.now() - started) / 1000);
  const said = note === undefined ? "" : `: ${note}`;
  lines.push(
    `${step.name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped, ${seconds} s${said}`,
  );
  lines.push(...failures.map((failure) => `  failed: ${failure.replaceAll(/\s+/g, " ")}`));
  if (step.required === true && counts.failed > 0) break;
}
rmSync(reports, { recursive: true, force: true });
console.log(`\n=== Summary\n${lines.join("\n")}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
