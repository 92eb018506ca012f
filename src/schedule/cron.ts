/**
 * Cron: one syntax tree for the schedules of every scheduler, with a parser and a printer for the unix dialect. The tree says which
 * wall times match; calendar.ts handles zones and instants.
 */

/** The name of a field, in the order of unix cron. */
export type CronFieldName = "minute" | "hour" | "dayOfMonth" | "month" | "dayOfWeek";

/** One field: its matching values, and the text that the user wrote. */
export interface CronField {
  /** As written, names in upper case: `*`, `1-5`, `MON,WED`. */
  readonly text: string;
  /** Sorted, without duplicates; Sunday is 0. */
  readonly values: readonly number[];
  /** False when every value of the field matches, as for `*`. */
  readonly restricted: boolean;
}

/**
 * A schedule. A day matches when its month matches and its day fields match: either field when both are restricted, else the
 * restricted one. A field that lists all of its values counts as unrestricted.
 */
export type Cron = { readonly [Name in CronFieldName]: CronField };

/** The result of parsing; `message` is a clause that names the wrong field and what it allows. */
export type ParsedCron = { readonly ok: true; readonly cron: Cron } | { readonly ok: false; readonly message: string };

interface FieldSpec {
  readonly name: CronFieldName;
  readonly label: string;
  readonly low: number;
  readonly high: number;
  readonly names: readonly string[];
}

const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const specs: readonly FieldSpec[] = [
  { name: "minute", label: "minute", low: 0, high: 59, names: [] },
  { name: "hour", label: "hour", low: 0, high: 23, names: [] },
  { name: "dayOfMonth", label: "day of month", low: 1, high: 31, names: [] },
  { name: "month", label: "month", low: 1, high: 12, names: months },
  { name: "dayOfWeek", label: "day of week", low: 0, high: 7, names: days },
];

const macros: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

/** Parses five unix fields, with names, ranges, steps, lists and 7 for Sunday, or `@daily` and the like. */
export function parseCron(text: string): ParsedCron {
  const source = text.trim();
  if (source.startsWith("@") && !Object.hasOwn(macros, source.toLowerCase())) {
    return { ok: false, message: `"${source}" is none of ${Object.keys(macros).join(", ")}.` };
  }
  const parts = (macros[source.toLowerCase()] ?? source).split(/\s+/).filter((part) => part !== "");
  if (parts.length !== specs.length) {
    return {
      ok: false,
      message: `it has ${parts.length} ${parts.length === 1 ? "field" : "fields"} instead of five.`,
    };
  }
  const fields = specs.map((spec, index) => parseField(spec, parts[index] ?? ""));
  const wrong = fields.find((field) => "message" in field);
  if (wrong !== undefined) return { ok: false, message: wrong.message };
  return {
    ok: true,
    cron: Object.fromEntries(specs.map(({ name }, index) => [name, fields[index]])) as unknown as Cron,
  };
}

type Wrong = { readonly message: string };

function parseField(spec: FieldSpec, text: string): CronField | Wrong {
  const values = new Set<number>();
  for (const item of text.split(",")) {
    const found = parseItem(spec, item);
    if (!Array.isArray(found)) return found as Wrong;
    for (const value of found) values.add(spec.name === "dayOfWeek" ? value % 7 : value);
  }
  const all = spec.high - spec.low + (spec.name === "dayOfWeek" ? 0 : 1);
  return { text: text.toUpperCase(), values: [...values].sort((a, b) => a - b), restricted: values.size < all };
}

