/** The parameter that a problem is about, found by its value. */
import type { BundleStep } from "../../bundle/bundle.ts";

/** The parameter whose value is this name or path; none if no value is. */
export function parameterNaming(parameters: BundleStep["parameters"], text: string): { readonly parameter?: string } {
  const found = Object.entries(parameters).find(([, value]) => value === text);
  return found === undefined ? {} : { parameter: found[0] };
}
