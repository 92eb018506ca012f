import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { localConfig, type MasonProject, masonProject, type Ran } from "./mason.ts";

const bin = fileURLToPath(new URL("../../bin/mason", import.meta.url));
const base = { "mason.yaml": "default_config: 6\n", "config.yaml": localConfig };
const database = "type: database\nname: sales\n";
const table = "type: table\ndatabase: sales\nname: orders\nformat: csv\ncolumns: [{ name: id, type: bigint }]\n";
const raw = { "raw/a.csv": "id,amount\n1,2\n3,4\n" };

/** A deployment that rewrites files: cheap, and it fails when they are absent. */
const format = (name: string, from: string, to: string) =>
  `type: deployment\nname: ${name}\noperator: table:format\nparameters: { input_path: ${from}, format: csv, output_path: ${to} }\n`;

const open: MasonProject[] = [];
const project = async (files: Readonly<Record<string, string>>): Promise<MasonProject> => {
  const made = await masonProject({ ...base, ...files });
  open.push(made);
  return made;
};
afterEach(async () => {
  for (const made of open.splice(0)) await made.close();
});

const apply = (made: MasonProject, ...args: readonly string[]) => made.run("apply", "--auto-approve", ...args);
const lockOf = async (made: MasonProject) => JSON.parse(await made.read("mason.lock"));

/** A command that goes on while the test looks at it. */
function start(made: MasonProject, ...args: readonly string[]) {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("MASON_")));
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: made.directory,
    env: { ...inherited, MASON_HOME: join(made.directory, ".home"), NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (part) => {
    stdout += part;
  });
  child.stderr.on("data", (part) => {
    stderr += part;
  });
  const ended = new Promise<Ran>((resolve) => child.on("close", (code) => resolve({ stdout, stderr, code })));
  return { child, ended };
}

/** Looks until something has happened. */
async function until(happened: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await happened())) await pause(20);
}

test("Ctrl-C cancels the engine's job, keeps what finished, and exits with 130", async () => {
  const query = "select count(*) n from range(100000000) a, range(1000000) b where (a.range * b.range) % 7 = 3";
  const made = await project({
    "database.yaml": database,
    "slow.yaml": `type: deployment\nname: slow\noperator: table:query\nparameters: { query_string: "${query}", output_path: out/slow }\n`,
    "after.yaml": format("after", "out/slow", "out/after"),
  });
  const { child, ended } = start(made, "apply", "--auto-approve");
  const jobs = join(made.directory, ".mason/local/jobs");
  const jobState = async () => {
    const files = existsSync(jobs) ? (await readdir(jobs)).filter((name) => name.endsWith(".json")) : [];
    const texts = await Promise.all(files.map((name) => readFile(join(jobs, name), "utf8").catch(() => "")));
    return texts.map((text) => /"state": ?"(\w+)"/.exec(text)?.[1]);
  };
  await until(async () => (await jobState()).includes("running"));
  child.kill("SIGINT");
  const { code, stdout, stderr } = await ended;
  expect(code).toBe(130);
  expect(stderr.match(/Press Ctrl-C again/g)).toHaveLength(1);
  expect(
    stderr.match(/^deployment\.slow: cancelled: The run was interrupted\. See "mason runs logs \S+"\.$/gm),
  ).toHaveLength(1);
  expect(stderr.match(/deployment\.slow: cancelled/g)).toHaveLength(1);
  expect(stderr).not.toMatch(/Run failed|failed:/);
  expect(stderr).toContain("deployment.after: cancelled");
  expect(stdout).toContain("Interrupted: ");
  expect(await jobState()).toEqual(["cancelled"]);
  const { resources } = await lockOf(made);
  expect(resources["database.sales"].status).toBe("applied");
  expect(resources["deployment.slow"]?.status ?? "failed").toBe("failed");
  expect((await made.run("state", "list")).stdout).toMatch(/^deployment\.slow .* interrupted$/m);
  expect(resources["deployment.after"]).toBeUndefined();
  const next = await made.run("plan");
  expect([next.code, next.stderr]).toEqual([0, ""]);
  expect(next.stdout).toContain("deployment.slow");
  expect(next.stdout).not.toContain("database.sales");
});

test("without a terminal and without --auto-approve nothing is done, and the message has the command", async () => {
  const made = await project({ "database.yaml": database });
  const { code, stderr } = await made.run("apply");
  expect(code).toBe(1);
  expect(stderr).toContain("mason apply --auto-approve");
  expect(existsSync(join(made.directory, "mason.lock"))).toBe(false);
  expect(existsSync(join(made.directory, "sales"))).toBe(false);
  await apply(made);
  const destroy = await made.run("destroy");
  expect(destroy.code).toBe(1);
  expect(destroy.stderr).toContain("mason destroy --auto-approve");
});

test("a failed deployment skips what needs it, its siblings finish, and the exit code is 2", async () => {
  const made = await project({
    ...raw,
    "bad.yaml":
      "type: deployment\nname: bad\noperator: table:query\nparameters: { query_string: \"select cast(error('broken') as integer) as id\", output_path: out/bad }\n",
    "needs.yaml": format("needs", "out/bad", "out/needs"),
    "needs-too.yaml": format("needs_too", "out/needs", "out/needs_too"),
    "good.yaml": format("good", "raw", "out/good"),
  });
  const { code, stderr, stdout } = await apply(made);
  expect(code).toBe(2);
  expect(stderr).toContain("deployment.needs: skipped: needs deployment.bad, which failed");
  expect(stderr).toContain("deployment.needs_too: skipped: needs deployment.needs, which was skipped");
  expect(stdout).toContain("2 done, 1 failed, 2 skipped");
  expect(await made.read("out/good/part-0.csv").catch(() => readdir(join(made.directory, "out/good")))).toBeTruthy();
  const { resources } = await lockOf(made);
  expect(resources["deployment.bad"].status).toBe("failed");
  expect(resources["deployment.good"].status).toBe("applied");
  expect(resources["deployment.needs"]).toBeUndefined();
});

