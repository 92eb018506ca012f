/** One attribute that differs. */
import type { Json } from "../json.ts";

/** One attribute that differs. A side that is absent is left out. */
export interface FieldChange {
  /** `schedule`, `columns.amount`, `steps.step_1.query_string`. */
  readonly path: string;
  readonly before?: Json;
  readonly after?: Json;
  /** How it came: set when the object was changed outside of Mason. */
  readonly drift?: true;
}
