/** Reads JSON records and keeps each value's own text: numbers lose no digit on the way. */

/** Fields of one record, in order: a string's value, the text of anything else, `null` for null. */
export type JsonRecord = ReadonlyMap<string, string | null>;

/** The records of a document that is an array of objects, or that has an object on each line. */
export function recordsOf(text: string): readonly JsonRecord[] {
  const records: JsonRecord[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === "{") {
      const [record, end] = recordAt(text, at);
      records.push(record);
      at = end;
    } else at++;
  }
  return records;
}

function recordAt(text: string, start: number): readonly [JsonRecord, number] {
  const fields = new Map<string, string | null>();
  let at = blanks(text, start + 1);
  while (text[at] !== "}") {
    const keyEnd = valueEnd(text, at);
    const key = String(JSON.parse(text.slice(at, keyEnd)));
    const from = blanks(text, blanks(text, keyEnd) + 1);
    const to = valueEnd(text, from);
    const value = text.slice(from, to);
    fields.set(key, value === "null" ? null : value.startsWith('"') ? String(JSON.parse(value)) : value);
    at = blanks(text, to);
    if (text[at] === ",") at = blanks(text, at + 1);
    else if (text[at] !== "}") throw new Error(`no JSON at ${at}: ${text.slice(at, at + 20)}`);
  }
  return [fields, at + 1];
}

function blanks(text: string, start: number): number {
  let at = start;
  while (/\s/.test(text[at] ?? "")) at++;
  return at;
}

/** Where the value that starts here ends. */
function valueEnd(text: string, start: number): number {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at++) {
    const letter = text[at] ?? "";
    if (inString) {
      if (letter === "\\") at++;
      else if (letter === '"') inString = false;
    } else if (letter === '"') inString = true;
    else if (letter === "{" || letter === "[") depth++;
    else if (depth > 0 && (letter === "}" || letter === "]")) depth--;
    else if (depth === 0 && /[,:}\]\s]/.test(letter)) return at;
  }
  return text.length;
}
