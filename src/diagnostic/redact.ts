/**
 * Secrets that somebody wrote into a file by mistake: found by the names of their keys, also in a text that is no valid YAML, and
 * replaced by REDACTED in what is printed of the file. In doubt more is replaced, never less.
 */

/** A part of a text, by offsets; `end` is exclusive. */
interface Span {
  readonly start: number;
  readonly end: number;
}

const word = "REDACTED";

/** True for the name of a setting or parameter whose value is secret. */
export const isSecretName = (name: string): boolean =>
  /secret|passw|passphrase|pwd|token|credential|(?:private|access|api|account|auth)[_-]?key|(?:^|[_.-])auth(?:$|[_.-])|connection_string|(?:^|[_.-])dsn$/i.test(
    name,
  );

/** `name:` or `name=`, in quotes or not, at the start of a line, in a list, or in brackets. */
const key = /(?<=^|[\s{,[?-])(["']?)([A-Za-z0-9_][A-Za-z0-9_.-]*)\1[ \t]*[:=][ \t]*/gm;

/** Where values of secret names are in a text, in order. A value that is `{{NAME}}` or `${var.name}` is none. */
function secretSpans(text: string): readonly Span[] {
  const sensitive = sensitiveVariables(text);
  const spans: Span[] = [];
  for (const match of text.matchAll(key)) {
    const name = match[2] ?? "";
    if (!sensitive.has(name) && !isSecretName(name)) continue;
    if (match.index < (spans.at(-1)?.end ?? 0)) continue;
    spans.push(...valueSpans(text, match.index, match.index + match[0].length));
  }
  return withUrlPasswords(text, spans);
}

/** Adds the passwords in URLs, like that of `https://user:password@host`. */
function withUrlPasswords(text: string, spans: readonly Span[]): readonly Span[] {
  const passwords = [...text.matchAll(/:\/\/[^\s/@:"']*:([^\s/@"']+)@/g)].flatMap((match): readonly Span[] => {
    const password = match[1] ?? "";
    const start = match.index + match[0].length - password.length - 1;
    const isKnown = isReference(password) || spans.some((span) => span.start <= start && start < span.end);
    return isKnown ? [] : [{ start, end: start + password.length }];
  });
  return passwords.length === 0 ? spans : [...spans, ...passwords].sort((a, b) => a.start - b.start);
}

/** Names of the variables that a mason.yaml marks as sensitive, from its text. */
function sensitiveVariables(text: string): ReadonlySet<string> {
  const inBrackets = [...text.matchAll(/([\w.-]+)["']?[ \t]*:[ \t]*\{[^{}]*\bsensitive["']?[ \t]*:[ \t]*true/g)];
  const lines = text.split("\n");
  const inBlocks = lines.flatMap((line, at) => {
    if (!/^[ \t]*sensitive[ \t]*:[ \t]*true/.test(line)) return [];
    const above = lines.slice(0, at).findLast((other) => other.trim() !== "" && indent(other) < indent(line));
    return [/([\w.-]+)["']?[ \t]*:/.exec(above ?? "")?.[1] ?? ""];
  });
  return new Set([...inBrackets.map((match) => match[1] ?? ""), ...inBlocks].filter((name) => name !== ""));
}

const indent = (line: string): number => (/^[ \t]*/.exec(line) ?? [""])[0].length;

/** The value after a key: to its closing quote, to the end of an item in brackets, or to the end of a line and all lines below it. */
function valueSpans(text: string, keyStart: number, start: number): readonly Span[] {
  const lineStart = text.lastIndexOf("\n", keyStart - 1) + 1;
  const before = text.slice(lineStart, keyStart);
  const quote = text[start];
  if (quote === '"' || quote === "'") {
    const end = closingQuote(text, start, quote);
    return isReference(text.slice(start + 1, end - 1)) ? [] : [{ start, end }];
  }
  const lineEnd = endOfLine(text, start);
  if (!/^[\s?-]*$/.test(before)) {
    const reference = /^(\{\{[^}]*\}\}|\$\{var\.[^}]*\})[ \t]*(?=[,}\]]|$)/.exec(text.slice(start, lineEnd));
    if (reference !== null) return [];
    if (quote === "{" || quote === "[") return [{ start, end: closingBracket(text, start) }];
    const length = /^[^,}\]\n]*/.exec(text.slice(start, lineEnd))?.[0].trimEnd().length ?? 0;
    return length === 0 ? [] : [{ start, end: start + length }];
  }
  if (isReference(text.slice(start, lineEnd).replace(/[ \t]#.*$/, ""))) return [];
  const end = endOfBlock(text, lineEnd, before.length);
  return text.slice(start, end).trim() === "" ? [] : [{ start, end }];
}

const isReference = (value: string): boolean => /^(\{\{[^}]*\}\}|\$\{var\.[^}]*\})$/.test(value.trim());

function closingQuote(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at++) {
    if (quote === '"' && text[at] === "\\") at++;
    else if (text[at] === quote) {
      if (quote === '"' || text[at + 1] !== "'") return at + 1;
      at++;
    }
  }
  return text.length;
}

/** The end of a collection in brackets; the end of the text when it is not closed. */
function closingBracket(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at] ?? "";
    if (character === '"' || character === "'") at = closingQuote(text, at, character) - 1;
    else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

const endOfLine = (text: string, at: number): number => {
  const end = text.indexOf("\n", at);
  const last = end < 0 ? text.length : end;
  return text[last - 1] === "\r" ? last - 1 : last;
};

/** The end of the lines below that are blank or indented more than the key. */
function endOfBlock(text: string, lineEnd: number, keyIndent: number): number {
  let end = lineEnd;
  for (let start = text.indexOf("\n", lineEnd) + 1; start > 0 && start < text.length; ) {
    const stop = endOfLine(text, start);
    const line = text.slice(start, stop);
    if (line.trim() !== "" && indent(line) <= keyIndent) break;
    if (line.trim() !== "") end = stop;
    start = text.indexOf("\n", stop) + 1;
  }
  return end;
}

/** True when a text holds a secret that {@link redactedLines} would replace. */
export const holdsSecrets = (text: string): boolean => secretSpans(text).length > 0;

/** A message about a file without the secrets of the file. */
export function withoutSecretsOf(text: string, message: string): string {
  return secretSpans(text)
    .flatMap(({ start, end }) => spellings(text.slice(start, end)))
    .sort((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret, word), message);
}

/** The forms that a message may repeat: as written, without quotes or marks of YAML, and each word. Short ones are in other words. */
function spellings(span: string): readonly string[] {
  // Of a sensitive variable only the default is secret.
  const written = /\bdefault["']?[ \t]*:[ \t]*("(?:[^"\\]|\\.)*"|'[^']*'|[^,}\n]*)/.exec(span)?.[1] ?? span;
  const inner = written.replace(/^["'*!&|>%@`{[]+|["'\]}]+$/g, "");
  return [
    written,
    inner,
    ...written.split(/[\s"'{}[\],:]+/).flatMap((part) => [part, part.replace(/^[*!&]+/, "")]),
  ].filter((form) => form.length >= 4 && !/^(?:true|false|null)$/.test(form));
}

/** A line of a file as it may be printed, and where a part of it is then. */
export interface RedactedLine {
  readonly text: string;
  /** The 1-based column and the length of a part of the line, by its place in the file. */
  at(column: number, length: number): { readonly column: number; readonly length: number };
}

/** The lines of a text with each secret replaced. */
export function redactedLines(text: string): readonly RedactedLine[] {
  const spans = secretSpans(text);
  let start = 0;
  return text.split("\n").map((line) => {
    const from = start;
    start += line.length + 1;
    const bare = line.replace(/\r$/, "");
    const own = spans
      .map((span) => ({
        start: Math.max(span.start - from, indent(bare)),
        end: Math.min(span.end - from, bare.length),
      }))
      .filter((span) => span.end > span.start);
    return redactLine(bare, own);
  });
}

function redactLine(line: string, spans: readonly Span[]): RedactedLine {
  let text = "";
  let done = 0;
  const moved: { readonly from: Span; readonly to: Span }[] = [];
  for (const span of spans) {
    text += line.slice(done, span.start);
    moved.push({ from: span, to: { start: text.length, end: text.length + word.length } });
    text += word;
    done = span.end;
  }
  text += line.slice(done);
  const move = (offset: number, isEnd: boolean): number => {
    let shift = 0;
    for (const { from, to } of moved) {
      if (offset > from.start && offset < from.end) return isEnd ? to.end : to.start;
      if (offset >= from.end) shift = to.end - from.end;
    }
    return offset + shift;
  };
  return {
    text,
    at: (column, length) => {
      const start = move(column - 1, false);
      return { column: start + 1, length: Math.max(1, move(column - 1 + length, true) - start) };
    },
  };
}
