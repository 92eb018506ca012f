/** Diagnostics about resources, with the place of the attribute. */
import type { Address } from "../../address.ts";
import { type Diagnostic, error, type Problem } from "../../diagnostic/diagnostic.ts";
import { type Origin, placeIn } from "../resource.ts";

/** An error about one attribute of a resource; it has no place for resources that ship with Mason. */
export function problemAt(
  resource: { readonly address: Address; readonly origin?: Origin },
  path: readonly (string | number)[],
  problem: Problem,
  side: "key" | "value" = "value",
): Diagnostic {
  const place = placeIn(resource, path, side);
  return error({ address: resource.address, ...problem, ...(place === undefined ? {} : { place }) });
}

/** The same as a warning. */
export const warningAt = (...given: Parameters<typeof problemAt>): Diagnostic => ({
  ...problemAt(...given),
  severity: "warning",
});
