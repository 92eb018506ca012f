/** Compares two JSON values attribute by attribute, and three for drift: declared, last applied, real. */
import { isObject, type Json, type JsonObject, sameJson } from "../json.ts";
import type { FieldChange } from "./field-change.ts";

/** The differing attributes by dotted path. Lists are compared as a whole. */
export function fieldChanges(before: Json | undefined, after: Json | undefined, path = ""): readonly FieldChange[] {
  if (sameJson(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => fieldChanges(before[key], after[key], path === "" ? key : `${path}.${key}`));
  }
  return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}

/** The attributes of the real object that differ from the declaration. Those changed outside of Mason are marked. */
export function threeWay(declared: JsonObject, last: JsonObject | undefined, real: JsonObject): readonly FieldChange[] {
  const outside = new Set(last === undefined ? [] : fieldChanges(last, real).map((change) => change.path));
  return fieldChanges(real, declared).map((change) =>
    outside.has(change.path) ? { ...change, drift: true as const } : change,
  );
}

/** The changes without the attributes that `lifecycle.ignore_changes` names, and without those below them. */
export function withoutIgnored(changes: readonly FieldChange[], ignored: readonly string[]): readonly FieldChange[] {
  return changes.filter(
    (change) => !ignored.some((name) => change.path === name || change.path.startsWith(`${name}.`)),
  );
}
