/** `job:get`: shows the state of a job, its logs, and its rows when it succeeded. As a step, it fails until the job has succeeded. */
import type { Execution } from "../../engine/execution.ts";
import type { JsonObject } from "../../json.ts";
import { formatDataType } from "../../model/data-type.ts";
import type { Job } from "../../model/job.ts";
import type { ProviderErrorCode } from "../../model/provider-error-code.ts";
import { ProviderError } from "../../provider/error.ts";
import { type BuiltinOperator, type OperatorContext, type OperatorResult, result } from "../operator.ts";
import { integer, requiredText } from "../parameters.ts";
import { lineOnly, shown } from "../preview.ts";
import { engineOf } from "../source/source.ts";
import { jobData, noJob } from "./data.ts";

const defaultLimit = 100;

export const get: BuiltinOperator = {
  definition: {
    namespace: "job",
    command: "get",
    description:
      "Shows a job's state, times and logs, and its rows once it has succeeded; as a step, it fails until the job succeeds",
    parameters: {
      required: [{ name: "job_id", type: "string", description: "The job's id" }],
      optional: [
        {
          name: "limit",
          type: "integer",
          least: 1,
          default: defaultLimit,
          description: "Maximum number of rows to show",
        },
      ],
    },
    supportedConfigurations: [],
    needs: ["execution.getJob", "execution.results", "execution.logs"],
    reads: [],
    writes: [],
    outputs: [{ name: "job_id", type: "string" }],
    repeatable: true,
    work: { kind: "builtin", revision: 1 },
  },
  run,
  preview: async (context) => lineOnly(`job ${shown(context, "job_id")}`),
};

async function run({ parameters, engines, asStep }: OperatorContext): Promise<OperatorResult> {
  const id = requiredText(parameters, "job_id");
  const execution = engineOf(engines, "execution");
  const job = await execution.getJob(id);
  if (job === null) throw noJob(id);
  if (asStep) requireSuccess(job);
  const rows =
    job.state === "succeeded" ? await readRows(execution, id, integer(parameters, "limit", 1) ?? defaultLimit) : null;
  return result({
    outputs: { job_id: id },
    data: [{ ...jobData(job), ...rows?.data, logs: await execution.logs(id) }],
    info: [sentence(job), ...(rows?.notes ?? [])],
  });
}

/** A job that may still succeed is a retryable failure; a job that failed or was cancelled is a permanent one. */
function requireSuccess(job: Job): void {
  switch (job.state) {
    case "succeeded":
      return;
    case "queued":
    case "running":
    case "unknown":
      throw new ProviderError("unavailable", `${sentence(job)} Look again when it has ended.`, { retryable: true });
    case "failed":
      throw new ProviderError((job.errorCode ?? "failed") as ProviderErrorCode, sentence(job), { retryable: false });
    case "cancelled":
      throw new ProviderError("cancelled", sentence(job), { retryable: false });
  }
}

function sentence(job: Job): string {
  const name = `Job "${job.id}"`;
  switch (job.state) {
    case "queued":
    case "running":
      return `${name} is ${job.state}.`;
    case "succeeded":
      return `${name} succeeded.`;
    case "unknown":
      return `The state of job "${job.id}" is not known.`;
    case "failed":
      return job.error === undefined ? `${name} failed.` : `${name} failed: ${job.error}`;
    case "cancelled":
      return `${name} was cancelled.`;
  }
}

/** Rows in the order of the result, at most `limit`. */
async function readRows(
  execution: Execution,
  id: string,
  limit: number,
): Promise<{ readonly data: JsonObject; readonly notes: readonly string[] }> {
  let page = await execution.results(id);
  const columns = page.columns.map((column) => ({ name: column.name, type: formatDataType(column.type) }));
  const rows = [...page.rows];
  while (page.next !== undefined && rows.length <= limit) {
    page = await execution.results(id, page.next);
    rows.push(...page.rows);
  }
  const isCut = rows.length > limit;
  return {
    data: columns.length === 0 ? {} : { columns, rows: rows.slice(0, limit) },
    notes: isCut ? [`The job has more rows than the first ${limit}. Raise "limit" to see more.`] : [],
  };
}
