/** The findings of `mason doctor` as text and as JSON. */
import { createStyle } from "../diagnostic/style.ts";
import { visible } from "../diagnostic/visible.ts";
import type { JsonObject } from "../json.ts";
import type { TextOptions } from "./plan/plan-text.ts";

/** The result of one check. Unless it is `ok`, `detail` ends with what to do. */
export interface Finding {
  readonly status: "ok" | "warn" | "fail";
  /** `Node`, `config.5 lake`. */
  readonly subject: string;
  readonly detail: string;
}

/** A line for each finding, and a summary. */
export function doctorText(findings: readonly Finding[], { color }: TextOptions): string {
  const style = createStyle(color);
  const paints = { ok: style.dim, warn: style.yellow, fail: style.red };
  const width = findings.reduce((most, { subject }) => Math.max(most, subject.length), 0);
  const lines = findings.map(
    ({ status, subject, detail }) =>
      `${paints[status](status.padEnd(4))}  ${visible(subject).padEnd(width)}  ${visible(detail)}`,
  );
  return [...lines, "", summary(findings)].join("\n");
}

function summary(findings: readonly Finding[]): string {
  const count = (status: Finding["status"]) => findings.filter((finding) => finding.status === status).length;
  if (count("fail") + count("warn") === 0) return "Everything is fine.";
  return `${count("ok")} ok, ${count("warn")} to review, ${count("fail")} failed.`;
}

/** The findings as JSON. */
export const doctorJson = (findings: readonly Finding[]): JsonObject => ({
  ok: findings.every((finding) => finding.status !== "fail"),
  findings: findings.map((finding) => ({ ...finding })),
});
