/**
 * Outputs published by rename. A job writes to a hidden place beside its output; the complete result is then renamed to the output. So
 * nobody reads half an output, and a failed job leaves nothing behind.
 */
import type { Storage } from "../../engine/storage.ts";
import type { Job } from "../../model/job.ts";
import { baseName, joinPath, parentPath } from "../../model/path.ts";
import { isProviderError, ProviderError } from "../../provider/error.ts";
import { asidePrefix, hiddenPrefix } from "./leftovers.ts";
import { earlierJob, messageOf, type PreparedSink, refuseCancelled, type SinkWork } from "./output-work.ts";
import { existingOutput } from "./place.ts";

/** One output on a storage that renames. */
export interface RenameWork extends SinkWork {
  readonly move: NonNullable<Storage["move"]>;
}

interface Place extends RenameWork {
  /** The token of the attempt that writes there. */
  readonly token: string;
  readonly staged: string;
  /** Where the old output stays while the new one takes its name. */
  readonly aside: string;
}

/** Prepares a hidden place beside the output. It writes nothing. */
export async function prepareRename(work: RenameWork): Promise<PreparedSink> {
  const { storage, context, path } = work;
  const own: Place = { ...work, token: context.token, ...placesOf(path, context.token) };
  const place = { ...own, overwrite: (await clearSuperseded(own)) || own.overwrite };
  const isPublished = await recover(place);
  if (!isPublished) await refuseExisting(place);
  return {
    place: { uri: storage.uri(place.staged) },
    commit: async () => {
      if (!isPublished) await publish(place);
    },
    abandon: () => abandon(place),
  };
}

function placesOf(path: string, token: string) {
  const hidden = (prefix: string) => joinPath(parentPath(path), `${prefix}${token}-${baseName(path)}`);
  return { path, staged: hidden(hiddenPrefix), aside: hidden(asidePrefix) };
}

/**
 * Cleans up what an earlier process left under the same token. Returns true when that process had published: its job succeeded, its
 * staged files are gone and the output exists. A partial output of a job that did not succeed is removed.
 */
async function recover(place: Place): Promise<boolean> {
  const { storage, path, staged, aside } = place;
  const before = await earlierJob(place, place.token);
  const succeeded = before?.state === "succeeded" ? before : null;
  const [wasStaged, isSetAside] = [await isThere(storage, staged), await isThere(storage, aside)];
  if (wasStaged && succeeded === null) await storage.delete(staged);
  const isOutput = await isThere(storage, path);
  const isStaged = wasStaged && !(succeeded !== null && isOutput && (await endsMove(place)));
  if (isSetAside && !isOutput) await place.move(aside, path);
  const published = succeeded !== null && !isStaged && isOutput && (await isWhatJobWrote(storage, path, succeeded));
  if (isSetAside && published) await storage.delete(aside);
  return published;
}

/** Removes what superseded attempts left. Returns true when the existing output is theirs, and so may be replaced. */
async function clearSuperseded(place: Place): Promise<boolean> {
  let isTheirs = false;
  for (const token of place.context.supersedes ?? []) {
    const theirs = { ...place, token, ...placesOf(place.path, token) };
    if (await recover(theirs)) isTheirs = true;
    else await place.storage.delete(theirs.staged);
  }
  return isTheirs;
}

/** Finishes an interrupted move, on a storage that adds the new name before it removes the old one. A different file at the new name is left unchanged. */
async function endsMove({ move, staged, path }: Place): Promise<boolean> {
  try {
    await move(staged, path);
    return true;
  } catch (error) {
    if (isProviderError(error, "exists")) return false;
    throw error;
  }
}

/** Tells the new output from an old one at the same path by its size, if the engine reports how much it wrote. */
async function isWhatJobWrote(storage: Storage, path: string, { facts }: Job): Promise<boolean> {
  if (typeof facts?.bytes !== "number") return true;
  const files = await storage.expand(path);
  return files.reduce((sum, file) => sum + file.size, 0) === facts.bytes;
}

async function refuseExisting({ storage, path, overwrite }: Place): Promise<void> {
  if (overwrite || !(await isThere(storage, path))) return;
  throw new ProviderError("exists", existingOutput(path));
}

async function publish(place: Place): Promise<void> {
  const { storage, move, path, staged, aside, context } = place;
  refuseCancelled(context);
  await refuseExisting(place);
  const isOld = await isThere(storage, path);
  if (isOld) {
    // An interrupted attempt set this aside; the output that exists now has replaced it.
    if (await isThere(storage, aside)) await storage.delete(aside);
    await move(path, aside);
  }
  try {
    await move(staged, path);
  } catch (error) {
    if (isOld) await move(aside, path);
    throw error;
  }
  if (!isOld) return;
  await storage.delete(aside).catch((error) => {
    context.log(`Could not remove the old output at "${aside}": ${messageOf(error)}`);
  });
}

/** Logs what it can't undo, so that people see the failure that led here. */
async function abandon({ storage, move, path, staged, aside, context }: Place): Promise<void> {
  try {
    await storage.delete(staged);
    if ((await isThere(storage, aside)) && !(await isThere(storage, path))) await move(aside, path);
  } catch (error) {
    context.log(`Could not remove what was written to "${staged}": ${messageOf(error)}`);
  }
}

const isThere = async (storage: Storage, path: string): Promise<boolean> => (await storage.stat(path)) !== null;
