/** The public API: what authors of operators and providers import, and the entry for those who use Mason as a library. */
export type { Diagnostic } from "./diagnostic/diagnostic.ts";
export type { Engines } from "./engine/engines.ts";
export type { Execution } from "./engine/execution.ts";
export type { Metastore, TableInput } from "./engine/metastore.ts";
export type { Scheduler } from "./engine/scheduler.ts";
export type { Storage } from "./engine/storage.ts";
export type { Json, JsonObject } from "./json.ts";
export type { ProviderErrorCode } from "./model/provider-error-code.ts";
export type { EdgeDecision } from "./model/run.ts";
export { defineOperator, type OperatorModule } from "./operator/operator.ts";
export {
  type CurrentStep,
  fail,
  type NextStep,
  next,
  retry,
  type StepFunction,
  stop,
} from "./operator/workflow-module.ts";
export type { Manifest, Provider, ProviderContext, ProviderEntry } from "./provider/contract.ts";
export { ProviderError } from "./provider/error.ts";
