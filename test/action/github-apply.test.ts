import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { api, githubRepository, merge, type Repository } from "./github-repository.ts";

let { forge, space, artifacts, use, apply, merged } = {} as Repository;
let close: Repository["close"];
beforeEach(async () => {
  ({ forge, space, artifacts, use, apply, merged, close } = await githubRepository());
});
afterEach(() => close());

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
  expect(again.log).toContain("is already applied");
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
  ["of another commit than the merged one", { sha: "c".repeat(40) }, "the merged commit was not reviewed"],
  ["that a run of another commit kept", { artifactHead: "c".repeat(40) }, "does not exist or has expired"],
  ["of a fork", { from: "mallory/pipelines" }, "as untrusted"],
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
