import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Used, useAction } from "./composite.ts";
import { type FakeForge, fakeForge, token } from "./fake-forge.ts";
import { makeWorkspace, secret, type Workspace } from "./workspace.ts";

const repository = "acme/pipelines";
const api = `/repos/${repository}`;
const [head, merge] = ["a".repeat(40), "b".repeat(40)];
const bot = "github-actions[bot]";
/** Hostile wherever a shell or the runner would read it. */
const title = "$(touch /tmp/pwned) `id` '; echo owned >&2 #\n::add-mask::x";

let forge: FakeForge;
let space: Workspace;
let artifacts: Map<string, string>;
beforeEach(async () => {
  [forge, space] = [await fakeForge(bot), await makeWorkspace()];
  artifacts = new Map();
});
afterEach(async () => {
  await forge.close();
  await space.close();
});

const pull = (from: string) => ({ number: 7, title, head: { sha: head, ref: title, repo: { full_name: from } } });

interface Options {
  readonly from?: string;
  readonly event?: string;
  readonly actor?: string;
  readonly workspace?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly payload?: object;
}

function use(command: string, options: Options = {}): Promise<Used> {
  return useAction({
    inputs: { command, token, api: forge.url, mason: space.mason, ...options.inputs },
    env: {
      GITHUB_REPOSITORY: repository,
      GITHUB_EVENT_NAME: options.event ?? "pull_request",
      GITHUB_SHA: merge,
      GITHUB_RUN_ID: "55",
      GITHUB_ACTOR: options.actor ?? "ann",
      GITHUB_HEAD_REF: title,
      GITHUB_TOKEN: token,
      LAKE_KEY: "AKIA-lake",
      LAKE_SECRET: secret,
    },
    event: options.payload ?? { pull_request: pull(options.from ?? repository) },
    workspace: options.workspace ?? space.directory,
    temp: space.root,
    artifacts,
  });
}

/** What GitHub says after the merge, with the artifacts that were kept. */
function merged(more: { readonly sha?: string; readonly from?: string; readonly artifactHead?: string } = {}) {
  const from = more.from ?? repository;
  const merged = { merged_at: "2026-01-02T00:00:00Z", merge_commit_sha: merge };
  forge.answers.set(`${api}/commits/${merge}/pulls`, [
    { number: 6, merged_at: null, merge_commit_sha: merge, head: { sha: head, repo: null } },
    { number: 7, ...merged, head: { sha: more.sha ?? head, repo: { full_name: from } } },
  ]);
  const run = { id: 55, repository_id: 1, head_repository_id: 1, head_sha: more.artifactHead ?? head };
  forge.answers.set(`${api}/actions/artifacts`, {
    artifacts: [...artifacts.keys()].map((name) => ({ name, expired: false, workflow_run: run })),
  });
}

const apply = async (options: Options = {}) =>
  use("apply", { event: "push", payload: {}, workspace: await space.checkout(), ...options });

it("plans: one comment with the plan, the file by its id, the outputs", async () => {
  const used = await use("plan");
  expect(used).toMatchObject({ code: 0, outputs: { has_changes: "true" } });
  const id = used.outputs.plan_id ?? "";
  expect(id).toMatch(/^[0-9a-f]{64}$/);
  expect([...artifacts.keys()]).toEqual([`mason-plan-${id}`]);
  const [comment] = forge.comments;
  expect(comment?.body).toContain("<code>database.sales</code>");
  expect(comment?.body).toContain(`plan_id: <code>${id}</code>`);
  expect(comment?.body).toContain("<!-- mason-plan:default -->");
  expect(used.summary).toContain("<code>database.sales</code>");
  expect(used.log).toContain("+ database.sales");
  expect(await space.calls()).not.toContain("--untrusted");
});

it("edits its own comment in place, and no one else's", async () => {
  await use("plan");
  const stranger = { id: 1, body: forge.comments[0]?.body ?? "", author: "mallory" };
  forge.comments.unshift(
    stranger,
    ...Array.from({ length: 120 }, (_, id) => ({ id: id + 2, body: "hm", author: "ann" })),
  );
  await writeFile(join(space.directory, "more.yaml"), "type: database\nname: returns\n");
  const before = stranger.body;
  expect((await use("plan")).code).toBe(0);
  expect(forge.comments.filter(({ author }) => author === bot)).toHaveLength(1);
  expect(forge.comments.at(-1)?.body).toContain("database.returns");
  expect(stranger.body).toBe(before);
});

