/** Lists of the files that runs wrote, in `.mason/outputs`: one file for each path and content. Losing one makes Mason careful, not wrong. */
import { readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { isObject, sha256 } from "../json.ts";
import type { OutputList, OutputLists } from "../model/run.ts";
import { diskProblem, isAbsent, makeDirectory, readTextIfThere, writeFileWhole } from "./disk.ts";

/** The lists below a `.mason` directory. */
export function createOutputLists(masonDirectory: string): OutputLists {
  const root = join(masonDirectory, "outputs");
  return {
    put: (list) => {
      try {
        makeDirectory(root);
        writeFileWhole(join(root, fileOf(list)), `${JSON.stringify(list)}\n`);
      } catch {
        // The next plan says that it is missing, where that matters.
      }
    },
    get: (place, digest) => {
      const text = readTextIfThere(join(root, fileOf({ place, digest })));
      return text === null ? null : parsed(text);
    },
    namesAt: (place) => {
      const own = filesIn(root).filter((name) => name.endsWith(endOf(place)));
      const lists = own.flatMap((name) => parsed(readTextIfThere(join(root, name)) ?? "") ?? []);
      return lists.length === 0 ? null : [...new Set(lists.flatMap(({ names }) => names))].sort();
    },
    prune: (before, named) => {
      for (const name of filesIn(root)) {
        const file = join(root, name);
        if (named.has(name.slice(0, digestLength))) touch(file);
        else if (isOlder(file, before)) rmSync(file, { force: true });
      }
    },
  };
}

const fileOf = ({ place, digest }: Pick<OutputList, "place" | "digest">): string => `${digest}${endOf(place)}`;

const endOf = (place: string): string => `-${sha256(place).slice(0, 16)}.json`;

const digestLength = sha256("").length;

function parsed(text: string): OutputList | null {
  try {
    const found: unknown = JSON.parse(text);
    return isObject(found) && Array.isArray(found.names) ? (found as unknown as OutputList) : null;
  } catch {
    return null;
  }
}

function filesIn(root: string): readonly string[] {
  try {
    return readdirSync(root);
  } catch (thrown) {
    if (isAbsent(thrown)) return [];
    throw diskProblem("read", root, thrown);
  }
}

/** A list that a state names counts as new: other environments share the directory, and their states are not read here. */
function touch(file: string): void {
  const now = new Date();
  utimesSync(file, now, now);
}

function isOlder(file: string, before: string): boolean {
  try {
    return statSync(file).mtime.toISOString() < before;
  } catch (thrown) {
    if (isAbsent(thrown)) return false;
    throw diskProblem("read", file, thrown);
  }
}
