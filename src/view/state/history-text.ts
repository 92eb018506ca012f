/** The history of applies as text. */
import { visible } from "../../diagnostic/visible.ts";
import type { HistoryEntry } from "../../state/history.ts";
import { aligned } from "../aligned.ts";

/** A line for each apply, newest first. */
export function historyText(history: readonly HistoryEntry[]): string {
  const rows = history.map((item) => [
    String(item.serial),
    item.at.slice(0, 19).replace("T", " "),
    visible(`${item.who}@${item.host}`),
    /^[0-9a-f]{64}$/.test(item.plan_id)
      ? `${item.destroy ? "destroy" : "apply"} ${item.plan_id.slice(0, 8)}`
      : item.plan_id,
    [
      `${item.done} done`,
      ...(["failed", "skipped", "cancelled"] as const).flatMap((status) =>
        item[status] > 0 ? [`${item[status]} ${status}`] : [],
      ),
    ].join(", "),
  ]);
  return `${aligned([["SERIAL", "AT (UTC)", "WHO", "WHAT", "RESULT"], ...rows]).join("\n")}\n`;
}
