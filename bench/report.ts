/** What benchmarks found, and how it is printed: aligned tables that are Markdown too, so that README.md can hold them as they are. */
import type { Cost } from "./measure.ts";

/** One measured thing. */
export interface Row {
  readonly label: string;
  readonly cost: Cost;
  /** Costs against the thing it is compared with. */
  readonly ratio?: Target;
  /** Another figure that a target is about. */
  readonly other?: Target & { readonly what: string; readonly unit: string };
}

/** A figure, and the most that it may be. */
export interface Target {
  readonly value: number;
  readonly most?: number;
}

export interface Report {
  readonly title: string;
  /** What `ratio` is against. */
  readonly against: string;
  readonly rows: readonly Row[];
  readonly notes?: readonly string[];
}

/** A target that is met, or not. */
export const isMissed = ({ value, most }: Target): boolean => most !== undefined && !(value <= most);

/** A report as text. */
export function reportText(report: Report): string {
  const head = ["", "CPU s", "wall s", "peak MB", `x ${report.against}`, "other figures"];
  const table = [head, ...report.rows.map(cells)];
  const widths = head.map((_, at) => Math.max(3, ...table.map((row) => (row[at] ?? "").length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((text, at) => (isText(at) ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0))).join(" | ")} |`;
  const rule = line(widths.map((width, at) => (isText(at) ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)));
  const lines = [line(head), rule, ...table.slice(1).map(line)];
  const notes = (report.notes ?? []).map((note) => `\n${note}\n`).join("");
  return `${report.title}\n\n${lines.join("\n")}\n${notes}`;
}

const isText = (column: number) => column === 0 || column === 5;

function cells({ label, cost, ratio, other }: Row): readonly string[] {
  const digits = cost.cpu < 10 ? 3 : 1;
  return [
    label,
    cost.cpu.toFixed(digits),
    cost.wall.toFixed(digits),
    cost.memory.toFixed(0),
    ratio === undefined ? "" : targetText(ratio, ""),
    other === undefined ? "" : `${other.what} ${targetText(other, other.unit)}`,
  ];
}

function targetText(target: Target, unit: string): string {
  const value = `${target.value.toFixed(target.value < 100 ? 2 : 0)}${unit}`;
  if (target.most === undefined) return value;
  return `${value} (${isMissed(target) ? "MISSED" : "met"}, at most ${target.most}${unit})`;
}
