/**
 * The base of every command: its flags, its view of the process, its terminal, and the mapping of failures to exit codes. This folder
 * is the only one in src that knows oclif, listr2 and the process.
 */
import { randomBytes } from "node:crypto";
import { userInfo } from "node:os";
import { setTimeout } from "node:timers/promises";
import { Command, Errors, type Interfaces } from "@oclif/core";
import type { Emit } from "../apply/events.ts";
import type { CommandWorld } from "../command/command-world.ts";
import { Diagnosed, type Diagnostic, error } from "../diagnostic/diagnostic.ts";
import { Bug } from "../invariant.ts";
import { variablesFrom } from "../io/environment.ts";
import type { Clock } from "../model/clock.ts";
import { builtins } from "../operator/builtins.ts";
import type { Provider } from "../provider/contract.ts";
import { ProviderError } from "../provider/error.ts";
import { createRegistry } from "../provider/registry.ts";
import { addressValue, commonFlags } from "./input/flags.ts";
import { usageProblem } from "./input/usage-problem.ts";
import { interruption } from "./interrupt.ts";
import { reserveStdout } from "./output/streams.ts";
import { missingPackage, systemProblem } from "./output/system-problem.ts";
import { createTerminal, type Terminal } from "./output/terminal.ts";
import { onStall } from "./stall.ts";
import { version } from "./version.ts";

/** Values of the flags that every command has. */
export interface CommonFlags {
  readonly project?: string | undefined;
  readonly env?: string | undefined;
  readonly var?: string[] | undefined;
  readonly json: boolean;
  readonly "no-color": boolean;
  readonly "log-level": string;
}

type Flags = Interfaces.OutputFlags<Interfaces.FlagInput>;
type Args = Interfaces.OutputArgs<Interfaces.ArgInput>;

/** A command of Mason. */
export abstract class MasonCommand extends Command {
  static override baseFlags = commonFlags;
  static override enableJsonFlag = false;
  #terminal: Terminal | null = null;

  /** Does the work and returns the exit code. */
  protected abstract execute(): Promise<number>;

  /**
   * The parsed flags, in which a repeatable flag is always a list. oclif leaves it a text when it comes from the environment. Addresses
   * contain no blanks, so blanks separate them there. No argument is read from standard input, which oclif does by default: a command
   * in a loop over lines would take a line for its argument.
   */
  protected override async parse<F extends Flags, B extends Flags, A extends Args>(
    options?: Interfaces.Input<F, B, A>,
    argv?: string[],
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    const input: Interfaces.Input<F, B, A> = options ?? (this.ctor as unknown as Interfaces.Input<F, B, A>);
    const parsed = await super.parse<F, B, A>(withoutStandardInput(input), argv);
    const flags: Record<string, unknown> = parsed.flags;
    for (const [name, { multiple, helpValue }] of Object.entries(
      (this.ctor.flags ?? {}) as Record<string, { readonly multiple?: boolean; readonly helpValue?: string }>,
    )) {
      const value = flags[name];
      if (multiple !== true || typeof value !== "string") continue;
      flags[name] = helpValue === addressValue ? value.split(/\s+/).filter((address) => address !== "") : [value];
    }
    return parsed;
  }

  override async run(): Promise<void> {
    reserveStdout();
    process.exitCode = await this.execute();
  }

  /** The terminal for these flags, created once. */
  protected terminal(flags: CommonFlags): Terminal {
    this.#terminal ??= createTerminal({ json: flags.json, noColor: flags["no-color"], env: process.env });
    return this.#terminal;
  }

  /** The world of this process. `directory` is an argument that names the project, like `-C`. */
  protected world(
    flags: CommonFlags,
    providers: readonly Provider[],
    options: { readonly directory?: string | undefined; readonly emit?: Emit } = {},
  ): CommandWorld {
    const project = options.directory ?? flags.project;
    return {
      directory: process.cwd(),
      ...(project === undefined ? {} : { project }),
      environment: flags.env ?? null,
      variables: { ...variablesFrom(process.env), ...variablesGiven(flags.var ?? []) },
      env: process.env,
      registry: createRegistry(providers),
      builtins,
      version,
      clock: realClock,
      newId: () => randomBytes(8).toString("hex"),
      user: userName(),
      // A command that changes nothing simply ends on Ctrl-C.
      signal: options.emit === undefined ? new AbortController().signal : interruption(flags.json),
      emit: options.emit ?? (() => undefined),
      onStall,
    };
  }

  /** Reports every failure: diagnostics for what the user can act on, a stack trace for a bug. */
  protected override async catch(thrown: Error & { exitCode?: number }): Promise<void> {
    const terminal =
      this.#terminal ??
      createTerminal({
        json: process.argv.includes("--json"),
        noColor: process.argv.includes("--no-color"),
        env: process.env,
      });
    process.exitCode = reportFailure(thrown, terminal);
  }
}

/** The same input, with no argument that oclif reads from standard input. A spread of a class leaves out what it inherits: its flags. */
function withoutStandardInput<F extends Flags, B extends Flags, A extends Args>(
  input: Interfaces.Input<F, B, A>,
): Interfaces.Input<F, B, A> {
  const args = Object.fromEntries(
    Object.entries(input.args ?? {}).map(([name, arg]) => [name, { ...(arg as object), ignoreStdin: true }]),
  );
  return { ...input, ...(input.baseFlags === undefined ? {} : { baseFlags: input.baseFlags }), args } as typeof input;
}

/** Prints a failure and returns the exit code. */
export function reportFailure(thrown: unknown, terminal: Terminal): number {
  if (thrown instanceof Errors.ExitError) return thrown.oclif.exit ?? 1;
  const diagnostics = diagnosticsOf(thrown);
  if (diagnostics === null) {
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    terminal.problems(
      [error({ code: "bug", summary: "Bug in Mason", detail: `${text}\nThis is a bug in Mason.` })],
      () => null,
    );
    return 1;
  }
  terminal.problems(diagnostics, () => null);
  return 1;
}

function diagnosticsOf(thrown: unknown): readonly Diagnostic[] | null {
  if (thrown instanceof Diagnosed) return thrown.diagnostics;
  if (thrown instanceof ProviderError)
    return [error({ code: `provider/${thrown.code}`, summary: "Operation failed", detail: thrown.message })];
  const known = systemProblem(thrown) ?? missingPackage(thrown);
  if (known !== null) return [known];
  if (thrown instanceof Bug || !(thrown instanceof Errors.CLIError)) return null;
  return [
    error({
      code: "command/usage",
      summary: "Wrong use of the command",
      detail: `${usageProblem(thrown)} "--help" shows the arguments and flags of the command.`,
    }),
  ];
}

function variablesGiven(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf("=");
      if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
      throw new Diagnosed([
        error({
          code: "command/usage",
          summary: "Wrong use of the command",
          detail: `"--var ${text}" has no value. Write "--var NAME=VALUE".`,
        }),
      ]);
    }),
  );
}

/** The clock. MASON_NOW fixes the time for tests and for documents that show output. */
const realClock: Clock = {
  now: () => (process.env.MASON_NOW === undefined ? new Date() : new Date(process.env.MASON_NOW)),
  sleep: async (ms, signal) => {
    await setTimeout(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  },
};

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}
