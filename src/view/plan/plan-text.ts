/**
 * A plan as text for people. Views are pure: they turn a value into text for a given width and colours. No line exceeds the width,
 * user text is made visible, and every change is listed, except dozens of new definitions.
 */
import { createStyle, type Paint, plain, type Style } from "../../diagnostic/style.ts";
import { visible } from "../../diagnostic/visible.ts";
import { type Action, actionSigns } from "../../plan/action.ts";
import { type Change, isDefinition, type Plan } from "../../plan/plan.ts";
import { chopBehind, cut, type Head, hang, head, pad, widthOf } from "../layout.ts";
import { changeWords, isNew, otherNotes } from "./change-words.ts";
import { driftLines } from "./drift-text.ts";
import { type Drawing, fieldLines, nameWidth } from "./field-text.ts";
import { fireTimesText } from "./fire-times.ts";
import { leftOutText, nothingToDo, summaryLine } from "./plan-counts.ts";
import { stepLines } from "./step-text.ts";
import { loadLineDiff } from "./text-diff.ts";

/** The width of the text, and whether it may have colours. */
export interface TextOptions {
  readonly width: number;
  readonly color: boolean;
}

/** The most new definitions to list; more are only counted. */
const mostNewDefinitions = 30;
/** The most changes for which the columns of steps are shown. */
const mostWithColumns = 200;

/** The whole plan, with its summary line at the end. */
export async function planText(plan: Plan, options: TextOptions): Promise<string> {
  const width = Math.max(40, options.width);
  const style = createStyle(options.color);
  const drift = driftLines(plan.drift, { width, style });
  if (plan.changes.length === 0) {
    const end = lines(hang(head(""), [nothingToDo(plan), leftOutText(plan)].join(" ").trim(), 0, width));
    return drift.length === 0 ? end : `\n${lines(drift)}\n${end}`;
  }
  const drawing: Drawing = { width, style, diff: await loadLineDiff(plan.changes) };
  const hasColumns = plan.changes.length <= mostWithColumns;
  const context: Context = { ...drawing, hasColumns, crons: cronsOf(plan), losing: losingData(plan) };
  const definitions = plan.changes.filter((change) => isDefinition(change.kind));
  const objects = plan.changes.filter((change) => !isDefinition(change.kind));
  const parts = [
    ...(drift.length === 0 ? [] : [...drift, ""]),
    ...(plan.destroy ? ["  Everything that Mason created is deleted:"] : []),
    ...groupLines(objects, context),
    ...(definitions.length === 0 || objects.length === 0 ? [] : [""]),
    ...(definitions.length === 0 ? [] : ["  Definitions, recorded in the state:"]),
    ...definitionLines(definitions, context),
    ...(hasColumns || !plan.changes.some((change) => change.steps.length > 0) ? [] : ["", ...tooMany(width)]),
  ];
  const partial = plan.leftOut === 0 ? [] : hang(head(""), leftOutText(plan), 0, width, style.yellow);
  const summary = hang(head(""), visible(summaryLine(plan)), 2, width, style.bold);
  return `\n${parts.join("\n")}\n\n${lines([...partial, ...summary])}`;
}

const lines = (texts: readonly string[]): string => `${texts.join("\n")}\n`;

const tooMany = (width: number) =>
  hang(head("  "), "A plan this long omits the columns of steps; --json shows them.", 2, width);

interface Context extends Drawing {
  readonly hasColumns: boolean;
  /** New cron schedules by address. */
  readonly crons: ReadonlyMap<string, string>;
  /** Addresses whose data are deleted. */
  readonly losing: ReadonlySet<string>;
}

const cronsOf = (plan: Plan): ReadonlyMap<string, string> =>
  new Map(
    plan.stages.flatMap(({ address, work }) =>
      work.kind === "register" && work.registration.schedule.cron !== undefined
        ? [[address, work.registration.schedule.cron] as const]
        : [],
    ),
  );

/** The addresses whose deletion also deletes data. */
export const losingData = (plan: Plan): ReadonlySet<string> =>
  new Set(plan.stages.flatMap(({ address, work }) => (work.kind === "drop_table" && work.deleteData ? [address] : [])));

