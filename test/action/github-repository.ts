/** A repository on a fake GitHub, whose jobs use the action. */
import { type Used, useAction } from "./composite.ts";
import { type FakeForge, fakeForge, token } from "./fake-forge.ts";
import { makeWorkspace, secret, type Workspace } from "./workspace.ts";

const repository = "acme/pipelines";
/** Paths of the repository's API start with it. */
export const api = `/repos/${repository}`;
/** The commit at the head of the pull request. */
export const head = "a".repeat(40);
/** The commit of its merge. */
export const merge = "b".repeat(40);
/** Who writes the comments. */
export const bot = "github-actions[bot]";
/** A title and branch that is hostile wherever a shell or the runner would read it. */
export const title = "$(touch /tmp/pwned) `id` '; echo owned >&2 #\n::add-mask::x";

/** What a job is about. */
export interface JobOptions {
  /** The repository that the pull request comes from. */
  readonly from?: string;
  readonly event?: string;
  readonly actor?: string;
  readonly workspace?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly payload?: object;
}

/** The repository, its checkout and its artifacts. */
export interface Repository {
  readonly forge: FakeForge;
  readonly space: Workspace;
  readonly artifacts: Map<string, string>;
  /** A job that uses the action. */
  use(command: string, options?: JobOptions): Promise<Used>;
  /** A job of the push of the merge, in a checkout of its own. */
  apply(options?: JobOptions): Promise<Used>;
  /** From now on GitHub says that the pull request is merged, with the artifacts that were kept. */
  merged(more?: { readonly sha?: string; readonly from?: string; readonly artifactHead?: string }): void;
  close(): Promise<void>;
}

/** Makes one. */
export async function githubRepository(): Promise<Repository> {
  const [forge, space, artifacts] = [await fakeForge(bot), await makeWorkspace(), new Map<string, string>()];
  const use: Repository["use"] = (command, options = {}) =>
    useAction({
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
  return {
    forge,
    space,
    artifacts,
    use,
    apply: async (options = {}) =>
      use("apply", { event: "push", payload: {}, workspace: await space.checkout(), ...options }),
    merged: ({ sha = head, from = repository, artifactHead = head } = {}) => {
      forge.answers.set(`${api}/commits/${merge}/pulls`, [
        { number: 6, merged_at: null, merge_commit_sha: merge, head: { sha: head, repo: null } },
        {
          number: 7,
          merged_at: "2026-01-02T00:00:00Z",
          merge_commit_sha: merge,
          head: { sha, repo: { full_name: from } },
        },
      ]);
      const run = { id: 55, repository_id: 1, head_repository_id: 1, head_sha: artifactHead };
      forge.answers.set(`${api}/actions/artifacts`, {
        artifacts: [...artifacts.keys()].map((name) => ({ name, expired: false, workflow_run: run })),
      });
    },
    close: async () => {
      await forge.close();
      await space.close();
    },
  };
}

const pull = (from: string) => ({ number: 7, title, head: { sha: head, ref: title, repo: { full_name: from } } });
