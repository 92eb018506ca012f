/**
 * Changes of values in a YAML document of a project, for what is taken over from a system. Everything else stays as it was written,
 * comments too; an edit that can't be made without a doubt is not made.
 */
import { type Document, isMap, isSeq, type Node, Pair, parseAllDocuments, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { isObject, type Json, type JsonObject, sameJson } from "../json.ts";
import { hasAliases, layOutCollections, scalarsAsWritten } from "./format-source.ts";
import { parseYaml } from "./parse.ts";
import type { SourceFile } from "./project.ts";

/** New values of keys at the top of a document; `undefined` takes a key away. A list of objects with `name` is edited item by item. */
export type Edits = Readonly<Record<string, Json | undefined>>;

type Parsed = Document.Parsed;

/** The text of the file with these edits in one of its documents (0-based); `null` when that can't be done without a doubt. */
export function editDocument({ file, text }: SourceFile, index: number, edits: Edits): string | null {
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
  return isRight ? edited : null;
}

const withEdits = (document: JsonObject, edits: Edits): JsonObject =>
  Object.fromEntries(
    Object.entries({ ...document, ...edits }).filter(([, value]) => value !== undefined),
  ) as JsonObject;

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
  for (const [key, value] of Object.entries(edits)) {
    if (value === undefined) contents.delete(key);
    else setKey(contents as YAMLMap, key, value);
  }
  layOutCollections(contents, text);
  // Comments above the first document are in front of its range and in its text.
  const start = index === 0 ? 0 : document.range[0];
  return text.slice(0, start) + document.toString({ indent: 2, lineWidth: 0 }) + text.slice(document.range[2]);
}

function setKey(map: YAMLMap, key: string, value: Json): void {
  const pair = map.items.find((item) => keyText(item) === key);
  if (pair === undefined) map.items.push(new Pair(scalar(key), nodeOf(value)));
  else if (isSeq(pair.value) && Array.isArray(value) && value.every(isNamed)) editItems(pair.value, value);
  else pair.value = nodeOf(value);
}

const keyText = (pair: Pair): string => (pair.key instanceof Scalar ? String(pair.key.value) : "");

type Named = JsonObject & { readonly name: string };
const isNamed = (value: Json): value is Named => isObject(value) && typeof value.name === "string";

/** The items in the new order; one that is there already keeps its node, and with it its comments. */
function editItems(seq: YAMLSeq, values: readonly Named[]): void {
  const known = new Map<string, YAMLMap>();
  for (const item of seq.items) if (isMap(item)) known.set(textAt(item, "name"), item as YAMLMap);
  seq.items = values.map((value) => {
    const item = known.get(value.name);
    if (item === undefined) return nodeOf(value);
    for (const [key, part] of Object.entries(value))
      if (textAt(item, key) !== String(part)) setKey(item, key, part as Json);
    for (const pair of [...item.items]) if (!(keyText(pair) in value)) item.delete(keyText(pair));
    return item;
  });
}

function textAt(map: YAMLMap, key: string): string {
  const value: unknown = map.get(key);
  return String(value instanceof Scalar ? value.value : value);
}

/** A new value: scalars carry the text that is printed, inner lists and maps are on one line. */
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