/** The lines for definitions. If very many are new, there is one line for each kind. */
function definitionLines(definitions: readonly Change[], context: Context): readonly string[] {
  const fresh = definitions.filter(isNew);
  if (fresh.length <= mostNewDefinitions) return groupLines(definitions, context);
  const kinds = (["config", "operator", "workflow"] as const).flatMap((kind) => {
    const count = fresh.filter((change) => change.kind === kind).length;
    if (count === 0) return [];
    return hang(
      signed("create", `${count} ${kind}${count === 1 ? "" : "s"}`, context.style),
      ", recorded for the first time",
      6,
      context.width,
    );
  });
  return [
    ...groupLines(
      definitions.filter((change) => !isNew(change)),
      context,
    ),
    ...kinds,
  ];
}

const clientOf = (change: Change): string => cut(visible(change.client ?? ""), 16);

interface Widths {
  readonly address: number;
  readonly client: number;
  readonly action: number;
}

function groupLines(changes: readonly Change[], context: Context): readonly string[] {
  const widths = columnWidths(changes, Math.floor(context.width * 0.4));
  const found: string[] = [];
  for (const change of changes) {
    found.push(...headLines(change, widths, context));
    if (hasMore(change)) found.push(...detailLines(change, context));
  }
  return found;
}

/** An address that is wider than `most` does not move the columns of the others. */
function columnWidths(changes: readonly Change[], most: number): Widths {
  const widths = { address: 0, client: 0, action: 0 };
  for (const change of changes) {
    const address = widthOf(visible(change.address));
    if (address <= most) widths.address = Math.max(widths.address, address);
    widths.client = Math.max(widths.client, widthOf(clientOf(change)));
    widths.action = Math.max(widths.action, change.action.length);
  }
  return widths;
}

const hasMore = ({ fields, steps, notes, fireTimes }: Change): boolean =>
  fields.length + steps.length + notes.length > 0 || fireTimes !== undefined;

function detailLines(change: Change, context: Context): readonly string[] {
  const { width, style } = context;
  const cron = context.crons.get(change.address);
  const times = change.fireTimes === undefined ? [] : [fireTimesText(change.fireTimes, cron)];
  const names = nameWidth([...change.fields.map((field) => field.path), ...times.map(() => "next runs")]);
  return [
    ...fieldLines(change.fields, names, context),
    ...times.flatMap((text) => hang(head(`      ${pad("next runs", names)}`), text, 6 + names, width)),
    ...stepLines(change.steps, context.hasColumns, context),
    ...otherNotes(change).flatMap((note) => hang(head("      "), visible(note), 8, width, style.dim)),
  ];
}

function headLines(change: Change, widths: Widths, context: Context): readonly string[] {
  const { width, style } = context;
  const paint = actionPaint(change.action, style);
  const client = widths.client === 0 ? "" : `${pad(clientOf(change), widths.client)}  `;
  const address = visible(change.address);
  const first = `  ${paint(actionSigns[change.action])} `;
  const middle = `${pad(address, widths.address)}  ${client}`;
  const before = 4 + widthOf(middle);
  const words = visible(changeWords(change));
  const wordPaint: Paint = context.losing.has(change.address) ? style.red : plain;
  const action = `${paint(change.action)}${" ".repeat(words === "" ? 0 : widths.action - change.action.length + 2)}`;
  const start: Head = { text: first + middle + action, width: before + widths.action + 2 };
  if (start.width <= width) return hang(start, words, wordsIndent(start.width, width), width, wordPaint);
  // A very long address gets a line of its own.
  return [
    ...chopBehind({ text: first, width: 4 }, address, width),
    ...hang(
      { text: `      ${client}${action}`, width: 6 + widthOf(client) + widths.action + 2 },
      words,
      6,
      width,
      wordPaint,
    ),
  ];
}

/** Further words align with the first ones if there is room, else with the address. */
const wordsIndent = (start: number, width: number) => (width - start >= 28 ? start : 6);

function signed(action: Action, text: string, style: Style): Head {
  return { text: `  ${actionPaint(action, style)(actionSigns[action])} ${text}`, width: 4 + widthOf(text) };
}

/** The colour of an action. */
export function actionPaint(action: Action, style: Style): Paint {
  switch (action) {
    case "create":
      return style.green;
    case "update":
      return style.yellow;
    case "replace":
    case "delete":
      return style.red;
    case "run":
      return style.blue;
    case "adopt":
      return style.cyan;
    case "forget":
    case "none":
      return style.dim;
  }
}
