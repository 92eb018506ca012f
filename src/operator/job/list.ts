/** `job:list`: the jobs that the execution engine knows, newest first. */
import type { Job } from "../../model/job.ts";
import { type BuiltinOperator, type OperatorContext, type OperatorResult, result } from "../operator.ts";
import { integer } from "../parameters.ts";
import { lineOnly } from "../preview.ts";
import { verbOf } from "../verb.ts";
import { jobData } from "./data.ts";

const defaultLimit = 20;

export const list: BuiltinOperator = {
  definition: {
    namespace: "job",
    command: "list",
    description: "Lists the jobs that the execution engine knows, newest first",
    parameters: {
      required: [],
      optional: [
        {
          name: "limit",
          type: "integer",
          least: 1,
          default: defaultLimit,
          description: "Maximum number of jobs to list",
        },
      ],
    },
    supportedConfigurations: [],
    needs: ["execution.listJobs"],
    reads: [],
    writes: [],
    outputs: [],
    repeatable: true,
    work: { kind: "builtin", revision: 1 },
  },
  run,
  preview: async () => lineOnly("lists jobs"),
};

async function run({ parameters, engines }: OperatorContext): Promise<OperatorResult> {
  const limit = integer(parameters, "limit", 1) ?? defaultLimit;
  const jobs = [...(await verbOf(engines, "execution", "listJobs")({ limit: limit + 1 }))].sort(newestFirst);
  const isCut = jobs.length > limit;
  return result({
    data: jobs.slice(0, limit).map(jobData),
    info: [
      ...(jobs.length === 0 ? ["There are no jobs."] : []),
      ...(isCut ? [`There are more jobs than the newest ${limit}. Raise "limit" to see more.`] : []),
    ],
  });
}

/** Jobs without a known time come last; jobs of the same instant keep the engine's order. */
function newestFirst(a: Job, b: Job): number {
  const [left, right] = [a.submittedAt ?? "", b.submittedAt ?? ""];
  return left === right ? 0 : left < right ? 1 : -1;
}
