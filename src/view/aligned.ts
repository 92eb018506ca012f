/** Rows of texts in aligned columns, two blanks between them, for lists that programs read too. Nothing is ever cut. */
import { pad, widthOf } from "./layout.ts";

/** The lines, without trailing blanks. Texts are printed as they are: make them `visible` first. */
export function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, widthOf(cell));
  }
  return rows.map((row) => {
    const last = row.length - 1;
    return row.map((cell, index) => (index === last ? cell : pad(cell, (widths[index] ?? 0) + 2))).join("");
  });
}
