/**
 * Makes up rows in DuckDB. Every value is a function of the seed, the row's number and the column's name, so the same seed gives the
 * same rows on any number of threads, and a new column changes no other column.
 */
import type { CanonicalJob, FakeColumn } from "../../../../job/job.ts";
import type { DataType } from "../../../../model/data-type.ts";
import { name, text } from "../names.ts";
import { selectNothing } from "../source.ts";
import { duckDbType } from "../types.ts";
import { type Recipe, recipeFor } from "./fake-recipes.ts";

/** The SELECT that makes up `size` rows. */
export function selectFake(job: Extract<CanonicalJob, { kind: "fake" }>): string {
  if (job.columns.length === 0) return selectNothing([]);
  const columns = job.columns.map((column) => `${fakeValue(column, job.seed, job.size)} AS ${name(column.name)}`);
  return `SELECT ${columns.join(", ")} FROM range(${job.size}) AS rows(i)`;
}

const fakeValue = (column: FakeColumn, seed: number, size: number) =>
  typed(column.name, column.type, { seed, size, path: column.name });

interface Place {
  readonly seed: number;
  readonly size: number;
  /** Distinguishes columns and the parts of one column. */
  readonly path: string;
}

/** A number from 0 to n - 1 that depends on the row and the place. */
const draw = (place: Place, n: number, salt = "") =>
  `CAST(hash(i, ${place.seed}, ${text(place.path + salt)}) % ${n} AS BIGINT)`;

const pick = (place: Place, values: readonly string[], salt = "") =>
  `([${values.map(text).join(", ")}])[1 + ${draw(place, values.length, salt)}]`;

function typed(label: string, type: DataType, place: Place): string {
  return `CAST(${expression(label, type, place)} AS ${duckDbType(type)})`;
}

function expression(label: string, type: DataType, place: Place): string {
  const word = label.toLowerCase();
  switch (type.kind) {
    case "boolean":
      return `${draw(place, 2)} = 1`;
    case "int":
      return integer(word, type.bits, place);
    case "float":
      return fraction(word, place, null);
    case "decimal":
      return fraction(word, place, 10 ** Math.min(type.precision - type.scale, 9));
    case "date":
      return `DATE '${/birth|dob/.test(word) ? "1950" : "2024"}-01-01' + CAST(${draw(place, /birth|dob/.test(word) ? 20_000 : 731)} AS INTEGER)`;
    case "timestamp":
      return `TIMESTAMP '2024-01-01' + to_seconds(${draw(place, 731 * 86_400)})`;
    case "time":
      return `TIME '00:00:00' + to_seconds(${draw(place, 86_400)})`;
    case "interval":
      return `to_days(CAST(${draw(place, 30)} AS INTEGER))`;
    case "binary":
      return `unhex(md5(CAST(${draw(place, 2 ** 31)} AS VARCHAR)))`;
    case "json":
      return `json_object('id', ${draw(place, 1000)}, 'tag', ${pick(place, ["new", "sale", "gift"], "tag")})`;
    case "array":
      return `[${[0, 1, 2].map((at) => typed(label, type.element, { ...place, path: `${place.path}[${at}]` })).join(", ")}][:${draw(place, 4)}]`;
    case "map":
      return `MAP {${typed("key", type.key, { ...place, path: `${place.path}.key` })}: ${typed("value", type.value, { ...place, path: `${place.path}.value` })}}`;
    case "struct":
      return `struct_pack(${type.fields.map((field) => `${name(field.name)} := ${typed(field.name, field.type, { ...place, path: `${place.path}.${field.name}` })}`).join(", ")})`;
    case "varchar":
      return `left(${sentence(recipeFor(word), place)}, ${type.length})`;
    case "string":
    case "unknown":
      return sentence(recipeFor(word), place);
  }
}

const largest = { 8: 127, 16: 32_767, 32: 2_147_483_647, 64: 2_147_483_647 } as const;

function integer(word: string, bits: 8 | 16 | 32 | 64, place: Place): string {
  const within = (from: number, count: number) => `${from} + ${draw(place, Math.min(count, largest[bits] - from))}`;
  // A key counts up, so that it is unique; a small type starts over.
  if (word === "id" || word === "key") return `i % ${largest[bits]} + 1`;
  if (/(_id|_key|_no|number)$/.test(word)) return within(1, Math.max(10, Math.ceil(place.size / 10)));
  if (/\bage\b|_age/.test(word)) return within(18, 73);
  if (/year/.test(word)) return bits === 8 ? within(1, 30) : within(1990, 36);
  if (/month/.test(word)) return within(1, 12);
  if (/day/.test(word)) return within(1, 28);
  if (/hour/.test(word)) return within(0, 24);
  if (/quantity|qty|count|items/.test(word)) return within(1, 20);
  return within(0, 1000);
}

/** `below`: the limit of the type; `null` for a float. */
function fraction(word: string, place: Place, below: number | null): string {
  const cents = (from: number, to: number) => {
    const top = below === null ? to : Math.min(to, below);
    const bottom = below === null ? from : Math.max(Math.min(from, top - 1), 1 - below);
    return `(${Math.round(bottom * 100)} + ${draw(place, Math.max(1, Math.round((top - bottom) * 100)))}) / 100.0`;
  };
  if (/^lat|latitude/.test(word)) return cents(-90, 90);
  if (/^(lon|lng)|longitude/.test(word)) return cents(-180, 180);
  if (/rate|ratio|percent|share|probability|discount/.test(word)) return cents(0, 1);
  if (/price|amount|total|cost|revenue|salary|balance/.test(word)) return cents(1, 1000);
  return cents(0, 1000);
}

function sentence(recipe: Recipe, place: Place): string {
  const parts = recipe.parts.map((part, at) => {
    if (typeof part === "string") return text(part);
    if ("digits" in part)
      return `lpad(CAST(${draw(place, 10 ** part.digits, `/${at}`)} AS VARCHAR), ${part.digits}, '0')`;
    if ("hex" in part)
      return `left(md5(CAST(hash(i, ${place.seed}, ${text(`${place.path}/${at}`)}) AS VARCHAR)), ${part.hex})`;
    if ("row" in part) return "CAST(i + 1 AS VARCHAR)";
    return pick(place, part.oneOf, `/${at}`);
  });
  return parts.join(" || ");
}
