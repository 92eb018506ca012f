/** What a part of a program costs: measured in the program, since what comes before it would cover it, and read from what it printed. */

/** Seconds: CPU of all threads of the process, and wall time. */
export interface PartCost {
  readonly cpu: number;
  readonly wall: number;
}

/** Does the part and prints what it cost, as the first line of the program. */
export async function measuredPart<T>(part: () => T | Promise<T>): Promise<T> {
  const [before, start] = [process.cpuUsage(), performance.now()];
  const value = await part();
  const { user, system } = process.cpuUsage(before);
  const cost: PartCost = { cpu: (user + system) / 1e6, wall: (performance.now() - start) / 1000 };
  console.log(JSON.stringify(cost));
  return value;
}

/** The cost that a program printed. */
export const partCost = (stdout: string): PartCost => JSON.parse(stdout.slice(0, stdout.indexOf("\n"))) as PartCost;