test("a state that somebody else saved meanwhile is not written over", async () => {
  const made = await project({
    "database.yaml": database,
    "op.yaml": "type: operator\nnamespace: my\ncommand: wait\nmodule: wait.js\n",
    "wait.js": `import { existsSync, writeFileSync } from "node:fs";
export default { run: async () => {
  writeFileSync("started", "");
  while (!existsSync("go")) await new Promise((resolve) => setTimeout(resolve, 20));
} };`,
  });
  await apply(made);
  await made.write("deployment.yaml", "type: deployment\nname: wait\noperator: my:wait\n");
  const { ended } = start(made, "apply", "--auto-approve");
  await until(() => existsSync(join(made.directory, "started")));
  const moved = (await made.read("mason.lock")).replace(/"serial": \d+/, '"serial": 99');
  await made.write("mason.lock", moved);
  await made.write("go", "");
  const { code, stderr } = await ended;
  expect(code).not.toBe(0);
  expect(stderr).toContain("State changed during the apply");
  expect(stderr).toContain("serial 99");
  expect(await made.read("mason.lock")).toBe(moved);
});

/** True when this process may mount file systems. */
function mayMount(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  try {
    execFileSync("unshare", ["--mount", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Runs mason where `mount` was done first, in a mount namespace that ends with it. */
async function mounted(made: MasonProject, mount: string, ...args: readonly string[]): Promise<Ran> {
  const script = `${mount} && cd "$0" && exec "$@"`;
  const child = spawn("unshare", ["--mount", "sh", "-c", script, made.directory, process.execPath, bin, ...args], {
    env: { ...process.env, MASON_HOME: join(made.directory, ".home"), NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (part) => {
    stdout += part;
  });
  child.stderr.on("data", (part) => {
    stderr += part;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ stdout, stderr, code })));
}

test.skipIf(!mayMount())(
  "a read-only directory is said to be one, and the lockfile stays (needs root on Linux)",
  async () => {
    const made = await project({ "database.yaml": database });
    await apply(made);
    const before = await made.read("mason.lock");
    await made.write("table.yaml", table);
    const readOnly = `mount --bind "$0" "$0" && mount -o remount,ro,bind "$0"`;
    const plan = await mounted(made, readOnly, "plan");
    expect(plan.code).toBe(0);
    expect(plan.stdout).toContain("table.sales.orders");
    const { code, stderr } = await mounted(made, readOnly, "apply", "--auto-approve");
    expect(code).toBe(1);
    expect(stderr).toContain("read-only");
    expect(stderr).not.toContain("    at ");
    expect(await made.read("mason.lock")).toBe(before);
  },
);

test.skipIf(!mayMount())(
  "a full disk is said to be full, and the lockfile stays whole (needs root on Linux)",
  async () => {
    const made = await project({ "database.yaml": database });
    await apply(made);
    const before = await made.read("mason.lock");
    await made.write("table.yaml", table);
    // The project is copied onto a small disk, which is filled to the last byte; the lockfile is copied back for the test to see.
    const full = `cp -r "$0" "$0.copy" && mount -t tmpfs -o size=400k tmpfs "$0" && cp -r "$0.copy/." "$0" && rm -rf "$0.copy" && { dd if=/dev/zero of="$0/fill" bs=1k count=1000 2>/dev/null || true; }`;
    const { code, stderr } = await mounted(made, `${full} && trap 'cat "$0/mason.lock"' EXIT`, "plan");
    expect([code, stderr]).toEqual([0, ""]);
    const ran = await mounted(
      made,
      `${full} && cd "$0" && { ${JSON.stringify(process.execPath)} ${JSON.stringify(bin)} apply --auto-approve; echo "exit $?"; cat mason.lock; exit 0; }`,
    );
    expect(ran.stderr).toContain("the disk is full");
    expect(ran.stderr).not.toContain("    at ");
    expect(ran.stdout).toContain("exit 1\n");
    expect(ran.stdout.endsWith(before)).toBe(true);
  },
);

test("a hundred tables made by eight processes at once are a hundred tables", async () => {
  const names = Array.from({ length: 8 }, (_, process) => Array.from({ length: 13 }, (_, at) => `t_${process}_${at}`));
  const workflows = names.map((tables, process) =>
    [
      `type: workflow\nnamespace: many\ncommand: p${process}\ndag:`,
      ...tables.map(
        (name, at) =>
          `  - { id: s${at}, operator: table:infer, parameters: { database_name: sales, storage_path: raw/a.csv, table_name: ${name} } }`,
      ),
    ].join("\n"),
  );
  const made = await project({ ...raw, "workflows.yaml": workflows.join("\n---\n") });
  const ran = await Promise.all(names.map((_, process) => made.run("run", "workflow", "many", `p${process}`)));
  expect(ran.map(({ code, stderr }) => (code === 0 ? "" : stderr))).toEqual(names.map(() => ""));
  const listed = await made.run("run", "operator", "table", "list", "-p", "database_name:sales", "--json");
  const { data } = JSON.parse(listed.stdout);
  expect(data[0].Tables.map((name: string) => name).sort()).toEqual(names.flat().sort());
});
