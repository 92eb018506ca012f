/** Errors of the operating system as diagnostics: which call failed, on which path, why, and what to do. */
import { getSystemErrorMap } from "node:util";
import { type Diagnostic, error } from "../../diagnostic/diagnostic.ts";

const advice: Readonly<Record<string, string>> = {
  EACCES: "Change the permissions, or run as a user who has them.",
  EPERM: "Change the permissions, or run as a user who has them.",
  ENOSPC: "Free some space, then run the command again.",
  EDQUOT: "Free some space, then run the command again.",
  EROFS: "Use a directory that can be written.",
  EMFILE: 'Raise the limit with "ulimit -n".',
  ENFILE: "Close other programs, then run the command again.",
  ENOMEM: "Close other programs, then run the command again.",
  EISDIR: "Remove the directory, or choose another path.",
  ENOTDIR: "Remove the file, or choose another path.",
  ENAMETOOLONG: "Choose a shorter name.",
  ELOOP: "Remove one of the links.",
  ECONNREFUSED: "Start the server, or correct its address.",
};

interface SystemError extends Error {
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;
  readonly path?: string;
}

function isSystemError(thrown: unknown): thrown is SystemError {
  const { code, errno, syscall } = Object(thrown);
  return (
    thrown instanceof Error && typeof code === "string" && typeof errno === "number" && typeof syscall === "string"
  );
}

/** The words of the system for an error, with its code and with what to do. */
export function systemReason(thrown: NodeJS.ErrnoException): string {
  const code = thrown.code ?? "unknown";
  const words = getSystemErrorMap().get(thrown.errno ?? 0)?.[1] ?? "unknown error";
  return `${words} (${code}). ${advice[code] ?? "Check the path and the machine, then try again."}`;
}

/** The diagnostic for an error that the operating system reported; `null` for any other. */
export function systemProblem(thrown: unknown): Diagnostic | null {
  if (!isSystemError(thrown)) return null;
  const place = thrown.path !== undefined ? ` on "${thrown.path}"` : "";
  return error({
    code: "system/failed",
    summary: "Operating system error",
    detail: `The call "${thrown.syscall}"${place} failed: ${systemReason(thrown)}`,
  });
}

/** The diagnostic for a package of Mason that is not installed; `null` for any other error. */
export function missingPackage(thrown: unknown): Diagnostic | null {
  if (!(thrown instanceof Error)) return null;
  const { code } = thrown as NodeJS.ErrnoException;
  if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") return null;
  const name = /Cannot find (?:package|module) '((?:@[\w.-]+\/)?[\w.-]+)/.exec(thrown.message)?.[1];
  if (name === undefined) return null;
  return error({
    code: "command/not-installed",
    summary: "Package not installed",
    detail: `Mason needs the package "${name}", which is not in its "node_modules". Run "npm ci" in the directory of Mason.`,
  });
}
