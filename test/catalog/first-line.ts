/** A schema reader for tests of the file metastore: the first line of a file names its columns, all of them strings. */
import type { ReadSchema } from "../../src/catalog/file-metastore/uncatalogued.ts";
import type { Storage } from "../../src/engine/storage.ts";
import { string } from "../../src/model/data-type.ts";
import { column } from "../../src/model/schema.ts";
import { ProviderError } from "../../src/provider/error.ts";

/** Reads the first of the files that a pattern means. */
export const firstLine =
  (storage: Storage): ReadSchema =>
  async (pattern) => {
    const files = await storage.expand(pattern);
    const [first] = files;
    if (first === undefined) throw new ProviderError("not_found", `There is nothing at "${pattern}". Check the path.`);
    const line = new TextDecoder().decode(await storage.read(first.path)).split("\n")[0] ?? "";
    const columns = line.split(",").map((name) => column(name, string));
    const groups = [{ format: "csv" as const, columns, files: files.map((file) => file.path) }];
    return {
      format: "csv",
      columns,
      partitions: [],
      partitionValues: [],
      files,
      groups,
      notes: [],
      isSampled: false,
      fileNotes: [],
      samplingNotes: [],
      kinds: new Map(),
      lacking: [],
      layouts: [],
      unreadable: [],
    };
  };
