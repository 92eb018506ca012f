/** Comparing two JSON values attribute by attribute, and three of them: declared, last applied, real. */
import { isObject, type Json, type JsonObject, sameJson } from "../json.ts";
import type { FieldChange } from "./field-change.ts";

/** The attributes that differ, by dotted path; lists are compared as a whole. */
export function fieldChanges(before: Json | undefined, after: Json | undefined, path = ""): readonly FieldChange[] {
  if (sameJson(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => fieldChanges(before[key], after[key], path === "" ? key : `${path}.${key}`));
  }
  return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}

/** The attributes in which the real object differs from the declaration, each marked when it was changed outside of Mason. */
export function threeWay(declared: JsonObject, last: JsonObject | undefined, real: JsonObject): readonly FieldChange[] {
  const outside = new Set(last === undefined ? [] : fieldChanges(last, real).map((change) => change.path));
  return fieldChanges(real, declared).map((change) =>
    outside.has(change.path) ? { ...change, drift: true as const } : change,
  );
}

/** Without the attributes that `lifecycle.ignore_changes` names, and those below them. */
export function withoutIgnored(changes: readonly FieldChange[], ignored: readonly string[]): readonly FieldChange[] {
  return changes.filter(
    (change) => !ignored.some((name) => change.path === name || change.path.startsWith(`${name}.`)),
  );
}
