/** Starts the processes of this suite and reports how they ended. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { inject } from "vitest";
import type { ApplyOrder } from "./apply-child.ts";
import type { RunOrder } from "./run-child.ts";

/** How a process ended, and what it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running process. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts node with a file of the bundle. It gets none of this process's MASON_ settings. */
export function start(
  file: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Started {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(MASON_|VITEST|NODE_)/.test(name)),
  );
  const child = spawn(process.execPath, [join(inject("bundle"), file), ...args], {
    cwd: options.cwd,
    env: { ...inherited, MASON_HOME: join(options.cwd, ".home"), NO_COLOR: "1", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (part) => {
    stdout += part;
  });
  child.stderr?.on("data", (part) => {
    stderr += part;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}

/** Starts the command `mason`. */
export const startMason = (
  directory: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Started => start("bin/mason", args, { cwd: directory, env });

/** Runs the command `mason` to its end. */
export const mason = (directory: string, ...args: readonly string[]): Promise<Ended> =>
  startMason(directory, args).ended;

/** Plans and applies in a process of its own, on a disk on which something may go wrong. */
export async function applyIn(
  directory: string,
  order: Partial<ApplyOrder> = {},
): Promise<Ended & { readonly calls: readonly string[] }> {
  const whole: ApplyOrder = {
    directory,
    ids: "a",
    resume: false,
    fault: null,
    scope: "all",
    trace: `${directory}.calls`,
    ...order,
  };
  return traced("dist/apply.js", whole);
}

/** Runs a deployment by hand in a process of its own, on a disk on which something may go wrong. */
export async function runIn(
  directory: string,
  order: Pick<RunOrder, "deployment"> & Partial<RunOrder>,
): Promise<Ended & { readonly calls: readonly string[] }> {
  return traced("dist/run.js", { directory, ids: "h", fault: null, trace: `${directory}.calls`, ...order });
}

async function traced(
  file: string,
  order: ApplyOrder | RunOrder,
): Promise<Ended & { readonly calls: readonly string[] }> {
  const ended = await start(file, [JSON.stringify(order)], { cwd: order.directory }).ended;
  const calls = (await readFile(order.trace, "utf8")).split("\n").filter((line) => line !== "");
  await rm(order.trace, { force: true });
  return { ...ended, calls };
}

/** Does work for each item, two at a time: there are two cores. */
export async function twoAtATime<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < items.length; at = next++) await work(items[at] as T);
  };
  await Promise.all([worker(), worker()]);
}
