/**
 * Writing: content appears whole or not at all. A file is written under a temporary name in the same directory and synced. Then it
 * gets its name by link(2), which fails when the name is taken, or by rename(2), which replaces.
 */
import { access, copyFile, type FileHandle, link, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Body } from "../../src/engine/storage.ts";
import { sha256 } from "../../src/json.ts";
import { ProviderError } from "../../src/provider/error.ts";
import { sweepOnce, temporaryBeside, temporaryPrefix } from "./leftovers.ts";
import { isAbsent, systemCode } from "./storage-error.ts";

/** How a finished file gets its name. */
export type Publish =
  | { readonly kind: "replace" }
  | { readonly kind: "new" }
  | { readonly kind: "match"; readonly etag: string };

/** Writes content to a place on disk and makes the directories above it. */
export async function writeFileWhole(place: string, body: Body, publish: Publish): Promise<void> {
  await publishWhole(place, publish, async (temporary) => {
    const file = await open(temporary, "wx");
    try {
      await writeBody(file, body);
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

const pieceBytes = 8 << 20;

async function writeBody(file: FileHandle, body: Body): Promise<void> {
  if (typeof body === "string" || body instanceof Uint8Array) return file.writeFile(body);
  for (let start = 0; start < body.size; start += pieceBytes)
    await file.writeFile(await body.read(start, Math.min(start + pieceBytes, body.size)));
}

/** Copies a file to a place on disk, replacing what is there. */
export async function copyFileWhole(from: string, place: string): Promise<void> {
  await publishWhole(place, { kind: "replace" }, async (temporary) => {
    await copyFile(from, temporary);
    await sync(temporary);
  });
}

async function publishWhole(
  place: string,
  publish: Publish,
  make: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = temporaryBeside(place);
  try {
    await makeBelow(dirname(place), () => make(temporary));
    if (publish.kind === "new") await link(temporary, place);
    else if (publish.kind === "replace") await rename(temporary, place);
    else {
      await exclusively(place, async () => {
        await requireMatch(place, publish.etag);
        await rename(temporary, place);
      });
    }
    await sync(dirname(place));
    await sweepOnce(dirname(place));
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Another process may delete the empty directory before the first file is in it. Then the directory is made again. */
async function makeBelow(directory: string, make: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    await makeDirectory(directory);
    try {
      return await make();
    } catch (error) {
      if (tries === 5 || systemCode(error) !== "ENOENT") throw error;
    }
  }
}

/** Makes a directory and those above it. */
export async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    if (systemCode(error) === "ENOENT") return makeOneByOne(directory);
    if (systemCode(error) !== "EEXIST") throw error;
    throw new ProviderError(
      "invalid",
      `"${basename(directory)}" is a file, but a directory is needed there. Choose another path.`,
    );
  }
}

/** On a read-only file system, Node's `recursive` reports a missing path. Without `recursive` it reports the real cause. */
async function makeOneByOne(directory: string): Promise<void> {
  const above = dirname(directory);
  if (above !== directory && (await isMissing(above))) await makeOneByOne(above);
  await mkdir(directory).catch((error: unknown) => {
    if (systemCode(error) !== "EEXIST") throw error;
  });
}

const isMissing = (place: string): Promise<boolean> =>
  access(place).then(
    () => false,
    (error: unknown) => isAbsent(error),
  );

/** Syncs a file, or the names in a directory, to disk. */
export async function sync(place: string): Promise<void> {
  const handle = await open(place, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The etag of content. */
export const etagOf = (body: Uint8Array | string): string => sha256(body);

/** Throws `conflict` unless the file's content has this etag. */
export async function requireMatch(place: string, etag: string): Promise<void> {
  const current = await readFile(place).catch((error: unknown) => {
    if (isAbsent(error)) return null;
    throw error;
  });
  if (current !== null && etagOf(current) === etag) return;
  throw new ProviderError(
    "conflict",
    `"${basename(place)}" was changed by another process in the meantime. Read it again and repeat the change.`,
  );
}

/**
 * Runs an action while no other conditional write or delete of the same file runs. The sidecar names its process, so that the
 * sidecar of a killed process can be removed. Best effort: plain writes don't check it.
 */
export async function exclusively<T>(place: string, work: () => Promise<T>): Promise<T> {
  const sidecar = join(dirname(place), `${temporaryPrefix}hold-${sha256(basename(place)).slice(0, 16)}`);
  const holder = JSON.stringify({ host: hostname(), pid: process.pid });
  for (let tries = 1; !(await take(sidecar, holder)); tries++) {
    if (await isDead(sidecar)) await putAside(sidecar);
    else if (tries === 1500) {
      throw new ProviderError("unavailable", `Another process is changing "${basename(place)}". Try again later.`);
    } else await wait(20);
  }
  try {
    return await work();
  } finally {
    await rm(sidecar, { force: true });
  }
}

async function take(sidecar: string, holder: string): Promise<boolean> {
  const temporary = temporaryBeside(sidecar);
  try {
    const file = await open(temporary, "wx");
    await file.writeFile(holder).finally(() => file.close());
    await link(temporary, sidecar);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Two processes may find the same dead sidecar. Renaming it first keeps each from removing the other's new sidecar. */
async function putAside(sidecar: string): Promise<void> {
  const aside = temporaryBeside(sidecar);
  try {
    await rename(sidecar, aside);
    if (!(await isDead(aside))) await link(aside, sidecar);
  } catch (error) {
    if (!isAbsent(error) && systemCode(error) !== "EEXIST") throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function isDead(sidecar: string): Promise<boolean> {
  try {
    const { host, pid }: { host?: unknown; pid?: unknown } = JSON.parse(await readFile(sidecar, "utf8"));
    if (host !== hostname() || typeof pid !== "number") return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return systemCode(error) === "ESRCH";
  }
}
