/**
 * Edits values in a YAML document of a project when a system's values are adopted. Everything else stays as written, comments
 * included; a doubtful edit is not made.
 */
import {
  type Document,
  isMap,
  isNode,
  isSeq,
  type Node,
  Pair,
  parseAllDocuments,
  Scalar,
  YAMLMap,
  YAMLSeq,
} from "yaml";
import { isObject, type Json, type JsonObject, sameJson } from "../../json.ts";
import type { SourceFile } from "../project.ts";
import { hasAliases, layOutCollections, scalarsAsWritten } from "./format-source.ts";
import { parseYaml } from "./parse.ts";

/**
 * The values of top-level keys before and after; `undefined`: the key is absent. A list of objects with `name` is edited item by
 * item, and only where an item differs, so a variable stays while its value does.
 */
export type Edits = Readonly<Record<string, { readonly before: Json | undefined; readonly after: Json | undefined }>>;

type Parsed = Document.Parsed;

/** The text of the file with these edits in one of its documents (0-based); `null` when the result is doubtful. */
export function editDocument(source: SourceFile, index: number, edits: Edits): string | null {
  const { file } = source;
  const text = source.text.replaceAll("\r\n", "\n");
  const before = parseYaml(file, text);
  const old = before.documents[index];
  if (before.diagnostics.length > 0 || !isObject(old)) return null;
  const edited = editedText(text, index, edits);
  if (edited === null) return null;
  const after = parseYaml(file, edited);
  const wanted = before.documents.map((document, at) => (at === index ? withEdits(old, edits) : document));
  const isRight =
    after.diagnostics.length === 0 &&
    after.documents.length === wanted.length &&
    wanted.every((document, at) => sameJson(document, after.documents[at]));
  if (!isRight) return null;
  return text === source.text ? edited : edited.replaceAll("\n", "\r\n");
}

function withEdits(document: JsonObject, edits: Edits): JsonObject {
  const values = new Map<string, Json | undefined>(Object.entries(document));
  for (const [key, { before, after }] of Object.entries(edits)) {
    const written = document[key];
    values.set(key, isNamedList(written) && isNamedList(after) ? withItems(written, before, after) : after);
  }
  return present(values);
}

const present = (values: ReadonlyMap<string, Json | undefined>): JsonObject =>
  Object.fromEntries([...values].filter(([, value]) => value !== undefined)) as JsonObject;

/** The list in its new order; an existing item changes only where it differs. */
function withItems(written: readonly Named[], before: Json | undefined, after: readonly Named[]): Json {
  const known = new Map(written.map((item) => [item.name, item]));
  return after.map((item) => {
    const old = known.get(item.name);
    if (old === undefined) return item;
    const changed = changedKeys(itemNamed(before, item.name), item);
    return present(new Map<string, Json | undefined>([...Object.entries(old), ...changed]));
  });
}

const itemNamed = (list: Json | undefined, name: string): Named | undefined =>
  isNamedList(list) ? list.find((item) => item.name === name) : undefined;

/** Keys of an item that get another value or go. */
const changedKeys = (before: Named | undefined, after: Named): readonly (readonly [string, Json | undefined])[] =>
  [...new Set([...Object.keys(before ?? {}), ...Object.keys(after)])].flatMap((key) =>
    sameJson(before?.[key], after[key]) ? [] : [[key, after[key]] as const],
  );

function editedText(text: string, index: number, edits: Edits): string | null {
  const documents = parseAllDocuments(text, {
    schema: "failsafe",
    logLevel: "silent",
    customTags: scalarsAsWritten(text),
  });
  const document = Array.isArray(documents) ? (documents[index] as Parsed | undefined) : undefined;
  if (document === undefined || document.errors.length > 0 || !isMap(document.contents)) return null;
  const { contents } = document;
  if (hasAliases(contents)) return null;
  layOutCollections(contents, text);
  for (const [key, { before, after }] of Object.entries(edits)) {
    if (after === undefined) contents.delete(key);
    else setKey(contents as YAMLMap, key, after, before);
  }
  layOutCollections(contents, text);
  // Comments above the first document lie before its range but in its text.
  const start = index === 0 ? 0 : document.range[0];
  return text.slice(0, start) + document.toString({ indent: 2, lineWidth: 0 }) + text.slice(document.range[2]);
}

function setKey(map: YAMLMap, key: string, value: Json, before?: Json): void {
  const pair = map.items.find((item) => keyText(item) === key);
  if (pair === undefined) map.items.push(new Pair(scalar(key), nodeOf(value)));
  else if (isSeq(pair.value) && isNamedList(value)) editItems(pair.value, before, value);
  else pair.value = withComments(nodeOf(value), pair.value);
}

const keyText = (pair: Pair): string => (pair.key instanceof Scalar ? String(pair.key.value) : "");

/** Comments beside a value belong to the key and stay. */
function withComments(node: Node, old: unknown): Node {
  if (!isNode(old)) return node;
  const { comment, commentBefore, spaceBefore } = old;
  return Object.assign(node, {
    ...(comment ? { comment } : {}),
    ...(commentBefore ? { commentBefore } : {}),
    ...(spaceBefore ? { spaceBefore } : {}),
  });
}

type Named = JsonObject & { readonly name: string };
const isNamedList = (value: Json | undefined): value is readonly Named[] =>
  Array.isArray(value) && value.every((item) => isObject(item) && typeof item.name === "string");

/** Puts the items in the new order; an existing item keeps its node, and with it its comments. */
function editItems(seq: YAMLSeq, before: Json | undefined, after: readonly Named[]): void {
  const known = new Map<string, YAMLMap>();
  for (const item of seq.items) if (isMap(item)) known.set(nameIn(item as YAMLMap), item as YAMLMap);
  seq.items = after.map((value) => {
    const item = known.get(value.name);
    if (item === undefined) return nodeOf(value);
    for (const [key, part] of changedKeys(itemNamed(before, value.name), value)) {
      if (part === undefined) item.delete(key);
      else setKey(item, key, part);
    }
    return item;
  });
}

function nameIn(map: YAMLMap): string {
  const value: unknown = map.get("name");
  return String(value instanceof Scalar ? value.value : value);
}

/** The node of a new value: scalars carry their printed text, and inner lists and maps stay on one line. */
function nodeOf(value: Json): Node {
  if (Array.isArray(value)) {
    const seq = new YAMLSeq();
    seq.items = value.map((item) => nodeOf(item as Json));
    return seq;
  }
  if (!isObject(value)) return scalar(value);
  const map = new YAMLMap();
  map.flow = true;
  map.items = Object.entries(value).map(([key, part]) => new Pair(scalar(key), nodeOf(part as Json)));
  return map;
}

const isPlain = (text: string): boolean =>
  /^[A-Za-z_][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);

const scalar = (value: Json): Scalar =>
  new Scalar(typeof value === "string" && isPlain(value) ? value : JSON.stringify(value));