/** One item of a list: `*`, `5` or `1-5`, each optionally with `/STEP`; `5/10` runs to the end of the field. */
function parseItem(spec: FieldSpec, item: string): readonly number[] | Wrong {
  const match = /^(\*|[^-/]+)(?:-([^-/]+))?(?:\/(\d+))?$/.exec(item);
  if (match === null || (match[1] === "*" && match[2] !== undefined)) return unreadable(spec, item);
  const [, first = "", second, stepText] = match;
  const star = first === "*";
  const low = star ? spec.low : numberOf(spec, first);
  const lastDay = spec.name === "dayOfWeek" ? 6 : spec.high;
  const high = second !== undefined ? numberOf(spec, second) : star || stepText !== undefined ? lastDay : low;
  if (low === null || high === null) return outside(spec, low === null ? first : (second ?? first));
  const step = stepText === undefined ? 1 : Number(stepText);
  if (step < 1 || step > spec.high)
    return { message: `the step "/${stepText}" of the ${spec.label} is not in 1-${spec.high}.` };
  // "SAT-SUN" is a valid range, although Sunday is also 0.
  const end = spec.name === "dayOfWeek" && second !== undefined && high === 0 && low > 0 ? 7 : high;
  if (low > end) return { message: `the range "${first}-${second ?? end}" of the ${spec.label} runs backwards.` };
  return Array.from({ length: Math.floor((end - low) / step) + 1 }, (_, index) => low + index * step);
}

function numberOf(spec: FieldSpec, text: string): number | null {
  const named = spec.names.indexOf(text.toUpperCase());
  if (named >= 0) return named + spec.low;
  if (!/^\d{1,4}$/.test(text)) return null;
  const value = Number(text);
  return value >= spec.low && value <= spec.high ? value : null;
}

const allowed = ({ low, high, names }: FieldSpec): string =>
  `${low}-${high}${names.length > 0 ? ` or ${names[0]}-${names.at(-1)}` : ""}`;

const outside = (spec: FieldSpec, text: string): Wrong => ({
  message: `the ${spec.label} "${text}" is not in ${allowed(spec)}.`,
});

const unreadable = (spec: FieldSpec, item: string): Wrong => ({
  message: `the ${spec.label} "${item}" can't be read; allowed are ${allowed(spec)}, "*", ranges (1-5), steps (*/5) and lists (1,3).`,
});

/** The text of a schedule in the unix dialect: five fields as written, macros spelled out. */
export const formatCron = (cron: Cron): string => specs.map(({ name }) => cron[name].text).join(" ");

/** True when either day field may match, because both are restricted. */
export const eitherDay = (cron: Cron): boolean => cron.dayOfMonth.restricted && cron.dayOfWeek.restricted;

/** A schedule in a few words ("daily", "every 15 minutes"), or else its text. */
export function describeCron(cron: Cron): string {
  const { minute, hour, dayOfMonth, month, dayOfWeek } = cron;
  const dates = [dayOfMonth, month, dayOfWeek]
    .map(({ restricted, values }) => (restricted ? values.length : 0))
    .join(" ");
  if (dates === "0 0 0") return describeTimes(minute, hour) ?? formatCron(cron);
  if (minute.values.length > 1 || hour.values.length > 1) return formatCron(cron);
  return { "0 0 1": "weekly", "1 0 0": "monthly", "1 1 0": "yearly" }[dates] ?? formatCron(cron);
}

function describeTimes(minute: CronField, hour: CronField): string | null {
  if (minute.values.length === 1 && hour.values.length === 1) return "daily";
  if (minute.values.length === 1) {
    const hours = hour.restricted ? stepOf(hour, 24) : 1;
    return hours === null ? null : hours === 1 ? "hourly" : `every ${hours} hours`;
  }
  if (hour.restricted) return null;
  const minutes = stepOf(minute, 60);
  return minutes === null ? null : minutes === 1 ? "every minute" : `every ${minutes} minutes`;
}

/** The distance between a field's values when it is even, across the end of the hour or day too; else `null`. */
function stepOf({ values }: CronField, size: number): number | null {
  const step = size / values.length;
  const first = values[0] ?? 0;
  return Number.isInteger(step) && values.every((value, index) => value === first + index * step) ? step : null;
}
