/**
 * Numbers and truth values of YAML with the text that states them. `1.10` is the number 1.1, and a parameter of type string takes it
 * as "1.10": only the declared type, which the parser does not know, decides. Scalars whose text differs from their value
 * (`1.10`, `02142`, `0x1F`, `True`) come from the parser as symbols; `restore` puts their values in place and lists the texts.
 */
import { boolCoreTag, CORE_SCHEMA, defineScalarTag, floatCoreTag, intCoreTag, NOT_RESOLVED, Schema } from "js-yaml";
import type { Json } from "../../json.ts";
import { isLargeWhole, wholeNumber } from "../../model/whole-number.ts";

/** The text of one scalar of a file, where it differs from the text of the scalar's value. */
export interface WrittenScalar {
  /** 0-based index of the document. */
  readonly document: number;
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** What the parser gives: JSON with symbols. */
type Parsed = symbol | null | boolean | number | string | readonly Parsed[] | { readonly [key: string]: Parsed };

const tags = [boolCoreTag, intCoreTag, floatCoreTag];
const prefix = "\0as written:";
// A mapping turns its keys into texts, symbols too.
const keyForm = `Symbol(${prefix}`;

/** The YAML 1.2 core schema that gives symbols for scalars whose text differs from their value. */
export const schemaAsWritten = new Schema([
  ...CORE_SCHEMA.tags.filter((tag) => !tags.some((known) => known.tagName === tag.tagName)),
  ...tags.map((tag) =>
    defineScalarTag<unknown>(tag.tagName, {
      ...tag,
      resolve: (source, isExplicit, name) => {
        const value: unknown = tag.resolve(source, isExplicit, name);
        return value === NOT_RESOLVED || String(value) === source ? value : Symbol(prefix + source);
      },
    }),
  ),
]);

/** The value of a scalar by its text; a whole number that JavaScript can't hold is the text of its digits. */
function valueIn(text: string): Json {
  const whole = wholeNumber(text);
  if (whole !== null) return whole;
  const [bool, , float] = tags.map((tag): unknown => tag.resolve(text, true, tag.tagName));
  return (bool === NOT_RESOLVED ? float : bool) as Json;
}

/** The document with values in place of symbols; each text goes into `found`. */
export function restore(document: unknown, index: number, found: WrittenScalar[]): Json {
  return visit(document as Parsed, [], { document: index, found });
}

interface Into {
  readonly document: number;
  readonly found: WrittenScalar[];
}

function visit(value: Parsed, path: readonly (string | number)[], into: Into): Json {
  if (typeof value === "symbol") {
    const text = value.description?.slice(prefix.length) ?? "";
    into.found.push({ document: into.document, path, text });
    return valueIn(text);
  }
  if (typeof value === "number" && Number.isInteger(value) && isLargeWhole(String(value))) return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return visitList(value as readonly Parsed[], path, into);
  return visitMap(value as { readonly [key: string]: Parsed }, path, into);
}

/** The list itself where nothing in it changes: most documents hold no such scalar. */
function visitList(list: readonly Parsed[], path: readonly (string | number)[], into: Into): Json {
  let isSame = true;
  const items = list.map((item, at) => {
    const visited = visit(item, [...path, at], into);
    if (visited !== item) isSame = false;
    return visited;
  });
  return isSame ? (list as readonly Json[]) : items;
}

function visitMap(
  map: { readonly [key: string]: Parsed },
  path: readonly (string | number)[],
  into: Into,
): { readonly [key: string]: Json } {
  let isSame = true;
  const entries = new Map<string, Json>();
  for (const [written, item] of Object.entries(map)) {
    const key = written.startsWith(keyForm) ? String(valueIn(written.slice(keyForm.length, -1))) : written;
    if (entries.has(key)) throw new Error(`duplicated mapping key "${key}"`);
    const visited = visit(item, [...path, key], into);
    if (visited !== item || key !== written) isSame = false;
    entries.set(key, visited);
  }
  return isSame ? (map as { readonly [key: string]: Json }) : Object.fromEntries(entries);
}
