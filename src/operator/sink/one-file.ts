/**
 * An output of one file on a storage that renames nothing. The write at the end of the job is what publishes it: it appears whole, and only
 * if the file before it is still the one that was there at the start.
 */
import type { FileStat } from "../../engine/storage.ts";
import type { Job } from "../../model/job.ts";
import { ProviderError } from "../../provider/error.ts";
import { earlierJob, type PreparedSink, type SinkWork } from "./output-work.ts";
import { existingOutput } from "./place.ts";

/** Prepares the condition under which the job writes the file. */
export async function prepareFile(work: SinkWork): Promise<PreparedSink> {
  const { storage, context, path, overwrite } = work;
  const before = await storage.stat(path);
  if (before?.kind === "directory")
    throw new ProviderError(
      "invalid",
      `"${path}" is a directory, but the output is a file. Delete the directory, or choose another output_path.`,
    );
  const jobs = await Promise.all(
    [context.token, ...(context.supersedes ?? [])].map((token) => earlierJob(work, token)),
  );
  const isOwn = jobs.some((job) => isWhatJobWrote(before, job));
  if (before !== null && !overwrite && !isOwn) throw new ProviderError("exists", existingOutput(path));
  return {
    place: { uri: storage.uri(path), published: { kind: "file", etag: before === null ? null : etagOf(before) } },
    commit: async (done) => {
      if (isWhatJobWrote(await storage.stat(path), done)) return;
      throw new ProviderError(
        "conflict",
        `The output "${path}" was changed by somebody else while it was written. Run it again.`,
      );
    },
    // A job that failed has written nothing there.
    abandon: async () => undefined,
  };
}

/** Tells the file of a job from others by its size, which the engine reports before it writes. */
function isWhatJobWrote(file: FileStat | null, job: Job | null): boolean {
  if (file?.kind !== "file" || job === null) return false;
  return job.state === "succeeded" && job.facts?.bytes === undefined ? true : job.facts?.bytes === file.size;
}

function etagOf({ path, etag }: FileStat): string {
  if (etag !== undefined) return etag;
  throw new ProviderError(
    "unsupported",
    `The storage can't replace "${path}", since it tells no versions of files. Choose another output_path.`,
  );
}
