/** The world of a command as one value. src/cli makes it once; tests make their own. */
import type { Emit } from "../apply/events.ts";
import type { Clock } from "../model/clock.ts";
import type { BuiltinOperator } from "../operator/operator.ts";
import type { Registry } from "../provider/registry.ts";
import type { OnStall } from "../step/settled.ts";

/** Everything from outside that the orchestrators use. */
export interface CommandWorld {
  /** The absolute directory from which the project's root is found. */
  readonly directory: string;
  /** The directory named on the command line. */
  readonly project?: string;
  readonly environment: string | null;
  /** `--var` laid over `MASON_VAR_*`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly env: NodeJS.ProcessEnv;
  readonly registry: Registry;
  readonly builtins: readonly BuiltinOperator[];
  readonly version: string;
  readonly clock: Clock;
  /** Ids: lower-case letters and digits, never the same twice. */
  readonly newId: () => string;
  readonly user: string;
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** Absent: the process is not watched. */
  readonly onStall?: OnStall;
}
