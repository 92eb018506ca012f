/** Rows of texts in aligned columns, two blanks between them. Texts come as they are: make them `visible` first. */
import { pad, widthOf } from "./layout.ts";

/** The lines; without blanks at their ends. */
export function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, widthOf(cell));
    });
  }
  return rows.map((row) =>
    row
      .map((cell, index) => pad(cell, widths[index] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
