/** One attribute that differs. */
import type { Json } from "../json.ts";

/** One differing attribute. An absent side is left out. */
export interface FieldChange {
  /** `schedule`, `columns.amount`, `steps.step_1.query_string`. */
  readonly path: string;
  readonly before?: Json;
  readonly after?: Json;
  /** Set if the object was changed outside of Mason. */
  readonly drift?: true;
}
