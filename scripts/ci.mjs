// Runs all suites and checks of the project in the current directory, one after the other. A failure does not stop the rest; the last
// line sums up what ran. Node built-ins only, since it installs the packages itself.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const minute = 60_000;
/** What is left by then is stopped, so that there is a last line before a machine's own limit of 90 minutes. */
const deadline = Date.now() + 80 * minute;
const reports = mkdtempSync(join(tmpdir(), "mason-ci-"));
const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));

/** In this order. `suite`: its tests are counted one by one; a check counts as one test. */
const steps = [
  { name: "npm ci", command: ["npm", "ci", "--no-audit", "--no-fund"], required: true },
  { name: "npm test", script: "test", suite: true },
  { name: "types", script: "types" },
  { name: "lint", script: "lint" },
  { name: "reliability", script: "test:reliability", suite: true },
  { name: "engines", script: "test:engines", suite: true },
];

/** Runs a command to its end, or to the deadline; gives its exit code, `null` when it was stopped or could not start. */
function run([command, ...args]) {
  return new Promise((resolve) => {
    // A group of its own, so that what it started is stopped with it.
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

/** Counts of a vitest report; `null` when there is none. */
function countsOf(file) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
  // A file that could not be loaded has no tests that could fail.
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
