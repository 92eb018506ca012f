// GitLab: the merge request of this pipeline, its notes, and plan files as generic packages named after the plan's id.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { allPages, call } from "./http.mjs";
import { Refused } from "./refused.mjs";

/** The forge for a job of a pipeline. */
export function gitlab(env, settings) {
  const root = settings.api || env.CI_API_V4_URL;
  const api = (path, options = {}) => call(root, path, { ...options, headers: { "private-token": settings.token } });
  const project = env.CI_MERGE_REQUEST_PROJECT_ID ?? env.CI_PROJECT_ID;
  const notes = (number) => `/projects/${project}/merge_requests/${number}/notes`;
  const jobToken = { "job-token": env.CI_JOB_TOKEN ?? "" };
  const packageOf = (planId) => `/projects/${project}/packages/generic/mason-plan-${planId}/1.0.0/plan.bin`;
  return {
    ...job(env),

    pull() {
      const { CI_MERGE_REQUEST_IID: number, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: source } = env;
      if (number === undefined) return null;
      // With merged results, the commit of the pipeline differs from that of the branch.
      const head = source || env.CI_COMMIT_SHA;
      const trusted = env.CI_MERGE_REQUEST_SOURCE_PROJECT_ID === project && env.CI_PROJECT_ID === project;
      return { number, head, trusted };
    },

    async mergedPull() {
      const sha = env.CI_COMMIT_SHA;
      const found = await api(`/projects/${project}/repository/commits/${sha}/merge_requests`);
      const merged = found.find(
        (each) => each.state === "merged" && [each.merge_commit_sha, each.squash_commit_sha, each.sha].includes(sha),
      );
      if (merged === undefined) return null;
      const trusted = merged.source_project_id === merged.target_project_id;
      return { number: String(merged.iid), head: merged.sha, trusted };
    },

    async comments(number) {
      if (settings.token === "")
        throw new Refused('There is no token to read and write notes. Set the variable "MASON_ACTION_TOKEN".');
      const me = await api("/user");
      const read = (page) => api(`${notes(number)}?per_page=100&page=${page}&sort=asc`);
      return (await allPages(read)).map(({ id, body, author }) => ({ id, body, own: author?.id === me.id }));
    },
    createComment: (number, body) => api(notes(number), { method: "POST", send: { body } }),
    updateComment: (number, id, body) => api(`${notes(number)}/${id}`, { method: "PUT", send: { body } }),

    keepPlan: async (planId, file) =>
      call(root, packageOf(planId), { method: "PUT", headers: jobToken, send: await readFile(file), raw: true }),
    findPlan: async () => ({}),
    async fetchPlan(planId, file) {
      const bytes = await call(root, packageOf(planId), { headers: jobToken, raw: true, absent: true });
      if (bytes === null) return;
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, bytes);
    },
  };
}

/** The messages of a job to its log. */
function job(env) {
  const write = (text) => process.stdout.write(text);
  return {
    output: () => {},
    // The log already has the plan as text.
    summary: () => {},
    logLink: (words) => `[${words}](${env.CI_JOB_URL ?? ""})`,
    note: (text) => write(`${text}\n`),
    problem: (text) => write(`Error: ${text}\n`),
    quoting: (work) => work(write),
  };
}
