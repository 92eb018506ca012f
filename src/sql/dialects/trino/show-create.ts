/** Reads what Trino prints for SHOW CREATE TABLE: it is the one answer that has names, types, comments and properties whole. */
import { ProviderError } from "../../../provider/error.ts";

/** A table as Trino prints it. */
export interface ShownTable {
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly nullable: boolean;
    readonly comment?: string;
  }[];
  readonly comment?: string;
  /** Texts, numbers and lists of texts by name; others as they are printed. */
  readonly properties: Readonly<Record<string, string | readonly string[]>>;
  /** It is a view, for which Trino prints no table. */
  readonly isView?: true;
}

/** Reads the text, or throws. */
export function readShownTable(text: string): ShownTable {
  const reader = new Reader(text);
  reader.take(/^CREATE TABLE (?:"(?:[^"]|"")*"|[^\s."(])+(?:\.(?:"(?:[^"]|"")*"|[^\s."(]+))*\s*\(\s*/);
  const columns: ShownTable["columns"][number][] = [];
  do columns.push(reader.column());
  while (reader.has(/^\s*,\s*/));
  reader.take(/^\s*\)\s*/);
  const comment = reader.has(/^COMMENT\s+/) ? reader.string() : undefined;
  const properties: Record<string, string | readonly string[]> = {};
  if (reader.has(/^\s*WITH\s*\(\s*/)) {
    do {
      const name = reader.name();
      reader.take(/^\s*=\s*/);
      properties[name] = valueOfText(reader.until(/^\s*[,)]/));
    } while (reader.has(/^\s*,\s*/));
    reader.take(/^\s*\)\s*/);
  }
  reader.take(/^\s*$/);
  return { columns, properties, ...(comment === undefined ? {} : { comment }) };
}

const stringText = /'(?:[^']|'')*'/;
const plain = (quoted: string): string => quoted.slice(1, -1).replaceAll("''", "'");

/** `'text'` and `ARRAY['a','b']` as values. */
function valueOfText(text: string): string | readonly string[] {
  if (text.startsWith("ARRAY[")) return (text.match(new RegExp(stringText, "g")) ?? []).map(plain);
  return text.startsWith("'") ? plain(text) : text;
}

class Reader {
  private at = 0;
  private readonly text: string;
  constructor(text: string) {
    this.text = text;
  }

  has(pattern: RegExp): boolean {
    return this.match(pattern) !== null;
  }

  take(pattern: RegExp): string {
    const found = this.match(pattern);
    if (found !== null) return found;
    const near = this.text.slice(this.at, this.at + 40);
    throw new ProviderError("unsupported", `Trino prints a table in a way that Mason can't read, near "${near}".`);
  }

  name(): string {
    const name = this.take(/^(?:"(?:[^"]|"")*"|[^\s"(),=.]+)/);
    return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
  }

  string(): string {
    return plain(this.take(/^'(?:[^']|'')*'/));
  }

  column(): ShownTable["columns"][number] {
    const name = this.name();
    const type = this.until(/^\s*(?:[,)]|NOT NULL\b|COMMENT '|WITH \(|DEFAULT )/).trim();
    if (this.has(/^\s*DEFAULT\s+/)) this.until(/^\s*(?:[,)]|NOT NULL\b|COMMENT '|WITH \()/);
    const nullable = !this.has(/^\s*NOT NULL/);
    const comment = this.has(/^\s*COMMENT\s+/) ? this.string() : undefined;
    if (this.has(/^\s*WITH\s*\(/)) {
      this.until(/^\)/);
      this.take(/^\)/);
    }
    return { name, type, nullable, ...(comment === undefined ? {} : { comment }) };
  }

  /** The text before an ending that is in no quotes and no brackets. */
  until(ending: RegExp): string {
    const start = this.at;
    for (let depth = 0; this.at < this.text.length; ) {
      const rest = this.text.slice(this.at);
      if (depth === 0 && ending.test(rest)) break;
      const quoted = /^(?:'(?:[^']|'')*'|"(?:[^"]|"")*")/.exec(rest);
      const character = this.text[this.at] ?? "";
      if ("([".includes(character)) depth++;
      if (")]".includes(character)) depth--;
      this.at += quoted?.[0].length ?? 1;
    }
    return this.text.slice(start, this.at);
  }

  private match(pattern: RegExp): string | null {
    const found = pattern.exec(this.text.slice(this.at));
    if (found === null) return null;
    this.at += found[0].length;
    return found[0];
  }
}
