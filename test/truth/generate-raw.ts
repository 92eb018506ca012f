/** Makes up raw files. */
import type { FileFormat } from "../../src/model/table.ts";
import { idKind, kinds, oddNames, plainNames } from "./kinds.ts";
import type { Random } from "./random.ts";
import type { Raw, RawColumn } from "./spec.ts";

const formats: readonly FileFormat[] = ["parquet", "csv", "json", "jsonl"];
/** Names of directories. */
export const directories = ["plain", "with space", "größe", "it's", "select", "A-B.c", "a#b", "100%", "x+y", "日本"];

/** Files with this number. */
export function rawOf(chance: Random, at: number): Raw {
  const format = chance.pick(formats);
  const layout = chance.pick(["file", "file", "files", "subset", "folders"] as const);
  const gzip = format === "csv" && chance.chance(0.25);
  const isOdd = chance.chance(0.4);
  const possible = kinds.filter((kind) => kind.formats.includes(format));
  const names = chance.shuffle(isOdd ? oddNames : plainNames);
  const header = !(format === "csv" && layout === "file" && at > 0 && chance.chance(0.25));
  const named: readonly RawColumn[] = [
    { name: isOdd && chance.chance(0.3) ? "ID no" : "id", kind: idKind.name },
    ...Array.from({ length: chance.int(2, 5) }, (_, place) => ({
      name: names[place] ?? `c${place}`,
      kind: chance.pick(possible).name,
    })),
  ];
  const columns = header ? named : named.map(({ kind }, place) => ({ name: `col_${place}`, kind }));
  const folders =
    layout === "folders"
      ? Array.from({ length: chance.int(1, 2) }, (_, place) => ({
          name: isOdd ? (names[place + 6] ?? `f${place}`) : `part${place}`,
          kind: chance.pick(kinds.filter((kind) => kind.folder === true)).name,
        }))
      : [];
  const directory = chance.chance(0.5) ? `raw/plain_${at}` : `raw/${chance.pick(directories)} ${at}`;
  return {
    path: layout === "file" ? `${directory}.${format}${gzip ? ".gz" : ""}` : directory,
    format,
    layout,
    gzip,
    header,
    delimiter: format === "csv" ? chance.pick([",", ",", ";", "\t", "|"]) : ",",
    sparse: chance.chance(0.3),
    columns,
    folders,
    files: layout === "files" || layout === "subset" ? chance.int(2, 3) : 1,
    rows: chance.int(20, 30),
    repeats: chance.pick([0, 0, 3]),
    seed: chance.int(1, 1_000_000),
  };
}
