/**
 * Parameters on the command line (`-p`). An argument is either `name=value`, where the value is the whole rest, or pairs
 * `name:value,name:value`. In pairs, a quoted value may hold anything (`\` escapes a quote or another `\`). An unquoted value may hold
 * `:`, ends at a `,` before `name:` of a declared parameter, reads `\,` as a comma, and loses the blanks around it. Unreadable text is an
 * error at its column; no text is dropped.
 */
import { type Diagnostic, error, type Problem, type Range } from "../diagnostic/diagnostic.ts";
import { didYouMean } from "../diagnostic/did-you-mean.ts";

/** The content of one `-p`; use the values only when there are no errors. */
export interface ParsedParameters {
  readonly values: Readonly<Record<string, string>>;
  readonly diagnostics: readonly Diagnostic[];
}

/** The file name for places in an argument; the argument is the text of this file. */
export const parameterTextFile = "-p";

/** Reads one `-p` argument. `declared` holds the known parameters; those of a workflow look like `step_1.table_name`. */
export function parseParameterText(argument: string, declared: ReadonlySet<string>): ParsedParameters {
  const assigned = /^\s*([A-Za-z0-9_][A-Za-z0-9_.-]*)=/.exec(argument);
  const pairs = assigned === null ? readPairs(argument, declared) : readAssignment(argument, assigned);
  return {
    values: Object.fromEntries(pairs.found.map(({ name, value }) => [name, value])),
    diagnostics: [...pairs.problems, ...checkNames(argument, pairs.found, declared)],
  };
}

interface Pair {
  readonly name: string;
  readonly value: string;
  /** Where the name starts. */
  readonly at: number;
}

interface Pairs {
  readonly found: readonly Pair[];
  readonly problems: readonly Diagnostic[];
}

function readAssignment(argument: string, match: RegExpExecArray): Pairs {
  const name = match[1] ?? "";
  return {
    found: [{ name, value: argument.slice(match[0].length), at: match[0].length - name.length - 1 }],
    problems: [],
  };
}

function readPairs(argument: string, declared: ReadonlySet<string>): Pairs {
  const found: Pair[] = [];
  const problems: Diagnostic[] = [];
  let at = 0;
  for (let more = true; more; ) {
    const start = skipBlanks(argument, at);
    const name = nameAt(argument, start);
    if (name === null) return { found, problems: [...problems, noName(argument, start)] };
    const value = readValue(argument, skipBlanks(argument, start + name.length + 1), declared);
    found.push({ name, value: value.text, at: start });
    problems.push(...value.problems);
    ({ end: at, more } = value);
  }
  return { found, problems };
}

/** The name before a `:` at an offset of the argument. */
function nameAt(argument: string, at: number): string | null {
  const name = /[A-Za-z0-9_][A-Za-z0-9_.-]*(?=:)/y;
  name.lastIndex = at;
  return name.exec(argument)?.[0] ?? null;
}

function skipBlanks(argument: string, at: number): number {
  let next = at;
  while (/\s/.test(argument[next] ?? "")) next++;
  return next;
}

interface Value {
  readonly text: string;
  /** The offset at which to continue. */
  readonly end: number;
  /** True when a `,` announces another pair. */
  readonly more: boolean;
  readonly problems: readonly Diagnostic[];
}

function readValue(argument: string, at: number, declared: ReadonlySet<string>): Value {
  const quote = argument[at];
  return quote === '"' || quote === "'" ? readQuoted(argument, at, quote) : readPlain(argument, at, declared);
}

function readQuoted(argument: string, at: number, quote: string): Value {
  let text = "";
  let next = at + 1;
  while (next < argument.length && argument[next] !== quote) {
    const escaped = argument[next] === "\\" && [quote, "\\"].includes(argument[next + 1] ?? "");
    text += argument[escaped ? next + 1 : next];
    next += escaped ? 2 : 1;
  }
  if (next >= argument.length) return { text, end: next, more: false, problems: [unclosed(argument, at, quote)] };
  const after = skipBlanks(argument, next + 1);
  if (after >= argument.length) return { text, end: after, more: false, problems: [] };
  if (argument[after] === ",") return { text, end: after + 1, more: true, problems: [] };
  return { text, end: argument.length, more: false, problems: [textAfterQuote(argument, after)] };
}

