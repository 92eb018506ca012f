/** Ownership of objects. What Mason makes carries its lineage and address; an object of another lineage is never changed. */
import type { Owner } from "../model/table.ts";
import { ProviderError } from "../provider/error.ts";

/**
 * Throws `denied` when the object belongs to another state. `what` names it: `Table "sales.orders"`. Without `ours` (an operator
 * run by hand) no state is known, and nothing is refused.
 */
export function refuseForeign(what: string, owner: Owner | undefined, ours: Owner | undefined): void {
  if (owner === undefined || ours === undefined || owner.lineage === ours.lineage) return;
  throw new ProviderError(
    "denied",
    `${what} belongs to "${owner.address}" of another project's state (lineage ${owner.lineage}), so it can't be changed from here. Change it there, or use another name.`,
  );
}

/** The address of the table resource that declares an object; `null` when none does. */
export const declaredBy = (owner: Owner | undefined): string | null =>
  owner?.address.startsWith("table.") === true ? owner.address : null;
