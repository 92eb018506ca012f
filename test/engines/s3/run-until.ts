/** Runs a command that something may kill while it runs. */
import { spawn } from "node:child_process";
import { join } from "node:path";

/** How the command ended. */
export interface EndedCommand {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Runs the command to its end; `started` gets what kills it with SIGKILL. */
export async function runUntil(
  {
    directory,
    command,
    args,
    env,
  }: {
    readonly directory: string;
    readonly command: string;
    readonly args: readonly string[];
    readonly env: Readonly<Record<string, string>>;
  },
  started: (kill: () => void) => void,
): Promise<EndedCommand> {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("MASON_")));
  const child = spawn(command, [...args], {
    cwd: directory,
    env: { ...inherited, MASON_HOME: join(directory, ".home"), NO_COLOR: "1", ...env },
    stdio: "ignore",
  });
  started(() => child.kill("SIGKILL"));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal }));
  });
}
