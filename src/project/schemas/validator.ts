/** A validator as the build generates it with ajv from the schemas beside this file. */
import type { JsonObject } from "../../json.ts";

/** One finding of ajv. */
export interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: JsonObject;
  readonly schemaPath: string;
}

/** True when the value fits; else its `errors` are set until the next call. */
export interface Validator {
  (value: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}
