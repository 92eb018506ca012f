// GitHub: the event of this run, comments, artifacts, and messages of a step to its runner.
import { randomBytes } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
import { allPages, call } from "./http.mjs";
import { Refused } from "./refused.mjs";

/** The forge for a step of a workflow. */
export function github(env, settings) {
  const repository = env.GITHUB_REPOSITORY ?? "";
  const base = `${settings.api || env.GITHUB_API_URL || "https://api.github.com"}/repos/${repository}`;
  const headers = {
    accept: "application/vnd.github+json",
    "x-github-api-version": "2022-11-28",
    "user-agent": "mason-action",
    authorization: `Bearer ${settings.token}`,
  };
  const api = (path, options = {}) => call(base, path, { ...options, headers });
  const event = () => JSON.parse(readFileSync(env.GITHUB_EVENT_PATH, "utf8"));
  return {
    ...runner(env, repository),

    pull() {
      if (env.GITHUB_EVENT_NAME === "pull_request_target")
        throw new Refused(
          "A plan is not made on pull_request_target, which gives secrets to code of strangers. Use pull_request.",
        );
      const { pull_request: pull } = event();
      if (env.GITHUB_EVENT_NAME !== "pull_request" || pull === undefined) return null;
      const trusted = pull.head.repo?.full_name === repository && env.GITHUB_ACTOR !== "dependabot[bot]";
      return { number: pull.number, head: pull.head.sha, trusted };
    },

    async mergedPull() {
      const sha = env.GITHUB_SHA;
      const pulls = await api(`/commits/${sha}/pulls?per_page=100`);
      const pull = pulls.find((each) => each.merged_at !== null && each.merge_commit_sha === sha);
      if (pull === undefined) return null;
      return { number: pull.number, head: pull.head.sha, trusted: pull.head.repo?.full_name === repository };
    },

    async comments(number) {
      const read = (page) => api(`/issues/${number}/comments?per_page=100&page=${page}`);
      const all = await allPages(read);
      return all.map(({ id, body, user }) => ({ id, body, own: user?.login === settings.bot }));
    },
    createComment: (number, body) => api(`/issues/${number}/comments`, { method: "POST", send: { body } }),
    updateComment: (_number, id, body) => api(`/issues/comments/${id}`, { method: "PATCH", send: { body } }),

    // The workflow stores and fetches it as an artifact.
    keepPlan: async () => {},
    fetchPlan: async () => {},

    /** Forks can store artifacts under any name, so this one must come from a run of the merged commit in this repository. */
    async findPlan(planId, pull) {
      const name = `mason-plan-${planId}`;
      const read = (page) => api(`/actions/artifacts?name=${name}&per_page=100&page=${page}`);
      const all = await allPages(read, (answer) => answer.artifacts);
      const found = all.find(
        ({ expired, workflow_run: run }) =>
          !expired && run?.head_sha === pull.head && run.head_repository_id === run.repository_id,
      );
      if (found === undefined)
        throw new Refused(`The artifact "${name}" does not exist or has expired. Plan it again in a new pull request.`);
      return { artifact: name, run_id: String(found.workflow_run.id) };
    },

    async planOfRun() {
      const { workflow_run: run } = event();
      if (run === undefined) throw new Refused("This is no run of another run's end. Use the event workflow_run.");
      const head = encodeURIComponent(`${run.head_repository.owner.login}:${run.head_branch}`);
      const pulls = await api(`/pulls?state=open&head=${head}&per_page=100`);
      const pull = pulls.find((each) => each.head.sha === run.head_sha);
      if (pull === undefined) throw new Refused("The pull request of this run is closed or has moved on.");
      const read = (page) => api(`/actions/runs/${run.id}/artifacts?per_page=100&page=${page}`);
      const names = (await allPages(read, (answer) => answer.artifacts)).map(({ name }) => name);
      const plans = names.filter((name) => /^mason-plan-[0-9a-f]{64}$/.test(name));
      if (plans.length !== 1)
        throw new Refused(
          `The run has ${plans.length} plans, but a comment can show only one. Look at the run itself.`,
        );
      const trusted = run.head_repository.full_name === repository;
      return {
        pull: { number: pull.number, head: run.head_sha, trusted },
        artifact: plans[0],
        planId: plans[0].slice("mason-plan-".length),
        runId: String(run.id),
      };
    },
  };
}

/** The messages of a step to its runner. */
function runner(env, repository) {
  const append = (file, text) => {
    if (file !== undefined && file !== "") appendFileSync(file, text);
  };
  const write = (text) => process.stdout.write(text);
  const oneLine = (text) => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  const url = `${env.GITHUB_SERVER_URL ?? "https://github.com"}/${repository}/actions/runs/${env.GITHUB_RUN_ID ?? ""}`;
  return {
    output: (name, value) => append(env.GITHUB_OUTPUT, `${name}=${value}\n`),
    summary: (markdown) => append(env.GITHUB_STEP_SUMMARY, `${markdown}\n`),
    logLink: (words) => `[${words}](${url})`,
    note: (text) => write(`::notice title=Mason::${oneLine(text)}\n`),
    problem: (text) => write(`::error title=Mason::${oneLine(text)}\n`),

    /** Prints text in which the runner recognizes no commands. */
    async quoting(work) {
      const word = randomBytes(16).toString("hex");
      write(`::stop-commands::${word}\n`);
      try {
        return await work(write);
      } finally {
        write(`\n::${word}::\n`);
      }
    },
  };
}
