/** Actions and reasons of a plan: two closed lists, since people and scripts read both. */

/** What happens to a resource. `adopt` records an existing object; `forget` drops the record of an object that is gone. */
export const actions = ["create", "update", "replace", "delete", "run", "adopt", "forget", "none"] as const;
export type Action = (typeof actions)[number];

/** The sign at the start of a plan line. */
export const actionSigns: Readonly<Record<Action, string>> = {
  create: "+",
  update: "~",
  replace: "±",
  delete: "-",
  run: ">",
  adopt: "=",
  forget: ".",
  none: " ",
};

/** The reason for an action. People read the text; scripts read the code, which never changes. */
export type ReasonCode =
  | "new"
  | "definition_changed"
  | "operator_changed"
  | "config_changed"
  | "inputs_changed"
  | "upstream_runs"
  | "last_run_failed"
  | "cut_off"
  | "asked_for"
  | "missing"
  | "changed_outside"
  | "new_column"
  | "paused_outside"
  | "catalog_and_files"
  | "foreign_files"
  | "no_longer_declared"
  | "destroy"
  | "made_by_this_state"
  | "adopted"
  | "moved";

export interface Reason {
  readonly code: ReasonCode;
  /** A few words: `inputs changed: raw/orders (+2 files, 14 MB)`. */
  readonly text: string;
}
