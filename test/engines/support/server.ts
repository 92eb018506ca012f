/** Servers of tests: started on free loopback ports in a process group of their own, waited for, and stopped by their id. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** What to start. */
export interface ServerOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Its working directory; see {@link scratchDirectory}. */
  readonly cwd: string;
  /** True once it serves. Asked again and again; what it throws means no. */
  readonly isReady: () => Promise<boolean>;
}

/** A server that runs. */
export interface Server {
  /** Ends it with all that it started; waits until it has ended. */
  readonly stop: () => Promise<void>;
}

const readyWithinMs = 90_000;
const stoppedWithinMs = 20_000;

/** Starts a server and waits until it is ready; throws with the end of its log when it ends or takes too long. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const log = join(options.cwd, `${options.name}.log`);
  const output = openSync(log, "w");
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    detached: true,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(String(error)));
    child.once("exit", (code, signal) => resolve(`it ended with ${code ?? signal}`));
  });
  const killNow = () => signalGroup(child, "SIGKILL");
  process.once("exit", killNow);
  const stop = async () => {
    signalGroup(child, "SIGTERM");
    await Promise.race([ended, wait(stoppedWithinMs, undefined, { ref: false })]);
    // Also what it started and left behind; the group is gone when there is none.
    killNow();
    process.removeListener("exit", killNow);
  };
  const problem = await untilReady(options.isReady, ended);
  if (problem === null) return { stop };
  await stop();
  throw new Error(`${options.name} did not get ready: ${problem}\n${readFileSync(log, "utf8").slice(-3000)}`);
}

async function untilReady(isReady: () => Promise<boolean>, ended: Promise<string>): Promise<string | null> {
  const end: { reason: string | null } = { reason: null };
  void ended.then((reason) => {
    end.reason = reason;
  });
  const deadline = performance.now() + readyWithinMs;
  while (performance.now() < deadline) {
    if (await isReady().catch(() => false)) return null;
    if (end.reason !== null) return end.reason;
    await wait(100);
  }
  return `not within ${readyWithinMs / 1000} seconds`;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}

/** Free ports of the loopback interface, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once("error", reject);
          server.listen(0, "127.0.0.1", () => resolve(Number(Object(server.address()).port)));
        }),
    ),
  );
  // Closed only when all are known, so that none is given twice.
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** A temporary directory for one server's data and log. */
export async function scratchDirectory(
  name: string,
): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), `mason-${name}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }) };
}

/** True when a URL answers with 200. */
export async function answers(url: string): Promise<boolean> {
  return (await fetch(url, { signal: AbortSignal.timeout(2000) })).status === 200;
}
