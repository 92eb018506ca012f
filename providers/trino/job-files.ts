/**
 * Queries on disk: how far each was read, and its rows. Trino gives a page once, and no longer when the next one was asked for; so rows
 * and the address of the next page are written before it is asked for, and another process goes on from there.
 */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JsonObject } from "../../src/json.ts";
import type { Job } from "../../src/model/job.ts";
import type { Column } from "../../src/model/schema.ts";

/** A query as it was last seen. */
export interface JobRecord {
  readonly job: Omit<Job, "handle">;
  /** The address of its next page; `null` when there is none. */
  readonly uri: string | null;
  readonly columns: readonly Column[];
  /** Pages of rows on disk. */
  readonly pages: number;
  readonly rows: number;
  readonly bytes: number;
  readonly log: string;
  /** Some of its rows may have been given to somebody else. */
  readonly isPartial?: true;
}

/** The queries of one client. */
export interface JobFiles {
  readonly read: (id: string) => Promise<JobRecord | null>;
  readonly write: (record: JobRecord) => Promise<void>;
  /** Writes one page of rows and gives its size. */
  readonly writeRows: (id: string, page: number, rows: readonly JsonObject[]) => Promise<number>;
  readonly rows: (id: string, page: number) => Promise<readonly JsonObject[]>;
}

/** True for what Trino gives as the id of a query. */
export const isQueryId = (id: string): boolean => /^\d{8}_\d{6}_\d{5}_\w{1,16}$/.test(id);

/** The files below a directory, which is made on the first write. */
export function createJobFiles(directory: string): JobFiles {
  const pathOf = (id: string, name: string) => join(directory, id, name);
  const put = async (id: string, name: string, text: string): Promise<void> => {
    const temporary = pathOf(id, `${name}.${process.pid}.tmp`);
    await mkdir(join(directory, id), { recursive: true });
    await writeFile(temporary, text);
    await rename(temporary, pathOf(id, name));
  };
  const get = async (id: string, name: string): Promise<string | null> => {
    if (!isQueryId(id)) return null;
    return readFile(pathOf(id, name), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    });
  };
  return {
    read: async (id) => {
      const text = await get(id, "job.json");
      return text === null ? null : (JSON.parse(text) as JobRecord);
    },
    write: (record) => put(record.job.id, "job.json", JSON.stringify(record)),
    writeRows: async (id, page, rows) => {
      const text = JSON.stringify(rows);
      await put(id, `rows-${page}.json`, text);
      return Buffer.byteLength(text);
    },
    rows: async (id, page) => JSON.parse((await get(id, `rows-${page}.json`)) ?? "[]") as readonly JsonObject[],
  };
}
