/**
 * Formats a YAML file of a project: two blanks a level, keys in the order of their schema, at most one blank line. Scalars and
 * comments stay as written. A file with a doubtful result is left unchanged.
 */
import { type Document, isMap, isNode, isScalar, Lexer, parseAllDocuments } from "yaml";
import { resourceKinds } from "../../address.ts";
import type { Diagnostic } from "../../diagnostic/diagnostic.ts";
import { isObject, type Json, sameJson } from "../../json.ts";
import type { SourceFile } from "../project.ts";
import { schemas } from "../schemas/index.ts";
import { orderKeys } from "./format-order.ts";
import { hasAliases, layOutCollections, scalarsAsWritten } from "./format-source.ts";
import { mayHoldResources, parseYaml } from "./parse.ts";

/** The result of formatting a file. */
export type Formatted =
  /** Not a file of Mason's: a parameters file, or a file of another tool. */
  | { readonly kind: "other" }
  | { readonly kind: "same" }
  | { readonly kind: "changed"; readonly text: string }
  /** Its YAML has errors. */
  | { readonly kind: "broken"; readonly diagnostics: readonly Diagnostic[] }
  /** Formatting would change the meaning, or would never settle. */
  | { readonly kind: "doubtful" };

const settingsFiles: readonly string[] = ["mason.yaml", "mason.yml"];
const rounds = 3;

/** Formats one file of a project. */
export function formatFile({ file, text }: SourceFile): Formatted {
  const isSettings = settingsFiles.includes(file);
  if (!isSettings && !mayHoldResources(text)) return { kind: "other" };
  const { documents, diagnostics } = parseYaml(file, text);
  if (diagnostics.length > 0) return { kind: "broken", diagnostics };
  if (!isSettings && !documents.some((document) => kindOfDocument(document) !== null)) return { kind: "other" };
  const formatted = settle(text, isSettings);
  if (formatted === null || !saysTheSame(file, text, formatted, documents)) return { kind: "doubtful" };
  return formatted === text ? { kind: "same" } : { kind: "changed", text: formatted };
}

const kindOfDocument = (document: Json): keyof typeof schemas | null =>
  resourceKinds.find((kind) => isObject(document) && document.type === kind) ?? null;

/** Formats until nothing changes; `null` when that never happens. */
function settle(text: string, isSettings: boolean): string | null {
  let last = text;
  for (let round = 0; round < rounds; round++) {
    const next = formatOnce(last, isSettings);
    if (next === null || next === last) return next;
    last = next;
  }
  return null;
}

function formatOnce(text: string, isSettings: boolean): string | null {
  const documents = parseAllDocuments(text, {
    schema: "failsafe",
    logLevel: "silent",
    customTags: scalarsAsWritten(text),
  });
  if (!Array.isArray(documents) || documents.length === 0) return isSettings ? text : null;
  const texts: string[] = [];
  for (const [index, document] of documents.entries()) {
    if (document.errors.length > 0 || (document.contents !== null && !isMap(document.contents))) return null;
    const kind = isSettings ? "project" : kindOfDocument({ type: typeOf(document.contents) });
    // An alias must follow its anchor, so nothing may move.
    if (kind !== null && !hasAliases(document.contents)) {
      keepHeader(document);
      orderKeys(document.contents, schemas[kind]);
    }
    if (index > 0 || text.trimStart().startsWith("---")) commentsBelowMarker(document);
    layOutCollections(document.contents, text);
    if (index > 0 && document.directives !== undefined) document.directives.docStart = true;
    texts.push(document.toString({ indent: 2, lineWidth: 0 }));
  }
  return texts.join("");
}

type Parsed = Document.Parsed;

function typeOf(contents: Parsed["contents"]): Json {
  const type = isMap(contents) ? contents.get("type", true) : undefined;
  return isScalar(type) && typeof type.value === "string" ? type.value : null;
}

/** Keeps comments at the top, whatever key comes first, except one that follows the others after a blank line. */
function keepHeader(document: Parsed): void {
  const { contents } = document;
  const key = isMap(contents) ? contents.items[0]?.key : undefined;
  const comment = isNode(key) ? key.commentBefore : undefined;
  if (!isMap(contents) || !isNode(key) || !comment) return;
  const own = comment.lastIndexOf("\n\n");
  key.commentBefore = own < 0 ? null : comment.slice(own + 2);
  if (own < 0) contents.commentBefore = comment;
  else document.commentBefore = comment.slice(0, own);
}

/** The package `yaml` would print them above the marker, inside the previous document. */
function commentsBelowMarker(document: Parsed): void {
  const { commentBefore, contents } = document;
  if (!commentBefore || !isMap(contents)) return;
  const below = contents.commentBefore ? `\n${contents.commentBefore}` : "";
  contents.commentBefore = `${commentBefore}\n${below}`;
  document.commentBefore = null;
}

function saysTheSame(file: string, before: string, after: string, documents: readonly Json[]): boolean {
  const parsed = parseYaml(file, after);
  const sameValues =
    parsed.diagnostics.length === 0 &&
    parsed.documents.length === documents.length &&
    documents.every((document, index) => sameJson(document, parsed.documents[index]));
  return sameValues && commentsOf(before) === commentsOf(after);
}

/** All comments as one text, sorted. */
function commentsOf(text: string): string {
  const comments: string[] = [];
  let isContent = false;
  for (const token of new Lexer().lex(text)) {
    if (!isContent && token.startsWith("#")) comments.push(token.trim());
    isContent = token === "\u001f";
  }
  return comments.sort().join("\n");
}
