/** The figures of a test of this suite, printed so that a passed test says how much it examined. */

/** Prints one line of figures under the name of a proof. */
export function figures(proof: string, found: Readonly<Record<string, number | string>>): void {
  const parts = Object.entries(found).map(([name, value]) => `${name} ${value}`);
  process.stdout.write(`  ${proof}: ${parts.join(", ")}\n`);
}