function readPlain(argument: string, at: number, declared: ReadonlySet<string>): Value {
  const problems: Diagnostic[] = [];
  let text = "";
  let next = at;
  for (; next < argument.length; next++) {
    if (argument.startsWith("\\,", next)) {
      text += ",";
      next++;
      continue;
    }
    if (argument[next] === ",") {
      const start = skipBlanks(argument, next + 1);
      const name = nameAt(argument, start);
      if (name !== null && declared.has(name)) return { text: text.trim(), end: next + 1, more: true, problems };
      // The "11:" in "10:30, 11:45" is not a name and stays text.
      if (name !== null && /^[A-Za-z_]/.test(name)) problems.push(undeclaredWord(argument, start, name, declared));
    }
    text += argument[next];
  }
  return { text: text.trim(), end: next, more: false, problems };
}

function checkNames(argument: string, pairs: readonly Pair[], declared: ReadonlySet<string>): readonly Diagnostic[] {
  const first = new Map<string, Pair>();
  return pairs.flatMap((pair) => {
    const earlier = first.get(pair.name);
    first.set(pair.name, earlier ?? pair);
    if (!declared.has(pair.name)) return [unknownName(argument, pair, declared)];
    return earlier === undefined ? [] : [givenTwice(argument, earlier, pair)];
  });
}

/** The place of a part of the argument. A part that spans lines ends with its first line. */
function rangeAt(argument: string, at: number, length: number): Range {
  const before = argument.slice(0, at).split("\n");
  const lineEnd = argument.indexOf("\n", at);
  const room = (lineEnd < 0 ? argument.length : lineEnd) - at;
  return {
    file: parameterTextFile,
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    length: Math.max(1, Math.min(length, room)),
  };
}

const problemAt = (argument: string, at: number, length: number, problem: Problem): Diagnostic =>
  error({ ...problem, place: rangeAt(argument, at, length) });

const known = (declared: ReadonlySet<string>): string =>
  declared.size === 0
    ? "There are no parameters."
    : `The parameters are ${[...declared].map((name) => `"${name}"`).join(", ")}.`;

function noName(argument: string, at: number): Diagnostic {
  const what = at >= argument.length ? "the text ends where a name should be" : "this is not a name before a colon";
  return problemAt(argument, at, argument.length - at, {
    code: "parameter/no-name",
    summary: "Parameter without a name",
    detail: `Parameters have the form "name:value,name:value", but ${what}. Write the parameter's name and a colon before its value.`,
  });
}

const unclosed = (argument: string, at: number, quote: string): Diagnostic =>
  problemAt(argument, at, argument.length - at, {
    code: "parameter/unclosed-quote",
    summary: "Quote not closed",
    detail: `The value starts with a quote that is never closed. Add ${quote} at its end, or pass the parameter alone as -p name=value, where quotes have no meaning.`,
  });

const textAfterQuote = (argument: string, at: number): Diagnostic =>
  problemAt(argument, at, argument.length - at, {
    code: "parameter/text-after-quote",
    summary: "Text after a quoted value",
    detail: `Only a comma and the next parameter may follow a quoted value. Put the whole value in quotes, or pass the parameter alone as -p name=value, where quotes have no meaning.`,
  });

const undeclaredWord = (argument: string, at: number, name: string, declared: ReadonlySet<string>): Diagnostic =>
  problemAt(argument, at, name.length, {
    code: "parameter/unclear-comma",
    summary: "Unclear comma",
    detail: `"${name}:" after a comma looks like a parameter, but there is no parameter "${name}". If it belongs to the value before it, put that value in quotes; otherwise fix the name. ${known(declared)}${didYouMean(name, declared)}`,
  });

const unknownName = (argument: string, { name, at }: Pair, declared: ReadonlySet<string>): Diagnostic =>
  problemAt(argument, at, name.length, {
    code: "parameter/unknown",
    summary: "Unknown parameter",
    detail: `There is no parameter "${name}". Remove or rename it. ${known(declared)}${didYouMean(name, declared)}`,
  });

const givenTwice = (argument: string, first: Pair, second: Pair): Diagnostic =>
  problemAt(argument, second.at, second.name.length, {
    code: "parameter/given-twice",
    summary: "Parameter given twice",
    detail: `"${second.name}" has two values. Remove one of them.`,
    related: [{ label: "First given here", place: rangeAt(argument, first.at, first.name.length) }],
  });
