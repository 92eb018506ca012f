/** Previews of writers into declared tables show the declared types, which are the ones that are written. */
import { widenedTypes } from "../../job/held.ts";
import { fromParquet } from "../../job/read-back.ts";
import type { DataType } from "../../model/data-type.ts";
import type { Schema } from "../../model/schema.ts";
import { heldAt } from "../../operator/declared/held.ts";
import type { Preview, PreviewContext } from "../../operator/operator.ts";

/** The preview with the types that are written into the declared table at its output, if there is one. */
export function asDeclared(preview: Preview, { declared }: Pick<PreviewContext, "declared">): Preview {
  const { writes } = preview;
  if (writes === undefined || writes.columns === null) return preview;
  const into = heldAt(declared, writes.path);
  if (into === undefined) return preview;
  const types = new Map<string, DataType>();
  widenedTypes(writes.columns, { ...writes, into }).forEach((column, at) => {
    if (column !== writes.columns?.[at]) types.set(column.name, fromParquet(column.type));
  });
  const typed = (columns: Schema): Schema =>
    columns.map((column) => ({ ...column, type: types.get(column.name) ?? column.type }));
  return {
    ...preview,
    ...(preview.columns === undefined ? {} : { columns: typed(preview.columns) }),
    makes: preview.makes.map((made) =>
      "path" in made && made.path === writes.path ? { ...made, columns: typed(made.columns) } : made,
    ),
  };
}
