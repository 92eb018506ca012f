/** Which part of a plan is wanted: `--target` with all it needs, `--exclude` with all that needs it. */
import picomatch from "picomatch";
import type { Address } from "../address.ts";
import { type Diagnostic, error } from "../diagnostic/diagnostic.ts";
import { didYouMean } from "../diagnostic/did-you-mean.ts";
import { closure, type Dependencies } from "../graph/order.ts";

/** What was asked for: addresses, or globs over them. */
export interface Choice {
  readonly targets: readonly string[];
  readonly excludes: readonly string[];
}

/**
 * The addresses that are left out; none when nothing was asked for. To destroy, what is asked for takes with it what needs it, and what
 * is left out keeps what it needs.
 */
export function leftOut(
  choice: Choice,
  edges: Dependencies,
  destroy = false,
): { readonly out: ReadonlySet<Address>; readonly diagnostics: readonly Diagnostic[] } {
  const known = [...edges.keys()];
  const diagnostics: Diagnostic[] = [];
  const matching = (flag: string, patterns: readonly string[]) =>
    patterns.flatMap((pattern) => {
      const found = addressesLike(pattern, known);
      if (found.length === 0) diagnostics.push(unknownAddress(flag, pattern, known));
      return found;
    });
  const targets = matching("--target", choice.targets);
  const excludes = matching("--exclude", choice.excludes);
  const wanted = choice.targets.length === 0 ? new Set(known) : closure(targets, destroy ? reversed(edges) : edges);
  const refused = closure(excludes, destroy ? edges : reversed(edges));
  return { out: new Set(known.filter((address) => !wanted.has(address) || refused.has(address))), diagnostics };
}

/** Addresses that are the text or fit it as a glob: `table.sales.*`. */
export function addressesLike(pattern: string, known: readonly Address[]): readonly Address[] {
  if (known.includes(pattern)) return [pattern];
  if (!/[*?[{]/.test(pattern)) return [];
  const fits = picomatch(pattern.replace(/[()|"]/g, "\\$&"), {
    dot: true,
    nonegate: true,
    noextglob: true,
    bash: true,
  });
  return known.filter((address) => fits(address));
}

function reversed(edges: Dependencies): Dependencies {
  const back = new Map<string, string[]>([...edges.keys()].map((address) => [address, []]));
  for (const [address, needs] of edges) for (const need of needs) back.get(need)?.push(address);
  return back;
}

const unknownAddress = (flag: string, pattern: string, known: readonly Address[]): Diagnostic =>
  error({
    code: "plan/unknown-address",
    summary: "Unknown address",
    detail: `"${flag} ${pattern}" names nothing in this project or its state. Give an address like "deployment.nightly", or a glob like "table.sales.*".${didYouMean(pattern, known)}`,
  });
