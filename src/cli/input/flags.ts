/** Flags that several commands share. Each has an environment variable MASON_<FLAG>, but for the dangerous ones. */
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
    description: "The environment of mason.yaml",
    env: "MASON_ENV",
    helpGroup: "GLOBAL",
  }),
  var: Flags.string({
    helpValue: "K=V",
    description: "A variable's value; may be repeated",
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: "GLOBAL",
  }),
  json: Flags.boolean({ description: "Print JSON and nothing else on stdout", env: "MASON_JSON", helpGroup: "GLOBAL" }),
  "no-color": Flags.boolean({ description: "Print without colours", env: "MASON_NO_COLOR", helpGroup: "GLOBAL" }),
  "log-level": Flags.option({
    char: "l",
    options: ["error", "warn", "info", "debug", "trace"] as const,
    default: "info",
    description: "How much is said on stderr",
    env: "MASON_LOG_LEVEL",
    helpGroup: "GLOBAL",
  })(),
};

/** What stands for the value of a flag that takes addresses. */
export const addressValue = "ADDRESS";

const addresses = (description: string, how: { readonly env?: string; readonly exclusive?: string[] } = {}) =>
  Flags.string({
    helpValue: addressValue,
    description: `${description}; may be repeated`,
    multiple: true,
    multipleNonGreedy: true,
    ...how,
  });

/** For plan and apply. */
export const planFlags = {
  target: addresses("Only this resource and all that it needs; globs are fine", { env: "MASON_TARGET" }),
  exclude: addresses("Not this resource and nothing that needs it; globs are fine", { env: "MASON_EXCLUDE" }),
  "allow-destroy": addresses("Allow to delete or replace it though it is much at once, or loses data"),
  run: addresses("Run this deployment whatever changed", { env: "MASON_RUN", exclusive: ["refresh-only"] }),
};

/** For destroy: what goes takes along what needs it. */
export const destroyFlags = {
  target: addresses("Only this resource and all that needs it; globs are fine", { env: "MASON_TARGET" }),
  exclude: addresses("Not this resource and nothing that it needs; globs are fine", { env: "MASON_EXCLUDE" }),
  "allow-destroy": planFlags["allow-destroy"],
};

/** How a plan is made, for plan alone or for plan and apply. */
export const lookFlags = {
  offline: Flags.boolean({
    default: false,
    description: "Look at no system: what was last seen stands for it",
    env: "MASON_OFFLINE",
  }),
  "refresh-only": Flags.boolean({
    default: false,
    description: "Only record what is really there",
    env: "MASON_REFRESH_ONLY",
  }),
};

/** What plan flags say, for the orchestrator. */
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

/** For commands that change something. */
export const applyFlags = {
  "auto-approve": Flags.boolean({ description: "Do not ask" }),
  overwrite: Flags.boolean({ char: "o", description: "Do not ask about updates of known definitions" }),
  "lease-timeout": Flags.string({
    helpValue: "10m",
    default: "0s",
    description: "How long to wait for another apply",
    env: "MASON_LEASE_TIMEOUT",
  }),
  parallelism: Flags.integer({
    helpValue: "N",
    min: 1,
    description: "How much goes on at once",
    env: "MASON_PARALLELISM",
  }),
};

/** For going on with an apply that did not come to its end. */
export const resumeFlags = {
  resume: Flags.boolean({
    description:
      "Go on with an apply that was cut off (with its plan file: as it was reviewed), or with runs that failed",
  }),
  redo: addresses("With --resume: do this step again, whose end is not known"),
  done: addresses("With --resume: take this step as done, whose end is not known"),
};

/** For running and validating one operator or workflow. */
export const bodyFlags = {
  parameters: Flags.string({
    char: "p",
    helpValue: "NAME:VALUE,...",
    description: "Values of parameters, for a workflow STEP.NAME:VALUE; may be repeated",
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
