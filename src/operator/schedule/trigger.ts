/** `schedule:trigger`: starts a run of what is registered with the scheduler, whoever registered it. */
import { type BuiltinOperator, type OperatorContext, type OperatorResult, result } from "../operator.ts";
import { requiredText } from "../parameters.ts";
import { lineOnly, shown } from "../preview.ts";
import { verbOf } from "../verb.ts";

export const trigger: BuiltinOperator = {
  definition: {
    namespace: "schedule",
    command: "trigger",
    description: "Starts a run of what is registered with the scheduler",
    parameters: {
      required: [{ name: "schedule_name", type: "string", description: "The scheduler's own name for it" }],
      optional: [],
    },
    supportedConfigurations: [],
    needs: ["scheduler.trigger"],
    reads: [],
    writes: [],
    outputs: [
      { name: "schedule_name", type: "string" },
      { name: "run_key", type: "string" },
    ],
    // Repeating it with another token starts another run.
    repeatable: false,
    work: { kind: "builtin", revision: 1 },
  },
  run,
  preview: async (context) => lineOnly(`starts a run of schedule ${shown(context, "schedule_name")}`),
};

async function run({ parameters, engines, token, now }: OperatorContext): Promise<OperatorResult> {
  const name = requiredText(parameters, "schedule_name");
  const started = await verbOf(engines, "scheduler", "trigger")(name, { key: token, at: now().toISOString() });
  return result({
    outputs: { schedule_name: name, run_key: started.key },
    data: [{ schedule_name: name, run_key: started.key, state: started.state, at: started.at }],
    info: [`A run of schedule "${name}" was started; it is ${started.state}.`],
  });
}