it("has a comment for each project and environment", async () => {
  await use("plan");
  await writeFile(join(space.directory, "mason.yaml"), 'default_config: "6"\nenvironments: { prod: {} }\n');
  expect((await use("plan", { inputs: { environment: "prod" } })).code).toBe(0);
  expect(forge.comments).toHaveLength(2);
  expect(forge.comments[1]?.body).toContain("<!-- mason-plan:prod -->");
});

it("says in the comment that a plan failed, and keeps no plan", async () => {
  await use("plan");
  artifacts.clear();
  await writeFile(join(space.directory, "database.yaml"), "type: databse\nname: sales\n");
  const used = await use("plan");
  expect(used.code).toBe(1);
  expect(used.log).toContain("databse");
  expect(forge.comments).toHaveLength(1);
  expect(forge.comments[0]?.body).toContain("**Plan failed.**");
  expect(artifacts.size).toBe(0);
  merged();
  expect((await apply()).log).toContain("has no plan of this project");
});

it.each([
  ["a fork", { from: "mallory/pipelines" }],
  ["Dependabot", { actor: "dependabot[bot]" }],
])("plans %s without trust: Mason sees no secret, no token", async (_, options) => {
  forge.readOnly = true;
  const used = await use("plan", options);
  expect(used.code).toBe(0);
  const calls = await space.calls();
  expect(calls).toContain("<--untrusted>");
  for (const hidden of [token, secret, "AKIA-lake", "GITHUB_", "LAKE_"]) expect(calls).not.toContain(hidden);
  for (const hidden of [token, secret]) expect(used.log + used.summary).not.toContain(hidden);
  expect(used.log).toContain("::notice title=Mason::This run may not write comments");
  expect(used.summary).toContain("<code>database.sales</code>");
});

it("gives its token to Mason in no run, under no name", async () => {
  merged();
  await use("plan");
  merged();
  await apply();
  const calls = await space.calls();
  expect(calls).toContain(`LAKE_SECRET=${secret}`);
  expect(calls).not.toContain(token);
});

it("fails when a run of this repository may not write comments", async () => {
  forge.readOnly = true;
  const used = await use("plan");
  expect(used.code).toBe(1);
  expect(used.log).toMatch(
    /::error title=Mason::POST \S+ was answered with 403\. Check the permissions of the token\./,
  );
});

it("refuses pull_request_target", async () => {
  const used = await use("plan", { event: "pull_request_target", from: "mallory/pipelines" });
  expect(used.code).toBe(1);
  expect(await space.calls()).toBe("");
});

it("runs nothing of a title, a branch or an input, and lets no text speak to the runner", async () => {
  const directory = `$(touch ${space.root}/pwned);\`touch ${space.root}/pwned\`'" --destroy`;
  const used = await use("plan", { inputs: { directory, environment: "$(id)" } });
  expect(used.code).toBe(1);
  expect(existsSync(join(space.root, "pwned"))).toBe(false);
  expect(await space.calls()).toContain(`<--project=${directory}>`);
  const command = await use("$(touch pwned)");
  expect(command).toMatchObject({ code: 1, ran: ["Install Mason"] });
  await writeFile(join(space.directory, "database.yaml"), "type: database\nname: sales\n::error::owned: 1\n");
  const { log } = await use("plan");
  const quoted = log.replace(/::stop-commands::(\w+)\n[\s\S]*?\n::\1::\n/g, "");
  expect(log).toContain("owned");
  expect(quoted).not.toContain("owned");
});

