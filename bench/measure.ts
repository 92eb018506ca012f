/**
 * What a command costs: CPU and wall seconds of the whole process by bash's `time`, from its start until it is gone and with the children
 * that it waited for, and its peak memory by a line of JavaScript that Node loads first (usage.cjs), which costs some 6 ms. Sides that are
 * compared take turns, so that a busy machine harms all of them; figures are medians.
 */
import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { partCost } from "./part.ts";

/** What one run of a command cost, or the median of several. */
export interface Cost {
  /** Seconds, user and system. */
  readonly cpu: number;
  /** Seconds. */
  readonly wall: number;
  /** MB, of the process without its children; not a number when it was not measured. */
  readonly memory: number;
}

/** A Node program that is measured. */
export interface Command {
  /** Arguments of node: a script and what it takes. */
  readonly args: readonly string[];
  readonly directory?: string;
  /** Measures no memory, so that nothing is loaded first: for what takes a few hundredths of a second. */
  readonly bare?: boolean;
  /** The program measures a part of itself ({@link partCost}): that is what counts, and the memory is still that of the process. */
  readonly part?: boolean;
  /** The exit code when the work was what it should be; default 0. */
  readonly exit?: number;
  /** Runs before each run and is not measured. */
  readonly before?: () => void;
  /** Looks at what was printed, and at what is on disk, and throws when the work was not what it should be. */
  readonly check?: (stdout: string, stderr: string) => void;
}

/** Where measuring keeps its files, and the script that says how much memory there was. */
export interface Meter {
  readonly scratch: string;
  readonly usage: string;
}

const script = `TIMEFORMAT="%3U %3S %3R"; { time "$@" 2>&4; } 4>&2 2>"$0"`;

/** Runs a command once. Settings of Mason in the environment do not reach it. */
export function measureOnce(meter: Meter, command: Command): Cost {
  command.before?.();
  const [times, memory, printed] = ["times", "memory", "printed"].map((name) => join(meter.scratch, name)) as [
    string,
    string,
    string,
  ];
  const stdout = openSync(printed, "w");
  const first = command.bare === true ? [] : ["-r", meter.usage];
  const child = spawnSync("bash", ["-c", script, times, process.execPath, ...first, ...command.args], {
    cwd: command.directory ?? meter.scratch,
    env: { ...cleanEnvironment(), MASON_BENCH_MEMORY: memory, MASON_HOME: join(meter.scratch, "home"), NO_COLOR: "1" },
    stdio: ["ignore", stdout, "pipe"],
    encoding: "utf8",
  });
  closeSync(stdout);
  const text = readFileSync(printed, "utf8");
  if (child.status !== (command.exit ?? 0))
    throw new Error(`"${command.args.join(" ")}" ended with ${child.status}.\n${text.slice(-2000)}${child.stderr}`);
  const [user = 0, system = 0, wall = 0] = readFileSync(times, "utf8").trim().split(" ").map(Number);
  const peak = command.bare === true ? Number.NaN : Number(readFileSync(memory, "utf8")) / 1024;
  command.check?.(text, child.stderr);
  return { cpu: user + system, wall, ...(command.part === true ? partCost(text) : {}), memory: peak };
}

const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("MASON_") && name !== "NODE_OPTIONS"),
  );

/** Runs several commands by turns and gives the median of each. */
export function measureByTurns<Side extends string>(
  meter: Meter,
  sides: Readonly<Record<Side, Command>>,
  runs: number,
): Readonly<Record<Side, Cost>> {
  const names = Object.keys(sides) as Side[];
  const costs = new Map<Side, Cost[]>(names.map((name) => [name, []]));
  for (let run = 0; run < runs; run++) for (const name of names) costs.get(name)?.push(measureOnce(meter, sides[name]));
  return Object.fromEntries(names.map((name) => [name, medianOf(costs.get(name) ?? [])])) as Record<Side, Cost>;
}

function medianOf(costs: readonly Cost[]): Cost {
  const of = (key: keyof Cost) => median(costs.map((cost) => cost[key]));
  return { cpu: of("cpu"), wall: of("wall"), memory: of("memory") };
}

/** The middle one; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}
