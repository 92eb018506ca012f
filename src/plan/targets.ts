/** Selects a part of a plan: `--target` with all its needs, `--exclude` with all its dependants. */
import picomatch from "picomatch";
import type { Address } from "../address.ts";
import { type Diagnostic, error } from "../diagnostic/diagnostic.ts";
import { didYouMean } from "../diagnostic/did-you-mean.ts";
import { closure, type Dependencies } from "../graph/order.ts";

/** The selection: addresses, or globs over them. */
export interface Selection {
  readonly targets: readonly string[];
  readonly excludes: readonly string[];
  /**
   * Addresses that the resumed apply had begun. They are finished whatever the selection is. Its selection may name resources that no
   * longer exist.
   */
  readonly begun?: ReadonlySet<Address>;
}

/** The links between addresses: selecting one brings its needs. `moves` are old addresses by new one. */
export interface SelectionEdges {
  readonly edges: Dependencies;
  readonly moves: ReadonlyMap<Address, Address>;
}

/** The addresses that are left out. Without a selection there are none. */
export function leftOut(
  choice: Selection,
  between: () => SelectionEdges,
): { readonly out: ReadonlySet<Address>; readonly diagnostics: readonly Diagnostic[] } {
  const { targets, excludes, begun } = choice;
  if (targets.length === 0 && excludes.length === 0) return { out: new Set(), diagnostics: [] };
  const { edges, moves } = between();
  const known = [...edges.keys()];
  const before = new Map([...moves].map(([address, from]) => [from, address]));
  const diagnostics: Diagnostic[] = [];
  const matching = (flag: string, patterns: readonly string[]) =>
    patterns.flatMap((pattern) => {
      const found = addressesLike(pattern, [...known, ...before.keys()]).map(
        (address) => before.get(address) ?? address,
      );
      if (found.length === 0 && begun === undefined) diagnostics.push(unknownAddress(flag, pattern, known));
      return found;
    });
  const wanted = targets.length === 0 ? new Set(known) : closure(matching("--target", targets), edges);
  const refused = closure(matching("--exclude", excludes), reversed(edges));
  const cutOff = [...(begun ?? [])].map((address) => before.get(address) ?? address);
  const kept = closure(
    cutOff.filter((address) => edges.has(address)),
    edges,
  );
  const isOut = (address: Address) => !kept.has(address) && (!wanted.has(address) || refused.has(address));
  return { out: new Set(known.filter((address) => !before.has(address) && isOut(address))), diagnostics };
}

/** Errors for deployments that --run names and the selection leaves out: otherwise they would be dropped silently. */
export const runsLeftOut = (
  { targets, begun }: Selection,
  runs: readonly Address[],
  out: ReadonlySet<Address>,
): readonly Diagnostic[] =>
  runs.flatMap((address) => {
    if (!out.has(address)) return [];
    const way = targets.length > 0 ? `Add "--target ${address}"` : "Leave out the --exclude that it falls under";
    const detail =
      begun === undefined
        ? `"--run ${address}" names a deployment that --target or --exclude leaves out. ${way}, or leave out the --run.`
        : `"--run ${address}" names a deployment that the resumed apply leaves out. Finish that apply first, then run the deployment.`;
    return [error({ code: "plan/run-left-out", summary: "Run is left out", detail, address })];
  });

/** Addresses that equal the text or match it as a glob, like `table.sales.*`. */
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

/** True if one of the addresses and globs names the address. */
export const isNamedBy = (patterns: readonly string[], address: Address): boolean =>
  patterns.some((pattern) => addressesLike(pattern, [address]).length > 0);

/** The reverse edges: dependants by address. */
export function reversed(edges: Dependencies): Dependencies {
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
