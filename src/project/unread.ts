/**
 * Documents that could not be read. Their addresses are guessed from their text, so that one mistake is one error: what only follows
 * from the absence of such a resource is not said. A file without a `type` at its top is taken for one of another tool.
 */
import { type Address, resourceKinds } from "../address.ts";
import { type Diagnostic, error, warning } from "../diagnostic/diagnostic.ts";
import { addressIn, hasTypeAtTop } from "./lost-type.ts";

/** A file by its path from the root. */
interface SourceText {
  readonly file: string;
  readonly text: string;
}

/** In place of the addresses in a mason.yaml that could not be read. */
export const unreadSettings: Address = "mason.yaml";

const field = /^\uFEFF?(["']?)(\w+)\1[ \t]*:[ \t]*(["']?)([^"'#\r\n]*?)\3[ \t]*(?:#.*)?\r?$/gm;

/** The addresses of the resources that a text declares, as far as its lines tell. */
export function addressesIn(text: string): readonly Address[] {
  return text.split(/^---.*$/m).flatMap((document) => {
    // Of a duplicate the first counts.
    const fields = new Map([...document.matchAll(field)].reverse().map((match) => [match[2] ?? "", match[4] ?? ""]));
    const kind = resourceKinds.find((known) => known === fields.get("type"));
    return kind === undefined ? [] : [addressIn(kind, fields)];
  });
}

/** The diagnostics of a file that is no valid YAML: its errors, or one warning when the file is another tool's. */
export function unreadable(source: SourceText, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const [first] = diagnostics;
  if (first === undefined || hasTypeAtTop(source.text)) return diagnostics;
  return [
    warning({
      code: "yaml/left-out",
      summary: "File left out",
      detail: `"${source.file}" is not YAML that Mason can read, and it has no "type" at its top, so it is left out. If it belongs to another tool, list it in .masonignore; otherwise fix it.`,
      place: first.place ?? { file: source.file },
    }),
  ];
}

/** The error for a file in UTF-16, which looks empty to a reader of UTF-8; `null` for any other file. */
export function otherEncoding({ file, text }: SourceText, isSettings: boolean): Diagnostic | null {
  // UTF-16 of plain text has a NUL in every second place; one by itself is a mistake in the text.
  const start = text.slice(0, 400);
  const nuls = start.length - start.replaceAll("\0", "").length;
  if (nuls < Math.max(4, start.length / 4)) return null;
  const plain = text.replaceAll("\0", "").replace(/^\uFFFD+/, "");
  if (!isSettings && !hasTypeAtTop(plain)) return null;
  return error({
    code: "yaml/encoding",
    summary: "File is not UTF-8",
    detail: `"${file}" is not encoded in UTF-8, but probably in UTF-16. Save it as UTF-8.`,
    place: { file },
  });
}

const merged: readonly string[] = ["variable/unknown", "variable/no-value", "variable/sensitive-here"];
const shownPlaces = 3;

/** One error for one variable, however often it is used; the first places are shown. */
export function oncePerVariable(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const groups = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics) {
    const key = merged.includes(diagnostic.code) ? `${diagnostic.code} ${diagnostic.detail}` : `${groups.size}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [diagnostic]);
    else group.push(diagnostic);
  }
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    if (others.length === 0) return [first];
    const places = others.flatMap(({ place }) => (place === undefined ? [] : [{ label: "Also used here", place }]));
    const more = places.length > shownPlaces ? ` It is used in ${places.length - shownPlaces} more places.` : "";
    return [{ ...first, detail: first.detail + more, related: places.slice(0, shownPlaces) }];
  });
}
