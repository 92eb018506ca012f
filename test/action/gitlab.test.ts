import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parse } from "yaml";
import { actionDirectory } from "./composite.ts";
import { type FakeForge, fakeForge, token } from "./fake-forge.ts";
import { makeWorkspace, secret, type Workspace } from "./workspace.ts";

const [head, merge] = ["a".repeat(40), "b".repeat(40)];
const jobToken = "job-token-1";

let forge: FakeForge;
let space: Workspace;
beforeEach(async () => {
  [forge, space] = [await fakeForge("project_1_bot"), await makeWorkspace()];
  forge.answers.set("/user", { id: "project_1_bot" });
});
afterEach(async () => {
  await forge.close();
  await space.close();
});

/** Runs the script of a job of gitlab-ci.yml, with Mason's place in the file being this checkout. */
async function job(name: string, workspace: string, env: Readonly<Record<string, string>>) {
  const { [name]: definition } = parse(await readFile(join(actionDirectory, "gitlab-ci.yml"), "utf8"));
  const script = definition.script.join("\n").replaceAll("/opt/mason/action", actionDirectory);
  const child = spawn("bash", ["-eo", "pipefail", "-c", script], {
    cwd: workspace,
    env: {
      PATH: process.env.PATH,
      HOME: space.root,
      GITLAB_CI: "true",
      CI_API_V4_URL: forge.url,
      CI_PROJECT_ID: "1",
      CI_JOB_TOKEN: jobToken,
      MASON_ACTION_FILES: join(workspace, ".mason-plan"),
      MASON_ACTION_MASON: space.mason,
      MASON_ACTION_TOKEN: token,
      LAKE_KEY: "AKIA-lake",
      LAKE_SECRET: secret,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (part) => {
      log += part;
    });
  const code = await new Promise((resolve) => child.on("close", resolve));
  return { code, log };
}

const plan = (env: Readonly<Record<string, string>> = {}) =>
  job("mason-plan", space.directory, {
    CI_MERGE_REQUEST_IID: "7",
    CI_MERGE_REQUEST_PROJECT_ID: "1",
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "1",
    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "$(touch pwned)",
    CI_COMMIT_SHA: head,
    ...env,
  });

const apply = (workspace: string) => job("mason-apply", workspace, { CI_COMMIT_SHA: merge });

const merged = (more: object = {}) =>
  forge.answers.set(`/projects/1/repository/commits/${merge}/merge_requests`, [
    {
      iid: 7,
      state: "merged",
      sha: head,
      merge_commit_sha: merge,
      source_project_id: 1,
      target_project_id: 1,
      ...more,
    },
  ]);

it("plans in one note, keeps the plan by its id, and applies it after the merge", async () => {
  expect((await plan()).code).toBe(0);
  await writeFile(join(space.directory, "more.yaml"), "type: database\nname: returns\n");
  const { code, log } = await plan();
  expect(code).toBe(0);
  expect(log).toContain("+ database.returns");
  expect(forge.comments).toHaveLength(1);
  const id = /plan_id=([0-9a-f]{64})/.exec(forge.comments[0]?.body ?? "")?.[1];
  expect([...forge.packages.keys()]).toContain(`/projects/1/packages/generic/mason-plan-${id}/1.0.0/plan.bin`);
  merged();
  const workspace = await space.checkout();
  expect((await apply(workspace)).code).toBe(0);
  expect(JSON.parse(await readFile(join(workspace, "mason.lock"), "utf8")).last_plan).toBe(id);
  expect(forge.comments[0]?.body).toContain("state=applied");
  const calls = await space.calls();
  expect(calls).toContain(`LAKE_SECRET=${secret}`);
  expect(calls).not.toContain(token);
});

it("refuses another file under the plan's id", async () => {
  await plan();
  const [first] = [...forge.packages.values()];
  await writeFile(join(space.directory, "more.yaml"), "type: database\nname: returns\n");
  await plan();
  for (const path of forge.packages.keys()) forge.packages.set(path, first ?? Buffer.from(""));
  merged();
  const workspace = await space.checkout();
  const { code, log } = await apply(workspace);
  expect(code).toBe(1);
  expect(log).toContain("Nothing was applied");
  expect(existsSync(join(workspace, "mason.lock"))).toBe(false);
});

it.each([
  ["in the fork", { CI_PROJECT_ID: "2", MASON_ACTION_TOKEN: "" }, 0],
  ["that a member started here", { CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "2" }, 1],
])("plans as untrusted in a pipeline %s", async (_, env, comments) => {
  const { code, log } = await plan(env);
  expect(code).toBe(0);
  const calls = await space.calls();
  expect(calls).toContain("<--untrusted>");
  for (const hidden of [token, secret, jobToken]) expect(calls + log).not.toContain(hidden);
  expect(forge.comments).toHaveLength(comments);
  expect(forge.packages.size).toBe(0);
  merged();
  if (comments > 0) expect((await apply(await space.checkout())).log).toContain("as untrusted");
});
