/** `job:cancel`: asks the execution engine to stop a job, and reports the outcome. */
import { hasEnded } from "../../model/job.ts";
import { type BuiltinOperator, type OperatorContext, type OperatorResult, result } from "../operator.ts";
import { requiredText } from "../parameters.ts";
import { lineOnly, shown } from "../preview.ts";
import { engineOf } from "../source/source.ts";
import { jobData, noJob } from "./data.ts";

export const cancel: BuiltinOperator = {
  definition: {
    namespace: "job",
    command: "cancel",
    description: "Cancels a job that has not ended yet",
    parameters: { required: [{ name: "job_id", type: "string", description: "The job's id" }], optional: [] },
    supportedConfigurations: [],
    needs: ["execution.getJob", "execution.cancelJob"],
    reads: [],
    writes: [],
    outputs: [{ name: "job_id", type: "string" }],
    repeatable: true,
    work: { kind: "builtin", revision: 1 },
  },
  run,
  preview: async (context) => lineOnly(`cancels job ${shown(context, "job_id")}`),
};

async function run({ parameters, engines }: OperatorContext): Promise<OperatorResult> {
  const id = requiredText(parameters, "job_id");
  const execution = engineOf(engines, "execution");
  const before = await execution.getJob(id);
  if (before === null) throw noJob(id);
  const outputs = { job_id: id };
  if (hasEnded(before)) {
    const info = [`Job "${id}" had already ended (${before.state}). There was nothing to cancel.`];
    return result({ outputs, data: [jobData(before)], info });
  }
  await execution.cancelJob(id);
  const after = (await execution.getJob(id)) ?? before;
  return result({ outputs, data: [jobData(after)], info: [outcome(id, after.state)] });
}

function outcome(id: string, state: string): string {
  if (state === "cancelled") return `Job "${id}" was cancelled.`;
  if (state === "succeeded" || state === "failed") return `Job "${id}" ended (${state}) before it could be cancelled.`;
  return `Job "${id}" was asked to stop and is still ${state}. Run "job:get" to see when it has ended.`;
}
