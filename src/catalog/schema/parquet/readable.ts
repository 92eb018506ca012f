/** Which columns of a Parquet file DuckDB (1.5.5) binds and then can't read: the footer says how each one is stored. */
import type { ColumnChunk, FileMetaData } from "hyparquet/src/types.js";
import type { UnreadableColumn } from "../file.ts";

/** The columns below the root, in the order of `names`, that a job fails to read. A column is found by its position in the file. */
export function unreadableColumns(
  { row_groups: groups }: Pick<FileMetaData, "row_groups">,
  leaves: readonly number[],
  names: readonly string[],
): readonly UnreadableColumn[] {
  return names.flatMap((column, index) => {
    const start = leaves.slice(0, index).reduce((sum, count) => sum + count, 0);
    const end = start + (leaves[index] ?? 0);
    const whys = groups.flatMap((group) =>
      group.columns.slice(start, end).flatMap((chunk) => whyUnreadable(chunk) ?? []),
    );
    return whys[0] === undefined ? [] : [{ column, why: whys[0] }];
  });
}

/** True for a file that DuckDB does not even open: its footer names a codec or an encoding that DuckDB has never heard of. */
export const hasUnknownWords = ({ row_groups: groups }: Pick<FileMetaData, "row_groups">): boolean =>
  groups.some(({ columns }) =>
    columns.some(
      ({ meta_data: data }) =>
        data !== undefined && (data.codec === undefined || data.encodings?.includes(undefined as never) === true),
    ),
  );

function whyUnreadable({ meta_data: data, crypto_metadata: key }: ColumnChunk): string | null {
  if (key !== undefined || data === undefined) return "it is encrypted";
  if (data.codec === "LZ4" || data.codec === "LZO") return `it is compressed as ${data.codec}`;
  const isFloat = data.type === "FLOAT" || data.type === "DOUBLE";
  if (!isFloat && data.encodings.includes("BYTE_STREAM_SPLIT")) {
    return `it is encoded as BYTE_STREAM_SPLIT, which is read for FLOAT and DOUBLE, not for ${data.type}`;
  }
  return null;
}
