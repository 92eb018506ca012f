/** Random schedules, valid ones only, for the property tests of cron and calendar. */
import fc from "fast-check";

function field(low: number, high: number): fc.Arbitrary<string> {
  const value = fc.integer({ min: low, max: high });
  const range = fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const step = fc
    .tuple(fc.oneof(fc.constant("*"), range), fc.integer({ min: 1, max: 7 }))
    .map(([base, by]) => `${base}/${by}`);
  const list = fc
    .array(fc.oneof(value.map(String), range), { minLength: 1, maxLength: 3 })
    .map((items) => items.join(","));
  return fc.oneof({ weight: 3, arbitrary: fc.constant("*") }, list, step);
}

/** The text of a schedule. */
export const cronText: fc.Arbitrary<string> = fc
  .tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 7))
  .map((fields) => fields.join(" "));
