/** `schedule:list`: lists what is registered with the scheduler, by Mason and by others, under the scheduler's own names. */
import type { JsonObject } from "../../json.ts";
import type { Registration } from "../../model/schedule.ts";
import { type BuiltinOperator, type OperatorContext, type OperatorResult, result } from "../operator.ts";
import { lineOnly } from "../preview.ts";
import { verbOf } from "../verb.ts";

export const list: BuiltinOperator = {
  definition: {
    namespace: "schedule",
    command: "list",
    description: "Lists what is registered with the scheduler, under the scheduler's own names",
    parameters: { required: [], optional: [] },
    supportedConfigurations: [],
    needs: ["scheduler.listRegistrations"],
    reads: [],
    writes: [],
    outputs: [],
    repeatable: true,
    work: { kind: "builtin", revision: 1 },
  },
  run,
  preview: async () => lineOnly("lists schedules"),
};

async function run({ engines }: OperatorContext): Promise<OperatorResult> {
  const registrations = await verbOf(engines, "scheduler", "listRegistrations")();
  return result({
    data: registrations.map(registrationData),
    info: registrations.length === 0 ? ["There are no schedules."] : [],
  });
}

const registrationData = ({ name, schedule, bundle, owner }: Registration): JsonObject => ({
  name,
  cron: schedule.cron ?? null,
  timezone: schedule.timezone,
  paused: schedule.paused,
  made_by_mason: isMasons({ bundle, owner }),
  address: owner?.address ?? null,
});

/** True for a registration that Mason made. */
export const isMasons = ({ bundle, owner }: { readonly [K in "bundle" | "owner"]?: Registration[K] | undefined }) =>
  bundle !== undefined || owner !== undefined;
