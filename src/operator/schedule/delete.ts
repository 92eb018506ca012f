/** `schedule:delete`: removes a registration from the scheduler; one that Mason did not make needs `force`. */
import { ProviderError } from "../../provider/error.ts";
import { type BuiltinOperator, type OperatorContext, type OperatorResult, result } from "../operator.ts";
import { refuseForeign } from "../owner.ts";
import { requiredText } from "../parameters.ts";
import { lineOnly, shown } from "../preview.ts";
import { verbOf } from "../verb.ts";
import { isMasons } from "./list.ts";

export const deleteSchedule: BuiltinOperator = {
  definition: {
    namespace: "schedule",
    command: "delete",
    description: "Removes a registration from the scheduler; one that Mason did not make needs force",
    parameters: {
      required: [{ name: "schedule_name", type: "string", description: "The scheduler's own name for it" }],
      optional: [
        { name: "force", type: "boolean", default: false, description: "Delete it even if Mason did not make it" },
      ],
    },
    supportedConfigurations: [],
    needs: ["scheduler.getRegistration", "scheduler.delete"],
    reads: [],
    writes: [],
    outputs: [{ name: "schedule_name", type: "string" }],
    repeatable: true,
    work: { kind: "builtin", revision: 1 },
  },
  run,
  preview: async (context) => lineOnly(`deletes schedule ${shown(context, "schedule_name")}`),
};

async function run({ parameters, engines, owner }: OperatorContext): Promise<OperatorResult> {
  const name = requiredText(parameters, "schedule_name");
  const outputs = { schedule_name: name };
  const registration = await verbOf(engines, "scheduler", "getRegistration")(name);
  if (registration === null)
    return result({ outputs, info: [`There was no schedule "${name}". Nothing was deleted.`] });
  refuseForeign(`Schedule "${name}"`, registration.owner, owner);
  if (!isMasons(registration) && parameters.force !== true) {
    throw new ProviderError(
      "denied",
      `Schedule "${name}" was not made by Mason, so it was not deleted. Set "force" to true to delete it anyway.`,
    );
  }
  await verbOf(engines, "scheduler", "delete")(name);
  const declared = registration.owner?.address;
  return result({
    outputs,
    info: [`Schedule "${name}" was deleted.`],
    warnings:
      declared === undefined
        ? []
        : [
            `Schedule "${name}" belongs to "${declared}": the next apply registers it again. Remove the declaration too.`,
          ],
  });
}
