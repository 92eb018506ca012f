/** What a state of 10,000 entries costs: an apply of few changes on it, the journal of that apply, and a list of it. */
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bench, Benchmark } from "./benchmark.ts";
import { type Command, type Cost, measureByTurns, measureOnce } from "./measure.ts";
import { blockSize, configDocument } from "./project-documents.ts";
import { writeDocuments, writeProject } from "./projects.ts";
import type { Report } from "./report.ts";

/** Entries of the state, the config not among them, and changes, the config among them. */
const [entries, changes] = [10_000, 1_000];

/** A state of 10,000 entries by parts. */
export const state: Benchmark = {
  name: "state",
  about:
    "1,000 changes on a state of 10,000 entries and on an empty one, their journal, and state list (--part changes|journal|list)",
  *run(bench: Bench): Iterable<Report> {
    const isWanted = (part: string) => bench.parts.length === 0 || bench.parts.includes(part);
    const empty = emptyProject(bench);
    if (isWanted("journal")) yield journalReport(bench, empty);
    if (!isWanted("changes") && !isWanted("list")) return;
    const large = largeProject(bench);
    if (isWanted("list")) yield listReport(bench, large);
    if (isWanted("changes")) yield changesReport(bench, empty, large);
  },
};

/** A project whose changes can be made again and again. */
interface Project {
  readonly directory: string;
  /** Puts everything back to before they were made. */
  readonly reset: () => void;
}

/** The changes alone: nothing was ever applied. */
function emptyProject(bench: Bench, metastore: "local" | "memory" = "local"): Project {
  const directory = bench.directory("empty");
  writeFileSync(join(directory, "mason.yaml"), `name: generated\ndefault_config: "1"\n`);
  writeFileSync(join(directory, "config.yaml"), configOf(metastore));
  writeDocuments(directory, entries + 1, entries + changes, "none");
  return { directory, reset: () => putAside(bench, directory, ["data", ".mason/state", "mason.lock"]) };
}

const configOf = (metastore: string): string =>
  configDocument
    .replace("metastore_engine: local", `metastore_engine: ${metastore}`)
    .replace("clients:\n", metastore === "memory" ? "clients:\n  memory: {}\n" : "clients:\n");

/** The same changes in a project of which 10,000 resources were applied. */
function largeProject(bench: Bench): Project {
  const directory = bench.directory("large");
  writeProject(directory, entries + 1, "none");
  measureOnce(bench.meter, bench.mason(directory, "apply", "--auto-approve"));
  const lockfile = join(directory, "mason.lock");
  const applied = withoutConfig(readFileSync(lockfile, "utf8"));
  const made = `team_${entries / blockSize}`;
  const isNew = (database: string) => database.length === made.length && database >= made;
  const reset = () => {
    const databases = readdirSync(join(directory, "data")).filter(isNew);
    putAside(bench, directory, [".mason/state", ...databases.map((name) => join("data", name))]);
    writeFileSync(lockfile, applied);
  };
  reset();
  return {
    directory,
    reset: () => {
      writeDocuments(directory, entries + 1, entries + changes, "none");
      reset();
    },
  };
}

