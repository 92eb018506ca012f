/** Examines what no project changes: Node, DuckDB, the disk. */
import { directoryState, freeBytes, inTemporaryDirectory } from "../../io/machine.ts";
import { handleOf, hasEnded } from "../../model/job.ts";
import type { Finding } from "../../view/doctor.ts";
import type { CommandWorld } from "../command-world.ts";

/** The running version of Node, and the range that Mason supports: `>=20.12`. */
export interface NodeFacts {
  readonly version: string;
  readonly range: string;
}

/** Compares Node's version with the range. */
export function examineNode({ version, range }: NodeFacts): Finding {
  const floor = numbersOf(range);
  const found = numbersOf(version);
  const differs = floor.findIndex((number, index) => number !== (found[index] ?? 0));
  const isEnough = differs < 0 || (found[differs] ?? 0) > (floor[differs] ?? 0);
  return isEnough
    ? { status: "ok", subject: "node", detail: `${version} (Mason supports ${range})` }
    : {
        status: "fail",
        subject: "node",
        detail: `${version} is too old: Mason supports ${range}. Install a later version of Node.`,
      };
}

const numbersOf = (text: string): readonly number[] => (text.match(/\d+/g) ?? []).map(Number);

/** Loads DuckDB and runs a query. */
export async function examineDuckDb(world: CommandWorld): Promise<Finding> {
  const subject = "duckdb";
  try {
    const answer = await inTemporaryDirectory((directory) => askDuckDb(world, directory));
    return answer === "42"
      ? { status: "ok", subject, detail: "loads and answers" }
      : {
          status: "fail",
          subject,
          detail: `DuckDB answered ${answer} instead of 42. Install Mason again with "npm ci".`,
        };
  } catch (thrown) {
    const message = thrown instanceof Error ? (thrown.message.split("\n")[0] ?? "") : String(thrown);
    return {
      status: "fail",
      subject,
      detail: `DuckDB can't be used: ${message.replace(/\.?$/, ".")} Install Mason again with "npm ci" on this machine.`,
    };
  }
}

async function askDuckDb(world: CommandWorld, directory: string): Promise<string> {
  const entry = await world.registry.get("local")?.load();
  const execution = entry?.execution?.(
    {
      settings: {},
      projectRoot: directory,
      scratch: directory,
      keep: directory,
      allowedDirectories: [],
      now: world.clock.now,
      newId: world.newId,
      user: world.user,
    },
    null,
  );
  if (execution === undefined) throw new Error("this version of Mason comes without it.");
  try {
    let job = await execution.submit({ kind: "query", sql: "select 42 as answer", sources: [] }, "doctor");
    while (!hasEnded(job)) job = (await execution.getJob(handleOf(job), { wait: 1000 })) ?? job;
    if (job.state !== "succeeded") throw new Error(job.error ?? `the query ${job.state}.`);
    return String((await execution.results(handleOf(job))).rows[0]?.answer);
  } finally {
    await execution.close?.();
  }
}

const mebibyte = 1024 * 1024;

/** Checks the directory for data that does not fit into memory: its permissions and free space. */
export function examineDisk(scratch: string): readonly Finding[] {
  const subject = "scratch";
  const state = directoryState(scratch);
  if (state !== "writable" && state !== "parent")
    return [
      {
        status: "fail",
        subject,
        detail: `"${scratch}" can't be written. Change its permissions, or remove the file that is in its place.`,
      },
    ];
  const free = freeBytes(scratch);
  if (free === null)
    return [
      {
        status: "warn",
        subject,
        detail: "The system does not say how much space is free. Check that before a big run.",
      },
    ];
  const room = `${formatBytes(free)} free in ${scratch}`;
  if (free >= 1024 * mebibyte) return [{ status: "ok", subject, detail: room }];
  return [
    { status: free < 64 * mebibyte ? "fail" : "warn", subject, detail: `${room}. Free some space before a big run.` },
  ];
}

const formatBytes = (bytes: number): string =>
  bytes >= 1024 * mebibyte ? `${(bytes / 1024 / mebibyte).toFixed(1)} GiB` : `${Math.floor(bytes / mebibyte)} MiB`;
