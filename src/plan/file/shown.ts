/** Checks the shape of a plan file's readable part, so a damaged one is refused and not shown. */
import { resourceKinds } from "../../address.ts";
import { isObject, type JsonObject } from "../../json.ts";
import { actions } from "../action.ts";

const isListOf = (value: unknown, isItem: (item: JsonObject) => boolean): boolean =>
  Array.isArray(value) && value.every((item) => isObject(item) && isItem(item));
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === "string");
const areText = (item: JsonObject, ...keys: readonly string[]): boolean =>
  keys.every((key) => typeof item[key] === "string");

/** True for a part that can be shown. Only an apply can tell whether it was altered. */
export function isShown(shown: unknown): boolean {
  if (!isObject(shown) || typeof shown.unchanged !== "number" || typeof shown.leftOut !== "number") return false;
  return isListOf(shown.changes, isChange) && (shown.drift === undefined || isListOf(shown.drift, isDrift));
}

const isChange = (change: JsonObject): boolean =>
  areText(change, "address", "summary") &&
  (resourceKinds as readonly unknown[]).includes(change.kind) &&
  (actions as readonly unknown[]).includes(change.action) &&
  isListOf(change.reasons, (reason) => areText(reason, "code", "text")) &&
  isListOf(change.fields, (field) => areText(field, "path")) &&
  isListOf(change.steps, isStep) &&
  isTexts(change.notes);

const isStep = (step: JsonObject): boolean =>
  areText(step, "id", "operator", "summary", "certainty") &&
  isTexts(step.statements) &&
  isTexts(step.raw) &&
  (step.effects === undefined || isEffects(step.effects)) &&
  (step.columns === undefined || isListOf(step.columns, (column) => areText(column, "name") && isObject(column.type)));

const isPlace = (place: JsonObject): boolean =>
  areText(place, "config") && (areText(place, "table") || areText(place, "path"));

const isEffects = (effects: unknown): boolean =>
  isObject(effects) &&
  (["reads", "writes", "replaces", "drops"] as const).every((name) => isListOf(effects[name], isPlace));

const isDrift = (drift: JsonObject): boolean =>
  areText(drift, "address", "text") && isListOf(drift.repairs, (repair) => areText(repair, "name", "how"));
