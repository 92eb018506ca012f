/**
 * Outputs published by manifest, on storages that rename nothing. A job writes its parts beside those of older tries; one conditional
 * write of a manifest makes them the output, and the older files go afterwards. Readers obey the newest manifest.
 */
import {
  isManifest,
  liveBy,
  manifestPath,
  newestManifest,
  numberIn,
  type PartsManifest,
  tokenIn,
  writeManifest,
} from "../../catalog/parts-manifest.ts";
import { forEachFile } from "../../catalog/schema/sampling.ts";
import type { FileStat, Storage } from "../../engine/storage.ts";
import type { Job } from "../../model/job.ts";
import { isProviderError, ProviderError } from "../../provider/error.ts";
import {
  earlierJob,
  type InterruptedOutput,
  messageOf,
  type PreparedSink,
  refuseCancelled,
  type SinkWork,
} from "./output-work.ts";
import { existingOutput } from "./place.ts";

/** The parts of one try, and what was there before them. */
interface Parts extends SinkWork {
  readonly before: PartsManifest | null;
  readonly number: number;
  /** A try that this one continues or replaces has published already: the output is its own. */
  readonly isOwn: boolean;
}

/** Prepares parts in the output's directory, after removing those of tries that this one continues or replaces. */
export async function prepareParts(work: SinkWork): Promise<PreparedSink> {
  const { storage, context, path } = work;
  const before = await newestManifest(storage, path);
  const own = new Set([context.token, ...(context.supersedes ?? [])]);
  const isOwn = before !== null && own.has(before.token);
  const files = await filesBelow(storage, path);
  if (isOwn) await removeReplaced(storage, path, before, files);
  const job = await earlierJob(work, context.token);
  const isPublished = isOwn && before.token === context.token && job?.state === "succeeded";
  const number = (before?.number ?? 0) + 1;
  const parts: Parts = { ...work, before, number, isOwn };
  // Parts of a job that succeeded wait for their manifest.
  const waits = (file: FileStat) => job?.state === "succeeded" && isPart(parts, file);
  const isLive = before === null ? () => false : liveBy(path, before);
  const left = files.filter((file) => own.has(tokenIn(file.path) ?? "") && !isLive(file) && !waits(file));
  await removeAll(storage, left);
  if (!isPublished) await refuseExisting(parts, files);
  return {
    place: { uri: storage.uri(path), published: { kind: "parts", number, token: context.token } },
    commit: async (done) => {
      if (!isPublished) await publish(parts, done);
    },
    abandon: () => abandon(parts),
  };
}

const filesBelow = async (storage: Storage, path: string): Promise<readonly FileStat[]> =>
  (await storage.list(path, { recursive: true })).filter(({ kind }) => kind === "file");

const isPart = ({ context, number }: Parts, { path }: FileStat): boolean =>
  tokenIn(path) === context.token && path.includes(`.mason-${number}-`);

/** Parts that no manifest names are no output: a try left them that did not end. */
async function refuseExisting({ storage, path, overwrite, isOwn, before }: Parts, files: readonly FileStat[]) {
  if ((await storage.stat(path))?.kind === "file")
    throw new ProviderError(
      "invalid",
      `"${path}" is a file, but the output is a directory. Delete the file, or choose another output_path.`,
    );
  const isThere = before !== null || files.some((file) => tokenIn(file.path) === null && !isManifest(file.path));
  if (isThere && !overwrite && !isOwn) throw new ProviderError("exists", existingOutput(path));
}

async function publish(parts: Parts, done: Job): Promise<void> {
  const { storage, context, path, number } = parts;
  refuseCancelled(context);
  const files = await filesBelow(storage, path);
  await refuseExisting(parts, files);
  const written = files.filter((file) => isPart(parts, file));
  const wanted = done.facts?.files;
  if (typeof wanted === "number" && wanted !== written.length) throw lost(path);
  const below = (file: FileStat) => ({ path: file.path.slice(path.length + 1), etag: file.etag ?? "" });
  const older = files.filter((file) => tokenIn(file.path) === null && !isManifest(file.path));
  const manifest: PartsManifest = {
    number,
    token: context.token,
    parts: written.map((file) => ({ ...below(file), bytes: file.size })),
    replaced: older.map(below),
  };
  await writeManifest(storage, path, manifest).catch((error) => {
    throw isProviderError(error, "exists") ? overtaken(path) : error;
  });
  await removeReplaced(storage, path, manifest, files).catch((error) => {
    context.log(`Could not remove the old files of "${path}": ${messageOf(error)}`);
  });
}

const lost = (path: string) =>
  new ProviderError("failed", `Some of what the job wrote to "${path}" is no longer there. Run it again.`, {
    retryable: true,
  });

const overtaken = (path: string) =>
  new ProviderError(
    "conflict",
    `The output "${path}" was replaced by somebody else while this job ran. Run it again if its result should win.`,
  );

/**
 * Removes what the parts of a manifest replaced: older parts, the files before them, and older manifests. Newer parts belong to a running try.
 * Then the manifest need not name those files any longer: somebody may put one back.
 */
async function removeReplaced(
  storage: Storage,
  path: string,
  manifest: PartsManifest,
  files: readonly FileStat[],
): Promise<void> {
  const isLive = liveBy(path, manifest);
  const newest = manifestPath(path, manifest.number);
  const [own, others] = [files.filter((file) => isManifest(file.path)), files.filter((file) => !isManifest(file.path))];
  await removeAll(
    storage,
    others.filter((file) => !isLive(file) && numberIn(file.path) <= manifest.number),
  );
  if (manifest.replaced.length > 0) {
    await writeManifest(storage, path, { ...manifest, number: manifest.number + 1, replaced: [] });
    await storage.delete(newest);
  }
  await removeAll(
    storage,
    own.filter((file) => isOlder(file.path, newest)),
  );
}

const isOlder = (path: string, newest: string): boolean => {
  const numberOf = (name: string) => Number(/(\d+)\.json$/.exec(name)?.[1] ?? Number.POSITIVE_INFINITY);
  return numberOf(path) < numberOf(newest);
};

async function removeAll(storage: Storage, files: readonly FileStat[]): Promise<void> {
  await forEachFile(files, ({ path }) => storage.delete(path), undefined);
}

/** Logs what it can't undo, so that people see the failure that led here. */
async function abandon(parts: Parts): Promise<void> {
  const { storage, context, path, before } = parts;
  try {
    const live = (await newestManifest(storage, path)) ?? before;
    // The answer of the write that published may have been lost.
    if (live?.token === context.token && live.number === parts.number) return;
    await removeAll(
      storage,
      (await filesBelow(storage, path)).filter((file) => isPart(parts, file)),
    );
  } catch (error) {
    context.log(`Could not remove what was written to "${path}": ${messageOf(error)}`);
  }
}

/** Removes parts of abandoned tries that were not published, and what published ones replaced. */
export async function sweepParts(storage: Storage, outputs: readonly InterruptedOutput[]): Promise<void> {
  for (const path of new Set(outputs.map((output) => output.path))) {
    const own = outputs.filter((output) => output.path === path);
    const isTheirs = (token: string | null) => token !== null && own.some((output) => output.isTheirs(token));
    const files = await filesBelow(storage, path);
    if (files.length === 0) continue;
    const manifest = await newestManifest(storage, path);
    const isLive = manifest === null ? () => false : liveBy(path, manifest);
    await removeAll(
      storage,
      files.filter((file) => isTheirs(tokenIn(file.path)) && !isLive(file)),
    );
    if (manifest !== null && isTheirs(manifest.token)) await removeReplaced(storage, path, manifest, files);
  }
}
