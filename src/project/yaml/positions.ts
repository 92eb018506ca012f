/**
 * Finds places in YAML with the package `yaml`: it turns the path of a value into a line and a column, for the few files that a
 * message points into. It also lists the parse errors of a file with their places.
 */
import {
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  visit,
  type YAMLParseError,
} from "yaml";
import type { Diagnostic, DocumentPlace, Place, Range } from "../../diagnostic/diagnostic.ts";
import { withoutSecretsOf } from "../../diagnostic/redact.ts";
import { firstLine, yamlError } from "./yaml-error.ts";

/** Of very many errors only the first ones help. */
const mostProblems = 20;

/** The first YAML errors of a file; none where `yaml` is more lenient than the parser that refused it. */
export function yamlProblems(file: string, text: string): readonly Diagnostic[] {
  const lines = new LineCounter();
  const found: Diagnostic[] = [];
  try {
    for (const document of parseAllDocuments(text, {
      lineCounter: lines,
      uniqueKeys: true,
      logLevel: "silent",
      customTags: [],
    })) {
      for (const problem of withoutFollowing(document.errors)) {
        if (found.length === mostProblems) return found;
        const [start, end] = openQuote(document, problem) ?? problem.pos;
        found.push(yamlError(file, problem.code, firstLine(problem.message), rangeOf(file, lines, text, start, end)));
      }
    }
  } catch {
    // When `yaml` can't walk the file, the other parser's message stays.
  }
  return found;
}

/** Where a text begins whose closing quote is missing: the parser notes where it ended. */
function openQuote(document: ReturnType<typeof parseAllDocuments>[number], { code, pos }: YAMLParseError) {
  let found: readonly [number, number] | null = null;
  if (code !== "MISSING_CHAR") return found;
  visit(document, {
    Scalar: (_, { type, range }) => {
      const isQuoted = type === "QUOTE_DOUBLE" || type === "QUOTE_SINGLE";
      if (isQuoted && range?.[1] === pos[0]) found = [range[0], range[1]];
    },
  });
  return found;
}

/** The first syntax error of a document, and every other error: the parser stumbles on over what follows from the first one. */
function withoutFollowing(errors: readonly YAMLParseError[]): readonly YAMLParseError[] {
  const isAlone = ({ code }: YAMLParseError) => code === "DUPLICATE_KEY" || code === "TAG_RESOLVE_FAILED";
  const first = errors.find((problem) => !isAlone(problem));
  return errors.filter((problem) => problem === first || isAlone(problem));
}

function rangeOf(file: string, lines: LineCounter, text: string, start: number, end: number): Range {
  const { line, col } = lines.linePos(Math.min(start, Math.max(0, text.length - 1)));
  const lineEnd = text.indexOf("\n", start);
  const stop = Math.min(end, lineEnd < 0 ? text.length : lineEnd);
  return { file, line: Math.max(1, line), column: Math.max(1, col), length: Math.max(1, stop - start) };
}

/**
 * Turns places given by path into ranges; `textOf` gives the text of a file or `null`. A file is parsed once, when the place of one of its
 * diagnostics is first asked for: of hundreds of warnings, few are printed. The messages repeat no secret of the files that they are about.
 */
export function locateDiagnostics(
  diagnostics: readonly Diagnostic[],
  textOf: (file: string) => string | null,
): readonly Diagnostic[] {
  const locator = locators.get(textOf) ?? createLocator(textOf);
  locators.set(textOf, locator);
  return diagnostics.map((diagnostic) => located(diagnostic, textOf, locator));
}

/** By project, which its own function stands for: the load of a project and its plan ask for places in the same files. */
const locators = new WeakMap<(file: string) => string | null, (place: Place) => Place>();

function located(
  diagnostic: Diagnostic,
  textOf: (file: string) => string | null,
  locator: (place: Place) => Place,
): Diagnostic {
  const { place, related } = diagnostic;
  const found = { ...diagnostic };
  lazy(found, "detail", () => withoutSecrets(diagnostic, textOf));
  if (place !== undefined) lazy(found, "place", () => locator(place));
  if (related !== undefined)
    lazy(found, "related", () => related.map((other) => ({ ...other, place: locator(other.place) })));
  return found;
}

/** Makes a property compute its value when it is first read. */
function lazy<Name extends keyof Diagnostic>(target: Diagnostic, name: Name, compute: () => Diagnostic[Name]): void {
  const set = (value: Diagnostic[Name]) => {
    Object.defineProperty(target, name, { value, enumerable: true, writable: false, configurable: true });
    return value;
  };
  Object.defineProperty(target, name, { get: () => set(compute()), enumerable: true, configurable: true });
}

function withoutSecrets({ detail, place, related }: Diagnostic, textOf: (file: string) => string | null): string {
  const files = new Set([place, ...(related ?? []).map((other) => other.place)].map((at) => at?.file ?? ""));
  return [...files].reduce((text, file) => withoutSecretsOf(textOf(file) ?? "", text), detail);
}

function createLocator(textOf: (file: string) => string | null): (place: Place) => Place {
  const parsed = new Map<
    string,
    { text: string; lines: LineCounter; documents: ReturnType<typeof parseAllDocuments> } | null
  >();
  const read = (file: string) => {
    let entry = parsed.get(file);
    if (entry === undefined) {
      const text = textOf(file);
      const lines = new LineCounter();
      entry =
        text === null
          ? null
          : { text, lines, documents: parseAllDocuments(text, { lineCounter: lines, logLevel: "silent" }) };
      parsed.set(file, entry);
    }
    return entry;
  };
  return (place) => {
    if (!("path" in place)) return place;
    const entry = read(place.file);
    if (entry === null || !Array.isArray(entry.documents)) return { file: place.file };
    const offsets = offsetsOf(entry.documents[place.document]?.contents ?? null, place);
    return offsets === null
      ? { file: place.file }
      : rangeOf(place.file, entry.lines, entry.text, offsets[0], offsets[1]);
  };
}

/** Start and end of the node at a path, or of its nearest existing ancestor. */
function offsetsOf(root: unknown, place: DocumentPlace): readonly [number, number] | null {
  let current: unknown = root;
  let pair: Pair | null = null;
  for (const part of place.path) {
    const next = child(current, part);
    if (next === null) return nodeOffsets(pair?.key) ?? nodeOffsets(current) ?? nodeOffsets(root);
    pair = isPair(next) ? next : null;
    current = isPair(next) ? next.value : next;
  }
  if (place.at === "key" || !isNode(current)) return nodeOffsets(pair?.key) ?? nodeOffsets(current);
  // The key stands for a whole mapping or list.
  if (!isScalar(current)) return nodeOffsets(pair?.key) ?? firstKey(current) ?? nodeOffsets(current);
  return nodeOffsets(current);
}

function child(node: unknown, part: string | number): Pair | Node | null {
  if (isMap(node))
    return node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(part)) ?? null;
  if (isSeq(node)) return (node.items[Number(part)] as Node | undefined) ?? null;
  return null;
}

const firstKey = (node: unknown) =>
  isMap(node) ? nodeOffsets(node.items[0]?.key) : isSeq(node) ? nodeOffsets(node.items[0]) : null;

function nodeOffsets(node: unknown): readonly [number, number] | null {
  if (!isNode(node) || !node.range) return null;
  return [node.range[0], Math.max(node.range[1], node.range[0] + 1)];
}
