/** Notes about a delimited file that came out as a single column although its lines seem to hold more. */

const mostLines = 50;

/** Delimiters that are found without a setting, but not when the first line lacks them. */
const usual = /[\t|;]/;

/** Characters that are seldom in every line unless they separate values. */
const unlikely = /[\u0001-\u0008\u000b\u000c\u000e-\u001f~^|;\t\u00a6\u00a7\u00ac]/;

/** A sentence about the delimiter that a text of one column may have, or about its being prose; none when nothing is odd. */
export function oneColumnNotes(text: string): readonly string[] {
  const lines = text
    .slice(0, 1 << 16)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .slice(0, mostLines);
  const found = delimiterOf(lines, /[^\p{L}\p{N}\s"'._\-+,()[\]{}]/u) ?? delimiterOf(lines.slice(1), unlikely);
  if (found !== null) return [delimiterNote(found)];
  return /\S\s+\S+\s+\S/.test(lines[0] ?? "") ? [proseNote] : [];
}

interface Found {
  readonly character: string;
  readonly count: number;
}

/** The character that each line holds equally often; at least two lines are needed. */
function delimiterOf(lines: readonly string[], allowed: RegExp): Found | null {
  const [first = "", ...rest] = lines;
  if (rest.length === 0) return null;
  const characters = [...new Set(first)].filter((character) => character.length === 1 && allowed.test(character));
  const all = characters.flatMap((character): readonly Found[] => {
    const count = countOf(first, character);
    return rest.every((line) => countOf(line, character) === count) ? [{ character, count }] : [];
  });
  const rank = ({ character, count }: Found) => (unlikely.test(character) || usual.test(character) ? 1000 : 0) + count;
  return all.reduce<Found | null>((known, one) => (known === null || rank(one) > rank(known) ? one : known), null);
}

const countOf = (line: string, character: string): number => line.split(character).length - 1;

function delimiterNote({ character, count }: Found): string {
  const shown = JSON.stringify(character);
  const times = count === 1 ? "once" : `${count} times`;
  return `Each line is read as one value, but holds ${shown} ${times}. Set csv.delimiter to ${shown} if it separates ${count + 1} columns.`;
}

const proseNote =
  "No delimiter was found, so each line is read as one value. Set csv.delimiter, or leave the file out with files.exclude if it is not a table.";
