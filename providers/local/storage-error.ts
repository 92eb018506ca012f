/** Converts errors of the file system to ProviderErrors: what was being done, on which path, and what to do. */
import type { ProviderErrorCode } from "../../src/model/provider-error-code.ts";
import { ProviderError } from "../../src/provider/error.ts";

const known: Readonly<Record<string, readonly [ProviderErrorCode, string]>> = {
  ENOENT: ["not_found", "it does not exist. Check the path"],
  EEXIST: ["exists", "it already exists. Choose another path, or delete it first"],
  ENOTEMPTY: ["exists", "it already exists. Choose another path, or delete it first"],
  EISDIR: ["invalid", "a directory is in the way. Choose another path"],
  ENOTDIR: ["invalid", "a file is in the place of a directory. Choose another path"],
  ENAMETOOLONG: ["invalid", "the name is too long. Choose a shorter one"],
  ELOOP: ["invalid", "its links form a circle. Remove one of them"],
  EACCES: ["denied", "permission was denied. Change the permissions, or run as a user who has them"],
  EPERM: ["denied", "the operation is not permitted. Change the permissions, or run as a user who has them"],
  EROFS: ["read_only", "the file system is read-only. Mount it writable, or choose another root"],
  EXDEV: ["unsupported", "it lies on another file system. Copy it, then delete the original"],
  ENOSPC: ["no_space", "the disk is full. Free some space and try again"],
  EDQUOT: ["no_space", "the disk quota is used up. Free some space and try again"],
  EMFILE: ["unavailable", "too many files are open. Try again, or raise the limit of open files"],
  ENFILE: ["unavailable", "too many files are open. Try again, or raise the limit of open files"],
};

/** The code of a Node error, or `null`. */
export function systemCode(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}

/** True when a path, or a directory on the way to it, does not exist. */
export const isAbsent = (error: unknown): boolean => ["ENOENT", "ENOTDIR"].includes(systemCode(error) ?? "");

/** The ProviderError for a failure while doing `action`: `write "raw/orders.csv"`. */
export function storageError(error: unknown, action: string): ProviderError {
  if (error instanceof ProviderError) return error;
  const code = systemCode(error) ?? "";
  const [kind, reason] = known[code] ?? [
    "failed",
    `the system reported ${code === "" ? "no reason" : code}. Try again`,
  ];
  const atomic = /^(write|copy)\b/.test(action) && kind !== "exists" ? " Nothing was changed." : "";
  return new ProviderError(kind, `Could not ${action}: ${reason}.${atomic}`, { cause: error });
}

/** Runs an action and converts every failure to a ProviderError. */
export async function doing<T>(action: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  stopIfAborted(action, signal);
  try {
    return await work();
  } catch (error) {
    throw storageError(error, action);
  }
}

/** Throws `cancelled` after the signal was aborted. */
export function stopIfAborted(action: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new ProviderError("cancelled", `Stopped before the end: ${action}. Run it again to finish it.`);
  }
}
