import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { token } from "./fake-forge.ts";
import { api, bot, githubRepository, head, type Repository, title } from "./github-repository.ts";
import { secret } from "./workspace.ts";

let { forge, space, artifacts, use, apply, merged } = {} as Repository;
let close: Repository["close"];
beforeEach(async () => {
  ({ forge, space, artifacts, use, apply, merged, close } = await githubRepository());
});
afterEach(() => close());

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
])("plans %s as untrusted: Mason sees no secret, no token", async (_, options) => {
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