/** The config is to be among the changes here too. */
function withoutConfig(lockfile: string): string {
  const value = JSON.parse(lockfile) as { readonly resources: Record<string, unknown> };
  delete value.resources["config.1"];
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Moves files away. They are not deleted: a file system (ext4) takes long to make files where many were deleted a moment ago. */
function putAside(bench: Bench, directory: string, names: readonly string[]): void {
  const aside = bench.directory("aside");
  for (const [at, name] of names.entries())
    if (existsSync(join(directory, name))) renameSync(join(directory, name), join(aside, String(at)));
}

/** What applying costs by itself, without the plan before it. */
const applyPart = (bench: Bench, { directory, reset }: Project, ...how: readonly string[]): Command => ({
  ...bench.program("apply-part", directory, ...how),
  part: true,
  before: reset,
  check: (stdout) => requireChanges(stdout),
});

const wholeApply = (bench: Bench, { directory, reset }: Project): Command => ({
  ...bench.mason(directory, "apply", "--auto-approve"),
  before: reset,
  check: (stdout) => requireChanges(stdout),
});

function requireChanges(stdout: string): void {
  if (!stdout.includes(`${changes} done`)) throw new Error(`There were other changes:\n${stdout.slice(-500)}`);
}

function journalReport(bench: Bench, empty: Project): Report {
  const inMemory = emptyProject(bench, "memory");
  const costs = measureByTurns(
    bench.meter,
    {
      none: applyPart(bench, empty, "keep-nothing"),
      journal: applyPart(bench, empty),
      memoryNone: applyPart(bench, inMemory, "keep-nothing"),
      memoryJournal: applyPart(bench, inMemory),
    },
    bench.runs,
  );
  return {
    title:
      "The journal of 1,000 changes: applying by itself, and with a storage for journal and state that keeps nothing",
    against: "no journal",
    rows: [
      { label: "no journal", cost: costs.none },
      { label: "journal", cost: costs.journal, ratio: { value: costs.journal.cpu / costs.none.cpu, most: 1.5 } },
      { label: "metastore in memory, no journal", cost: costs.memoryNone },
      {
        label: "metastore in memory, journal",
        cost: costs.memoryJournal,
        ratio: { value: costs.memoryJournal.cpu / costs.memoryNone.cpu },
      },
    ],
    notes: [
      "With the metastore in memory nothing is made on disk but journal and state, so that the last two say what the journal costs by itself; the last ratio is against the row before.",
    ],
  };
}

function changesReport(bench: Bench, empty: Project, large: Project): Report {
  const costs = measureByTurns(
    bench.meter,
    {
      empty: applyPart(bench, empty),
      large: applyPart(bench, large),
      wholeEmpty: wholeApply(bench, empty),
      wholeLarge: wholeApply(bench, large),
    },
    bench.runs,
  );
  const ratio = (cost: Cost, against: Cost) => cost.cpu / against.cpu;
  return {
    title: "1,000 changes on an empty state and on one of 10,000 entries",
    against: "empty state",
    rows: [
      { label: "applying, empty state", cost: costs.empty },
      {
        label: "applying, 10,000 entries",
        cost: costs.large,
        ratio: { value: ratio(costs.large, costs.empty), most: 1.3 },
      },
      { label: "mason apply, empty state", cost: costs.wholeEmpty },
      {
        label: "mason apply, 10,000 entries",
        cost: costs.wholeLarge,
        ratio: { value: ratio(costs.wholeLarge, costs.wholeEmpty) },
      },
    ],
    notes: ["The last two are whole processes, and also plan 1,000 and 11,000 resources."],
  };
}

function listReport(bench: Bench, { directory }: Project): Report {
  const list: Command = {
    ...bench.mason(directory, "state", "list"),
    check: (stdout) => {
      const lines = stdout.trimEnd().split("\n").length - 1;
      if (lines !== entries) throw new Error(`The list has ${lines} entries.`);
    },
  };
  const sides = { node: { args: ["-e", "0"] }, list };
  const memory = measureByTurns(bench.meter, sides, 1);
  // These are short: more runs cost little and calm the medians.
  const { node, list: cost } = measureByTurns(
    bench.meter,
    { node: { ...sides.node, bare: true }, list: { ...list, bare: true } },
    bench.runs * 3,
  );
  return {
    title: "List of a state of 10,000 entries",
    against: "node -e 0",
    rows: [
      { label: "node -e 0", cost: { ...node, memory: memory.node.memory } },
      {
        label: "mason state list",
        cost: { ...cost, memory: memory.list.memory },
        ratio: { value: cost.cpu / node.cpu, most: 4.5 },
      },
    ],
  };
}
