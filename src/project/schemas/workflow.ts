/** The schemas of workflows and deployments. */
import type { JsonObject } from "../../json.ts";
import {
  call,
  configId,
  described,
  description,
  duration,
  lifecycle,
  name,
  onExisting,
  parameters,
  resourceSchema,
  text,
} from "./common.ts";

const step = {
  type: "object",
  additionalProperties: false,
  required: ["id"],
  properties: {
    id: described(name, "The name of the step within the workflow."),
    type: described({ enum: ["operator", "workflow"] }, "What the step calls; default operator."),
    namespace: described(name, "The namespace of what the step calls."),
    command: described(name, "The command of what the step calls."),
    operator: described(call, "The operator that the step calls, NAMESPACE:COMMAND."),
    workflow: described(call, "The workflow that the step calls, NAMESPACE:COMMAND."),
    dependencies: described({ type: "array", items: text }, "Ids of the steps that must end before this one starts."),
    when: described(
      { enum: ["succeeded", "failed", "always"] },
      "Runs after all dependencies succeeded (the default), after one of them failed, or always.",
    ),
    retry: { type: "string", description: "exponential(SECONDS) or constant(SECONDS)." },
    retry_max: { type: "integer", minimum: 0, maximum: 1000, description: "Tries after the first." },
    timeout: duration,
    parameters,
  },
};

/** A workflow document. */
export const workflow = resourceSchema(
  "workflow",
  "A DAG of operators and workflows.",
  ["namespace", "command", "dag"],
  {
    namespace: described(name, "The first part of the workflow's name, NAMESPACE:COMMAND."),
    command: described(name, "The second part of the workflow's name, NAMESPACE:COMMAND."),
    name: described(text, "A name to show; default NAMESPACE_COMMAND."),
    description,
    dag: described({ type: "array", minItems: 1, items: step }, "The steps, each with the steps that it depends on."),
    supported_schedulers: described(
      { type: "array", items: text },
      "Providers whose schedulers may run it. Absent: any.",
    ),
    module: {
      type: "string",
      description: "A module that exports step(current, next); default workflow.ts or workflow.js, if there is one.",
    },
  },
);

const deploymentStep: JsonObject = {
  type: "object",
  additionalProperties: false,
  properties: {
    parameters,
    config_id: configId,
    timeout: duration,
    steps: { type: "object", description: "The steps of a step that is a workflow." },
  },
};

/** Settings that a parameters file of a workflow may hold beside its steps. */
const deploymentSettings = {
  schedule: { type: "string", description: "Five-field cron, or @hourly, @daily, @weekly, @monthly, @yearly." },
  schedule_name: described(name, "The scheduler's name for the deployment; default the deployment's own."),
  strict: { type: "boolean", description: "False: invalid steps are dropped and named." },
};

/** A deployment document. */
export const deployment = resourceSchema(
  "deployment",
  "A workflow or operator with its config, parameters and schedule.",
  ["name"],
  {
    name: described(name, "The name of the deployment."),
    description,
    workflow: described(call, "The workflow that runs, NAMESPACE:COMMAND."),
    operator: described(call, "The operator that runs, NAMESPACE:COMMAND."),
    config_id: configId,
    ...deploymentSettings,
    timezone: { type: "string", description: "IANA name; default UTC." },
    start: { type: "string", description: "Date or instant before which nothing fires." },
    catchup: described({ enum: ["skip", "latest", "all"] }, "What to do about missed fire times; default skip."),
    max_active_runs: described({ type: "integer", minimum: 1 }, "Runs that may be active at once; default 1."),
    timeout: duration,
    paused: described({ type: "boolean" }, "Registered, but fires only by hand."),
    owner: described(text, "The person or team that is responsible."),
    tags: described({ type: "array", items: text }, "Words to find the deployment by."),
    on_existing: onExisting,
    lifecycle,
    parameters,
    steps: described(
      { type: "object", additionalProperties: deploymentStep },
      "Settings of the workflow's steps, by id.",
    ),
  },
);
