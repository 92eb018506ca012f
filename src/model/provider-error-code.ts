/** The code of a failed verb. Records of runs hold it too, so it lives with the models. */
export type ProviderErrorCode =
  | "not_found"
  | "exists"
  | "conflict"
  | "not_empty"
  | "invalid"
  | "denied"
  | "unsupported"
  | "throttled"
  | "unavailable"
  | "no_space"
  | "read_only"
  | "cancelled"
  /** It is not known whether the verb did its work. */
  | "unknown"
  | "failed";
