/** Drift as text: changes made outside of Mason, and ways to resolve them. */
import { visible } from "../../diagnostic/visible.ts";
import type { Drift, Repair } from "../../plan/drift/drift.ts";
import { chopBehind, hang, head, pad, widthOf } from "../layout.ts";
import type { Drawing } from "./field-text.ts";

/** The most drift for which the repairs are shown. */
const mostWithRepairs = 20;

/** The title of the section in every view for people. */
export const driftTitle = "Drift: objects that differ from what Mason expects:";

/** `adopt   mason state import table.sales.orders --write`. */
export const repairText = (repair: Repair): string => `${repairHead(repair)}${repair.how}`;

const repairHead = ({ name }: Repair): string => name.padEnd(8);

/** The lines of the section; none if there is no drift. */
export function driftLines(drift: readonly Drift[], drawing: Pick<Drawing, "width" | "style">): readonly string[] {
  if (drift.length === 0) return [];
  const { width } = drawing;
  const most = Math.floor(width * 0.4);
  const widths = drift.map(({ address }) => widthOf(visible(address))).filter((one) => one <= most);
  const hasRepairs = drift.length <= mostWithRepairs;
  return [
    ...hang(head("  "), driftTitle, 2, width),
    ...drift.flatMap((one) => [
      ...headLines(one, Math.max(0, ...widths), drawing),
      ...(hasRepairs ? one.repairs.flatMap((repair) => repairLines(repair, drawing)) : []),
    ]),
    ...(hasRepairs ? [] : hang(head("  "), "A list this long omits how to resolve each; --json shows it.", 2, width)),
  ];
}

function headLines({ address, text }: Drift, names: number, { width, style }: Pick<Drawing, "width" | "style">) {
  const first = { text: `  ${style.yellow("!")} `, width: 4 };
  const name = visible(address);
  if (widthOf(name) <= names)
    return hang({ text: `${first.text}${pad(name, names)}  `, width: names + 6 }, visible(text), 6, width);
  // A very long address gets a line of its own.
  return [...chopBehind(first, name, width), ...hang(head("      "), visible(text), 6, width)];
}

const repairLines = (repair: Repair, { width, style }: Pick<Drawing, "width" | "style">): readonly string[] =>
  hang(head(`      ${repairHead(repair)}`), visible(repair.how), 14, width, style.dim);
