/** The JSON Schema of a plan as `mason plan --json` prints it. Fields are only ever added, so readers must ignore unknown ones. */
import { resourceKinds } from "../../address.ts";
import type { JsonObject } from "../../json.ts";
import { actions, type ReasonCode } from "../../plan/action.ts";
import { driftCodes, repairNames } from "../../plan/drift/drift.ts";
import { planJsonFormat } from "./plan-json.ts";
import { workKinds } from "./stages-json.ts";

const text = { type: "string" } as const;
const texts = { type: "array", items: text } as const;
const count = { type: "integer", minimum: 0 } as const;
const instants = { type: "array", items: { ...text, pattern: "^\\d{4}-\\d\\d-\\d\\dT" } } as const;

/** Every reason code. A record makes sure that none is forgotten. */
const reasonCodes: Readonly<Record<ReasonCode, true>> = {
  new: true,
  definition_changed: true,
  operator_changed: true,
  config_changed: true,
  inputs_changed: true,
  upstream_runs: true,
  last_run_failed: true,
  cut_off: true,
  asked_for: true,
  missing: true,
  changed_outside: true,
  new_column: true,
  paused_outside: true,
  catalog_and_files: true,
  foreign_files: true,
  no_longer_declared: true,
  destroy: true,
  made_by_this_state: true,
  adopted: true,
  moved: true,
};

/** The schema of an object with these properties, all required except those in `optional`. */
export function objectSchema(
  properties: JsonObject,
  optional: readonly string[] = [],
  description?: string,
): JsonObject {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", ...(description === undefined ? {} : { description }), required, properties };
}

const place = objectSchema({ file: text, line: count, column: count, length: count }, ["line", "column", "length"]);

/** A problem as JSON. */
export const diagnosticSchema: JsonObject = objectSchema(
  {
    severity: { enum: ["error", "warning"] },
    code: { ...text, description: "Stable: scripts may compare it." },
    summary: text,
    detail: text,
    address: text,
    place,
    related: { type: "array", items: objectSchema({ label: text, place }) },
  },
  ["address", "place", "related"],
);

const config = { ...text, description: "The id of the config whose client holds it." } as const;
const path = { ...text, description: "From the root of the client. It may hold ${run.date} and the like." } as const;
const realPath = { ...text, description: "The path with its links resolved; absent where it is the same." } as const;
const tableName = { ...text, description: "database.table" } as const;

/** A table or a path. */
const touched = {
  type: "array",
  items: {
    oneOf: [
      objectSchema({ config, table: tableName }),
      objectSchema({ config, path, real_path: realPath }, ["real_path"]),
    ],
  },
} as const;

const effects = objectSchema(
  {
    reads: touched,
    writes: touched,
    replaces: {
      type: "array",
      description: "Outputs that are there and that the run replaces.",
      items: objectSchema({ config, path, real_path: realPath, files: count, bytes: count }, [
        "real_path",
        "files",
        "bytes",
      ]),
    },
    drops: {
      type: "array",
      items: objectSchema({
        config,
        table: tableName,
        data: { type: ["boolean", "null"], description: "True if its files go too; null if only the run knows." },
      }),
    },
  },
  [],
  "What the step reads, writes, replaces and drops; absent in a plan file of an earlier version.",
);

const step = objectSchema(
  {
    id: { ...text, description: 'The step\'s id, "run" where the deployment is one operator, "a/b" when nested.' },
    operator: { ...text, description: "namespace:command" },
    summary: text,
    when: { enum: ["failed", "always"], description: "When it runs; absent when its dependencies must succeed." },
    columns: {
      type: "array",
      description: "The columns of the result; absent if they are known after apply or if there is no result.",
      items: objectSchema({ name: text, type: text, nullable: { type: "boolean" } }),
    },
    certainty: { enum: ["checked", "predicted", "unknown"], description: "How certain the columns are." },
    statements: { ...texts, description: "The SQL, or the kind of job, that would run." },
    raw: { ...texts, description: "Parameters whose text is inserted into SQL unchanged." },
    effects,
  },
  ["when", "columns", "effects"],
);

const field = objectSchema(
  {
    path: { ...text, description: "Dotted: columns.amount" },
    before: { description: "Any value; absent if there was none." },
    after: { description: "Any value; absent if there will be none." },
    drift: { const: true, description: "Set if the object was changed outside of Mason." },
  },
  ["before", "after", "drift"],
);

const change = objectSchema(
  {
    address: text,
    kind: { enum: [...resourceKinds] },
    action: { enum: actions.filter((action) => action !== "none") },
    client: { ...text, description: "The provider that holds the object; absent for definitions." },
    reasons: { type: "array", items: objectSchema({ code: { enum: Object.keys(reasonCodes) }, text }) },
    summary: text,
    fields: { type: "array", items: field },
    steps: { type: "array", items: step },
    fire_times: objectSchema(
      { before: instants, after: instants, timezone: text },
      [],
      "The next fire times; before is empty if the schedule is unchanged.",
    ),
    notes: texts,
  },
  ["client", "fire_times"],
);

const drift = objectSchema(
  {
    address: text,
    kind: { enum: [...resourceKinds] },
    client: { ...text, description: "The provider that holds the object." },
    code: { enum: [...driftCodes] },
    text,
    repairs: {
      type: "array",
      description: "Ways to resolve it: restore the declared form, adopt the real one, or ignore it.",
      items: objectSchema({
        name: { enum: [...repairNames] },
        how: { ...text, description: "A command, a setting, or a few words." },
        planned: { type: "boolean", description: "True if this plan does it." },
      }),
    },
  },
  ["client"],
);

const stage = objectSchema(
  {
    address: text,
    action: { enum: [...actions] },
    work: { enum: Object.keys(workKinds) },
    client: { ...text, description: "The provider whose verbs it calls; absent if it only changes the state." },
    dependencies: { ...texts, description: "Addresses of stages that must succeed first." },
  },
  ["client"],
);

const edge = objectSchema({
  from: { ...text, description: "The address of a stage, or of a step like deployment.load/step_1." },
  to: text,
  when: { enum: ["succeeded", "failed", "always"], description: "The condition of the step that waits." },
});

/** The schema of the whole plan. */
export const planSchema: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "https://mason.dev/schemas/plan.json",
  title: "Mason plan",
  ...objectSchema({
    format: { const: planJsonFormat },
    plan_id: { ...text, pattern: "^[0-9a-f]{64}$", description: "The digest of everything that an apply depends on." },
    environment: { type: ["string", "null"] },
    lineage: text,
    serial: count,
    destroy: { type: "boolean" },
    left_out: {
      ...count,
      description:
        "The number of resources that --target and --exclude leave out. If it is not 0, the plan is partial.",
    },
    summary: objectSchema({
      create: count,
      update: count,
      replace: count,
      run: count,
      delete: count,
      adopt: count,
      forget: count,
      definitions: { ...count, description: "Configs, operators and workflows; the other counts are for objects." },
      unchanged: count,
    }),
    changes: { type: "array", items: change },
    stages: {
      type: "array",
      description: "The work of an apply in a valid order, one stage for each changed resource.",
      items: stage,
    },
    edges: {
      type: "array",
      description:
        "The order of stages and of the steps of runs: `from` ends before `to` starts. A plan file has the edges of stages only.",
      items: edge,
    },
    drift: {
      type: "array",
      description: "Objects that differ from what was last applied, including those that this plan leaves unchanged.",
      items: drift,
    },
    diagnostics: { type: "array", items: diagnosticSchema },
  }),
};
