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

/** For plan and apply. */
export const planFlags = {
  run: Flags.string({
    helpValue: "ADDRESS",
    description: "Run this deployment whatever changed; may be repeated",
    multiple: true,
    multipleNonGreedy: true,
    env: "MASON_RUN",
  }),
};

/** For commands that change something. */
export const applyFlags = {
  "auto-approve": Flags.boolean({ description: "Do not ask" }),
  overwrite: Flags.boolean({ char: "o", description: "Do not ask about updates of known definitions" }),
  parallelism: Flags.integer({
    helpValue: "N",
    min: 1,
    description: "How much goes on at once",
    env: "MASON_PARALLELISM",
  }),
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
