/** What the footers of Parquet files said, kept by what the files are: a plan asks for the same few footers for several reasons. */
import type { FileStat, Storage } from "../../../engine/storage.ts";
import { digest, type Json, type JsonObject } from "../../../json.ts";
import type { Cache } from "../../../model/cache.ts";
import { formatDataType, parseDataType, unknown } from "../../../model/data-type.ts";
import type { FileSchema, UnreadableColumn } from "../file.ts";
import { readParquetSchema } from "./parquet.ts";

/** Rises when another schema would be found in the same footer. */
const revision = 1;

/** Reads footers of a storage, each once as long as the file is the same. */
export const keptFooters =
  (storage: Storage, cache: Cache) =>
  async (file: FileStat): Promise<FileSchema> => {
    const place = storage.uri(file.path);
    const key = digest(["footer", revision, place, file.size, file.etag ?? null, file.modified]);
    const known = cache.get(key) as JsonObject | undefined;
    if (known !== undefined) return schemaFrom(file.path, known);
    const schema = await readParquetSchema(storage, file);
    cache.put(key, toJson(schema));
    return schema;
  };

const toJson = ({ columns, notes, losses = [], unreadable = [] }: FileSchema): Json => ({
  columns: columns.map(({ name, type, nullable }) => [name, formatDataType(type), nullable]),
  notes: [...notes],
  losses: [...losses],
  unreadable: unreadable.map(({ column, why }) => ({ column, why })),
});

function schemaFrom(path: string, { columns, notes, losses, unreadable }: JsonObject): FileSchema {
  const own = (columns as readonly (readonly [string, string, boolean])[]).map(([name, type, nullable]) => ({
    name,
    type: parseDataType(type) ?? unknown,
    nullable,
  }));
  return {
    path,
    format: "parquet",
    columns: own,
    widened: [],
    missing: [],
    notes: notes as readonly string[],
    losses: losses as readonly string[],
    unreadable: unreadable as unknown as readonly UnreadableColumn[],
  };
}
