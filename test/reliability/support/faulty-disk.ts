/**
 * A disk on which one operation goes wrong. Every call of this process that changes the disk is counted, and at the n-th one the
 * process is killed or the system fails. It replaces functions of `node:fs`, so it sees all writers (journal, lease, lockfile,
 * catalogue, runs), and none of them knows about it. A recursive delete goes file by file, so that it can be interrupted.
 */
import fs from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { dirname, join } from "node:path";

/** What happens at an operation. `torn`: half of the bytes, then the end. */
export type Fault =
  | { readonly kind: "kill" | "torn"; readonly at: number }
  | { readonly kind: "fail"; readonly at: number; readonly code: "ENOSPC" | "EIO" | "EROFS"; readonly half?: boolean };

/** One operation that changes the disk. */
export interface DiskCall {
  readonly call: string;
  readonly path: string;
}

/** The options of a faulty disk. */
export interface FaultyDisk {
  /** Only calls below this directory count. */
  readonly root: string;
  /** Which of them count. */
  readonly counts: (path: string) => boolean;
  readonly fault: Fault | null;
  /** Called before each call. */
  readonly onCall: (call: DiskCall) => void;
}

/** Puts the faulty disk under this process, for good. */
export function installFaultyDisk({ root, counts, fault, onCall }: FaultyDisk): void {
  let calls = 0;
  const files = new Map<number, string>();
  const handles = new WeakMap<object, string>();
  const real = { ...fs, promises: { ...fs.promises } };

  /** The fault of this call, if it is its turn. */
  const turn = (call: string, path: string): Fault | null => {
    if (!path.startsWith(root) || !counts(path.slice(root.length + 1))) return null;
    calls++;
    onCall({ call, path: path.slice(root.length + 1) });
    if (fault === null || fault.at !== calls) return null;
    if (fault.kind === "kill") process.kill(process.pid, "SIGKILL");
    if (fault.kind === "fail" && fault.half !== true) throw systemError(fault.code, call, path);
    return fault;
  };
  const die = (hit: Fault, call: string, path: string): never => {
    if (hit.kind === "torn") process.kill(process.pid, "SIGKILL");
    throw systemError(hit.kind === "fail" ? hit.code : "EIO", call, path);
  };

  const writes = (flags: unknown) => typeof flags === "string" && /[wa+]/.test(flags);
  fs.openSync = (path, flags, mode) => {
    if (writes(flags)) turn("open", String(path));
    const file = real.openSync(path, flags, mode);
    files.set(file, String(path));
    return file;
  };
  fs.writeSync = ((file: number, bytes: Uint8Array, at: number) => {
    const path = files.get(file) ?? "";
    const hit = turn("write", path);
    if (hit === null) return real.writeSync(file, bytes, at);
    real.writeSync(file, bytes, at, Math.floor((bytes.length - at) / 2));
    return die(hit, "write", path);
  }) as typeof fs.writeSync;
  fs.fsyncSync = (file) => {
    turn("fsync", files.get(file) ?? "");
    real.fsyncSync(file);
  };
  fs.renameSync = (from, to) => {
    turn("rename", String(to));
    real.renameSync(from, to);
  };
  fs.appendFileSync = (file, data, options) => {
    const hit = turn("append", String(file));
    if (hit === null) return real.appendFileSync(file, data, options);
    real.appendFileSync(file, String(data).slice(0, String(data).length / 2), options);
    die(hit, "append", String(file));
  };
  fs.mkdirSync = ((path: string, options: fs.MakeDirectoryOptions) => {
    if (!real.existsSync(path)) turn("mkdir", String(path));
    return real.mkdirSync(path, options);
  }) as typeof fs.mkdirSync;
  fs.rmSync = (path, options) => {
    if (real.existsSync(path)) turn("rm", String(path));
    real.rmSync(path, options);
  };

  const promises = fs.promises as { -readonly [K in keyof typeof fs.promises]: (typeof fs.promises)[K] };
  promises.open = async (path, flags, mode) => {
    if (writes(flags)) turn("open", String(path));
    const handle = await real.promises.open(path, flags, mode);
    handles.set(handle, String(path));
    spy(handle);
    return handle;
  };
  const spy = (handle: FileHandle) => {
    const path = handles.get(handle) ?? "";
    const [writeFile, sync] = [handle.writeFile.bind(handle), handle.sync.bind(handle)];
    handle.writeFile = async (data, options) => {
      const hit = turn("write", path);
      if (hit === null) return writeFile(data, options);
      await writeFile(String(data).slice(0, String(data).length / 2), options);
      die(hit, "write", path);
    };
    handle.sync = async () => {
      turn("fsync", path);
      await sync();
    };
  };
  promises.link = async (from, to) => {
    turn("link", String(to));
    await real.promises.link(from, to);
  };
  promises.rename = async (from, to) => {
    turn("rename", String(to));
    await real.promises.rename(from, to);
  };
  promises.unlink = async (path) => {
    turn("rm", String(path));
    await real.promises.unlink(path);
  };
  promises.rmdir = async (path) => {
    turn("rmdir", String(path));
    await real.promises.rmdir(path);
  };
  promises.mkdir = (async (path: string, options: fs.MakeDirectoryOptions) => {
    if (!real.existsSync(path)) turn("mkdir", String(path));
    return real.promises.mkdir(path, options);
  }) as typeof promises.mkdir;
  promises.appendFile = async (path, data, options) => {
    turn("append", String(path));
    await real.promises.appendFile(path, data, options);
  };
  promises.writeFile = async (path, data, options) => {
    turn("write", String(path));
    await real.promises.writeFile(path, data, options);
  };
  promises.rm = async (path, options = {}) => {
    const name = String(path);
    const found = await real.promises.lstat(name).catch(() => null);
    if (found === null) return real.promises.rm(path, options);
    if (found.isDirectory() && options.recursive === true) {
      for (const child of (await real.promises.readdir(name)).sort()) await promises.rm(join(name, child), options);
      turn("rmdir", name);
      return real.promises.rmdir(name);
    }
    turn("rm", name);
    await real.promises.rm(path, options);
  };
  syncBuiltinESMExports();
}

const systemError = (code: string, call: string, path: string): Error =>
  Object.assign(new Error(`${code}: injected, ${call} '${path}'`), { code, syscall: call, path, errno: -1 });

/** A call without the random part of its path, so that the calls of two processes can be compared. */
export const callName = ({ call, path }: DiskCall): string =>
  `${call} ${path
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "UUID")
    .replace(/\.mason-tmp-\d+-\d+-[0-9a-f-]+/g, ".mason-tmp-UUID")
    .replace(/\.mason\/scratch\/\d+-\d+-[0-9a-f-]+/g, ".mason/scratch/OWNER")
    .replace(/\.[0-9a-f]{12}\.mason-tmp/g, ".TMP")
    .replace(/(\/jobs\/(?:tokens\/)?\.\S+)\.\d+\.\d+$/, "$1.TMP")}`;

/** The places of journal, lease, history and lockfile; a lockfile's temporary file lies in the root. */
export const isState = (path: string): boolean =>
  path.startsWith(".mason/state/") || dirname(path) === "." || path === "mason.lock";