it("applies the plan that was reviewed, in another checkout, and says so in the comment", async () => {
  const { outputs } = await use("plan");
  merged();
  const workspace = await space.checkout();
  const used = await apply({ workspace });
  expect(used).toMatchObject({ code: 0, outputs });
  const lock = JSON.parse(await readFile(join(workspace, "mason.lock"), "utf8"));
  expect(lock.last_plan).toBe(outputs.plan_id);
  expect(forge.comments).toHaveLength(1);
  expect(forge.comments[0]?.body).toMatch(/^<!-- mason-action:.* state=applied -->\n\*\*Applied&#58; \d+ done\.\*\*/);
  expect(forge.comments[0]?.body).toContain("<code>database.sales</code>");
  const again = await apply({ workspace });
  expect(again.code).toBe(0);
  expect(again.log).toContain("was applied already");
});

it("refuses another plan file under the same name", async () => {
  const first = await use("plan");
  const file = artifacts.get(`mason-plan-${first.outputs.plan_id}`) ?? "";
  await writeFile(join(space.directory, "more.yaml"), "type: database\nname: returns\n");
  const second = await use("plan");
  artifacts.set(`mason-plan-${second.outputs.plan_id}`, file);
  merged();
  const workspace = await space.checkout();
  const used = await apply({ workspace });
  expect(used.code).toBe(1);
  expect(used.log).toContain(`The file holds plan ${first.outputs.plan_id?.slice(0, 8)}`);
  expect(existsSync(join(workspace, "mason.lock"))).toBe(false);
  expect(forge.comments[0]?.body).toContain("**Not applied.**");
});

it("refuses a file that was altered", async () => {
  const { outputs } = await use("plan");
  const file = artifacts.get(`mason-plan-${outputs.plan_id}`) ?? "";
  await writeFile(file, (await readFile(file, "utf8")).replaceAll("sales", "sells"));
  merged();
  const used = await apply();
  expect(used.code).toBe(1);
  expect(used.log).toContain("Altered plan file");
  expect(used.log).toContain("can't be read");
});

it("applies nothing when what was merged is not what was planned", async () => {
  await use("plan");
  merged();
  const workspace = await space.checkout();
  await writeFile(join(workspace, "database.yaml"), "type: database\nname: sales\ndescription: other\n");
  const used = await apply({ workspace });
  expect(used.code).toBe(1);
  expect(used.log).toContain("Project changed since the plan");
  expect(forge.comments[0]?.body).toContain("**Not applied:** nothing was changed.");
  expect(existsSync(join(workspace, "mason.lock"))).toBe(false);
});

it.each([
  ["of another commit than the merged one", { sha: "c".repeat(40) }, "what was merged was not reviewed"],
  ["that a run of another commit kept", { artifactHead: "c".repeat(40) }, "is not there or has expired"],
  ["of a fork", { from: "mallory/pipelines" }, "without trust"],
])("refuses a plan %s", async (_, more, words) => {
  await use("plan");
  merged(more);
  const used = await apply();
  expect(used.code).toBe(1);
  expect(used.log).toContain(words);
  expect(await space.calls()).not.toContain("args: <apply>");
});

it("believes no comment that the bot did not write", async () => {
  await use("plan");
  const [comment] = forge.comments.splice(0);
  forge.comments.push({ id: 1, body: comment?.body ?? "", author: "mallory" });
  merged();
  const used = await apply();
  expect(used.code).toBe(1);
  expect(used.log).toContain("has no plan of this project");
});

it("refuses a push that no pull request came with", async () => {
  forge.answers.set(`${api}/commits/${merge}/pulls`, []);
  const used = await apply();
  expect(used.code).toBe(1);
  expect(used.log).toContain("No pull request was merged with this commit");
});

it("has nothing to apply after a plan without changes", async () => {
  await use("plan");
  merged();
  expect((await apply({ workspace: space.directory })).code).toBe(0);
  forge.comments.splice(0);
  expect(await use("plan")).toMatchObject({ code: 0, outputs: { has_changes: "false" } });
  expect(forge.comments[0]?.body).toContain("No changes");
  merged();
  const used = await apply({ workspace: space.directory });
  expect(used).toMatchObject({ code: 0, outputs: { has_changes: "false" } });
  expect(used.log).toContain("has nothing to do");
  expect(used.ran).not.toContain("Fetch the plan");
});

it("comments the plan of a fork in a run of its own, from the plan file alone", async () => {
  const from = "mallory/pipelines";
  forge.readOnly = true;
  const { outputs } = await use("plan", { from });
  forge.readOnly = false;
  const name = `mason-plan-${outputs.plan_id}`;
  const run = {
    id: 55,
    head_sha: head,
    head_branch: title,
    head_repository: { full_name: from, owner: { login: "mallory" } },
  };
  forge.answers.set(`${api}/pulls`, [{ number: 7, head: { sha: head } }]);
  forge.answers.set(`${api}/actions/runs/55/artifacts`, { artifacts: [{ name }, { name: "logs" }] });
  const options = { event: "workflow_run", payload: { workflow_run: run }, workspace: space.root };
  const used = await use("comment", options);
  expect(used.code).toBe(0);
  expect(forge.comments[0]?.body).toContain("<code>database.sales</code>");
  expect(forge.comments[0]?.body).toMatch(
    /^<!-- mason-action:\S+ plan_id=\S+ head=a+ changes=true trusted=false state=planned -->\n/,
  );
  const file = artifacts.get(name) ?? "";
  const plan = JSON.parse(await readFile(file, "utf8"));
  plan.shown.changes[0].action = "[x](y)";
  await writeFile(file, JSON.stringify(plan));
  const hostile = await use("comment", options);
  expect(hostile.code).toBe(1);
  expect(hostile.log).toContain("not one that Mason wrote");
});
