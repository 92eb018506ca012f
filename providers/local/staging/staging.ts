/**
 * Staging: a job over a storage that DuckDB can't open gets its files fetched to this machine, writes to this machine, and what it wrote is
 * uploaded. The fetched files lie as on the storage, so their folders keep their meaning. DuckDB and the compiled job see local files only.
 */
import { link, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { FileStat, Storage } from "../../../src/engine/storage.ts";
import type { CanonicalJob, DataSource } from "../../../src/job/job.ts";
import { baseName } from "../../../src/model/path.ts";
import { literalGlob } from "../../../src/sql/dialects/duckdb/names.ts";
import { sourcesOf, withSources } from "../../../src/sql/dialects/duckdb/sources-of.ts";
import { type ContentStore, createContentStore } from "./content.ts";
import { download, statsOf, versionOf } from "./download.ts";
import { createTurns, type Turns } from "./turns.ts";
import { upload } from "./upload.ts";

/** Staging for the jobs of one engine. */
export interface Staging {
  /** Whether a job touches data that DuckDB can't open. */
  isNeeded(work: CanonicalJob): boolean;
  /** Fetches what the job reads. `patterns`: the paths and globs that its SQL names itself. `name`: letters and digits, one for each job. */
  begin(work: CanonicalJob, patterns: readonly string[], name: string, signal: AbortSignal): Promise<StagedJob>;
}

/** A job whose files are on this machine. */
export interface StagedJob {
  readonly work: CanonicalJob;
  /** Where the root of the storage lies on this machine, as a URI. */
  readonly root: string;
  /** `3 files, 1234 bytes fetched`. */
  readonly summary: string;
  /** Uploads what the job wrote. */
  publish(signal: AbortSignal): Promise<void>;
  /** A text with the places of the storage in place of those on this machine. */
  shown(text: string): string;
  /** A path of the storage in place of one on this machine. */
  path(text: string): string;
  /** Removes what only this job needed. */
  end(): Promise<void>;
}

/** The setting that bounds the room. */
export const sizeSetting = "max_scratch_size";

const isLocal = (uri: string) => uri.startsWith("file://");

/** Staging below a directory, for at most `most` bytes of fetched files. */
export function createStaging(storage: Storage, directory: string, most: number): Staging {
  const content = createContentStore(join(directory, "content"), most, sizeSetting);
  const stage: Stage = { storage, content, directory, ranges: createTurns(8), uploads: createTurns(4) };
  return {
    isNeeded: (work) => {
      const { target } = work;
      if (target !== undefined && (target.published !== undefined || !isLocal(target.uri))) return true;
      if (work.kind === "query" && work.root !== undefined && !isLocal(work.root)) return true;
      return sourcesOf(work).some(({ files }) => files.some((file) => !isLocal(file)));
    },
    begin: (work, patterns, name, signal) => begin(stage, work, patterns, { name, signal }),
  };
}

interface Stage {
  readonly storage: Storage;
  readonly content: ContentStore;
  readonly directory: string;
  readonly ranges: Turns;
  readonly uploads: Turns;
}

async function begin(
  stage: Stage,
  work: CanonicalJob,
  patterns: readonly string[],
  { name, signal }: { readonly name: string; readonly signal: AbortSignal },
): Promise<StagedJob> {
  const { storage, content, ranges } = stage;
  const own = join(stage.directory, `job-${name}`);
  const mirror = join(own, "in");
  const base = storage.uri("x").slice(0, -1);
  const isHere = (uri: string) => !isLocal(uri) && uri.startsWith(base);
  const named = sourcesOf(work).flatMap(({ files }) => files.filter(isHere).map((uri) => uri.slice(base.length)));
  const globbed = (await Promise.all(patterns.map((pattern) => storage.expand(pattern)))).flat();
  const known = new Map(globbed.map((file) => [file.path, file]));
  const looked = await statsOf(
    storage,
    [...new Set(named)].filter((path) => !known.has(path)),
    ranges,
    signal,
  );
  const files = [...known.values(), ...looked].map((file) => ({ ...file, key: keyOf(base, file) }));
  const held = await content.hold(files, (file, place) => download(storage, file, place, { turns: ranges, signal }));
  const end = async () => {
    held.release();
    await rm(own, { recursive: true, force: true });
  };
  try {
    for (const [index, file] of files.entries()) {
      const place = join(mirror, file.path);
      await mkdir(dirname(place), { recursive: true });
      await link(held.places[index] ?? "", place);
    }
  } catch (error) {
    await end();
    throw error;
  }
  const out = join(own, "out");
  const here = (uri: string) => (isHere(uri) ? `file://${join(mirror, uri.slice(base.length))}` : uri);
  const replaced = (text: string, by: string) =>
    [literalGlob(mirror), mirror].reduce((rest, at) => rest.replaceAll(`${at}/`, by), text);
  return {
    work: await localWork(work, here, out),
    root: `file://${mirror}`,
    summary: `${files.length} ${files.length === 1 ? "file" : "files"} of ${base}, ${held.fetched} bytes fetched`,
    publish: (stop) => publish(stage, work, out, base, stop),
    shown: (text) => replaced(text, base),
    path: (text) => replaced(text, ""),
    end,
  };
}

const keyOf = (base: string, file: FileStat) => `${base}${file.path} ${versionOf(file)}`;

/** The job with local files in place of those of the storage. */
async function localWork(work: CanonicalJob, here: (uri: string) => string, out: string): Promise<CanonicalJob> {
  const local = await withSources(
    work,
    async (source): Promise<DataSource> => ({ ...source, files: source.files.map(here) }),
  );
  const { target } = local;
  if (target === undefined || (isLocal(target.uri) && target.published === undefined)) return local;
  const { published: _, ...rest } = target;
  return { ...local, target: { ...rest, uri: `file://${join(out, baseName(target.uri))}` } };
}

async function publish(stage: Stage, { target }: CanonicalJob, out: string, base: string, signal: AbortSignal) {
  if (target === undefined || (isLocal(target.uri) && target.published === undefined)) return;
  const { storage, content, uploads } = stage;
  const to = { path: target.uri.slice(base.length), target };
  const uploaded = await upload(storage, join(out, baseName(target.uri)), to, { turns: uploads, signal });
  // A later job of this process that reads them need not fetch them.
  for (const { place, file } of uploaded)
    await content.add({ key: keyOf(base, file), size: file.size }, (at) => link(place, at));
}
