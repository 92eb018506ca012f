/** Flags that several commands share. Each has an environment variable MASON_<FLAG>, except the dangerous ones. */
import { Flags } from "@oclif/core";

/** Flags of every command. */
export const commonFlags = {
  project: Flags.string({
    char: "C",
    helpValue: "DIR",
    description: "The project's directory",
    env: "MASON_PROJECT",
    helpGroup: "GLOBAL",
  }),
  env: Flags.string({
    helpValue: "NAME",
    description: "The environment in mason.yaml",
    env: "MASON_ENV",
    helpGroup: "GLOBAL",
  }),
  var: Flags.string({
    helpValue: "K=V",
    description: "The value of a variable; may be repeated",
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: "GLOBAL",
  }),
  json: Flags.boolean({ description: "Print only JSON on stdout", env: "MASON_JSON", helpGroup: "GLOBAL" }),
  "no-color": Flags.boolean({ description: "Print without colours", env: "MASON_NO_COLOR", helpGroup: "GLOBAL" }),
  "log-level": Flags.option({
    char: "l",
    options: ["error", "warn", "info", "debug", "trace"] as const,
    default: "info",
    description: "How much to print on stderr",
    env: "MASON_LOG_LEVEL",
    helpGroup: "GLOBAL",
  })(),
};

/** The placeholder in help for the value of a flag that takes addresses. */
export const addressValue = "ADDRESS";

const addresses = (description: string, how: { readonly env?: string; readonly exclusive?: string[] } = {}) =>
  Flags.string({
    helpValue: addressValue,
    description: `${description}; may be repeated`,
    multiple: true,
    multipleNonGreedy: true,
    ...how,
  });

/** Flags of plan and apply. */
export const planFlags = {
  target: addresses("Only this resource and everything that it needs; accepts globs", { env: "MASON_TARGET" }),
  exclude: addresses("Leave out this resource and everything that needs it; accepts globs", { env: "MASON_EXCLUDE" }),
  "allow-destroy": addresses("Allow this resource to be deleted or replaced despite a safeguard"),
  run: addresses("Run this deployment even if nothing changed", { env: "MASON_RUN", exclusive: ["refresh-only"] }),
};

/** Flags of the commands that run something by hand. */
export const runFlags = {
  "allow-destroy": addresses("Allow the run to drop or overwrite the data of this table"),
};

/** Flags of destroy, which deletes everything that needs a deleted resource. */
export const destroyFlags = {
  target: addresses("Only this resource and everything that needs it; accepts globs", { env: "MASON_TARGET" }),
  exclude: addresses("Leave out this resource and everything that it needs; accepts globs", { env: "MASON_EXCLUDE" }),
  "allow-destroy": planFlags["allow-destroy"],
};

/** Flags that decide what a plan looks up. */
export const lookFlags = {
  offline: Flags.boolean({
    default: false,
    description: "Contact no system; use what was last seen",
    env: "MASON_OFFLINE",
  }),
  "refresh-only": Flags.boolean({
    default: false,
    description: "Only record the real state of the objects",
    env: "MASON_REFRESH_ONLY",
  }),
};

/** The choice that plan flags make, for the orchestrator. */
export const planOptions = (flags: {
  readonly run?: string[] | undefined;
  readonly target?: string[] | undefined;
  readonly exclude?: string[] | undefined;
  readonly "allow-destroy"?: string[] | undefined;
  readonly offline?: boolean;
  readonly "refresh-only"?: boolean;
}) => ({
  run: flags.run ?? [],
  target: flags.target ?? [],
  exclude: flags.exclude ?? [],
  allowDestroy: flags["allow-destroy"] ?? [],
  offline: flags.offline ?? false,
  refreshOnly: flags["refresh-only"] ?? false,
});

/** Flags of commands that change something. */
export const applyFlags = {
  "auto-approve": Flags.boolean({ description: "Do not ask for approval" }),
  overwrite: Flags.boolean({ char: "o", description: "Do not ask for approval of updated definitions" }),
  "lease-timeout": Flags.string({
    helpValue: "10m",
    default: "0s",
    description: "How long to wait for another apply",
    env: "MASON_LEASE_TIMEOUT",
  }),
  parallelism: Flags.integer({
    helpValue: "N",
    min: 1,
    description: "How many resources to work on at once",
    env: "MASON_PARALLELISM",
  }),
};

/** Flags that finish an interrupted apply. */
export const resumeFlags = {
  resume: Flags.boolean({
    description: "Resume an interrupted apply (with its plan file: as reviewed), or runs that failed",
  }),
  redo: addresses("With --resume: repeat this step, whose outcome is unknown"),
  done: addresses("With --resume: count this step, whose outcome is unknown, as done"),
};

/** Flags that run or validate one operator or workflow. */
export const bodyFlags = {
  parameters: Flags.string({
    char: "p",
    helpValue: "NAME:VALUE,...",
    description:
      'Parameter values; for a workflow, STEP.NAME:VALUE; a list is NAME:a,b or NAME=["a","b"]; may be repeated',
    multiple: true,
    multipleNonGreedy: true,
    env: "MASON_PARAMETERS",
  }),
  file: Flags.string({
    char: "f",
    helpValue: "FILE",
    description: "A YAML or JSON file with the parameters",
    env: "MASON_FILE",
  }),
  config: Flags.string({
    char: "c",
    helpValue: "ID",
    description: "The config; default: the session's, then the project's",
    env: "MASON_CONFIG",
  }),
};
