/** The type of the validators that the build generates with ajv from the schemas in this folder. */
import type { JsonObject } from "../../json.ts";

/** One finding of ajv. */
export interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: JsonObject;
  readonly schemaPath: string;
}

/** Returns true when the value fits; otherwise `errors` holds the findings until the next call. */
export interface Validator {
  (value: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}
