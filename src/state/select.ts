/** Chooses entries of a state by a glob over their addresses: `table.sales.*`, `deployment.{a,b}`. */
import picomatch from "picomatch";
import type { Address } from "../address.ts";

/** True for addresses that match; `*` stands for anything, including dots and slashes. */
export function addressGlob(glob: string): (address: Address) => boolean {
  const fits = picomatch(glob, { dot: true, bash: true, nonegate: true, windows: false });
  return (address) => fits(address);
}
