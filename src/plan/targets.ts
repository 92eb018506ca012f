/** Which part of a plan is wanted: `--target` with all it needs, `--exclude` with all that needs it. */
import picomatch from "picomatch";
import type { Address } from "../address.ts";
import { type Diagnostic, error } from "../diagnostic/diagnostic.ts";
import { didYouMean } from "../diagnostic/did-you-mean.ts";
import { closure, type Dependencies } from "../graph/order.ts";

/** What was asked for: addresses, or globs over them. */
export interface Selection {
  readonly targets: readonly string[];
  readonly excludes: readonly string[];
  /**
   * What an apply that is gone on with had begun: that is finished, whatever was asked for. What was asked for then may name something
   * that is no more.
   */
  readonly begun?: ReadonlySet<Address>;
}

/** Between addresses: what is to be done with one takes along what it needs. `moves`: old addresses by new one. */
export interface SelectionEdges {
  readonly edges: Dependencies;
  readonly moves: ReadonlyMap<Address, Address>;
}

/** The addresses that are left out; none when nothing was asked for. */
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

/** What is to run and is not in the part that was chosen: it would be dropped without a word. */
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
        : `"--run ${address}" names a deployment that the apply that is gone on with leaves out. Finish that first, and run it then.`;
    return [error({ code: "plan/run-left-out", summary: "Run is left out", detail, address })];
  });

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

/** The other way round: by address, what needs it. */
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
