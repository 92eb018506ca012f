/** Dates and timestamps that people write as ISO 8601. */

const dateForm = /^\d{4}-\d{2}-\d{2}$/;
const timestampForm =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(\.\d{1,9})?)?(?:(Z)|([+-])(\d{2})(?::?(\d{2}))?)?)?$/;

/** True for a day of the calendar, such as `2026-01-31`. */
export function isDate(text: string): boolean {
  const time = dateForm.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** True for the form of a timestamp, whatever its digits. */
export const hasTimestampForm = (text: string): boolean => timestampForm.test(text);

/**
 * A timestamp as SQL writes it, `2026-01-31 02:00:00`; `null` if it is none. Other offsets become UTC, which engines would drop. Engines keep
 * microseconds, so finer digits are refused.
 */
export function sqlTimestamp(text: string): string | null {
  const [, day = "", clock, seconds = "00", fraction = "", , sign, hours = "0", minutes = "0"] =
    timestampForm.exec(text) ?? [];
  const isFine = /^\.\d{6}0*[1-9]/.test(fraction);
  const time = isDate(day) && !isFine ? Date.parse(`${day}T${clock ?? "00:00"}:${seconds}Z`) : Number.NaN;
  if (Number.isNaN(time) || Number(hours) > 23 || Number(minutes) > 59) return null;
  const offset = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  if (offset === 0) return text.replace("T", " ");
  const utc = new Date(time - offset * 60_000).toISOString();
  return /^\d{4}-/.test(utc) ? `${utc.slice(0, 19).replace("T", " ")}${fraction}` : null;
}
