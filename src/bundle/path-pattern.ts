/** Whether two paths can mean common files. Paths may be globs, and may have holes that only the run fills. */
import { type Reference, splitReferences } from "../model/references.ts";

/** A segment's character: a letter, a digit or any one; `star` is any number of any. */
type Token = { readonly kind: "letter"; readonly letter: string } | { readonly kind: "digit" | "any" | "star" };

/** A path as segments; `null` is any number of segments, which end what is known. */
type Pattern = readonly (readonly Token[] | null)[];

/** True if a file can lie at or below both paths. */
export const canMeet = (a: string, b: string): boolean => meet(patternOf(a), patternOf(b));

function meet(a: Pattern, b: Pattern): boolean {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const [one, two] = [a[at], b[at]];
    if (one === null || two === null || one === undefined || two === undefined) return true;
    if (!segmentsMeet(one, two)) return false;
  }
  // One is the other, or a directory above it.
  return true;
}

/** True if a name fits both. The table holds whether the rests from a place on can meet. */
function segmentsMeet(a: readonly Token[], b: readonly Token[]): boolean {
  const known = new Map<number, boolean>();
  const from = (i: number, j: number): boolean => {
    const key = i * (b.length + 1) + j;
    const found = known.get(key);
    if (found !== undefined) return found;
    const [one, two] = [a[i], b[j]];
    const result =
      one === undefined && two === undefined
        ? true
        : one?.kind === "star"
          ? from(i + 1, j) || (two !== undefined && from(i, j + 1))
          : two?.kind === "star"
            ? from(i, j + 1) || (one !== undefined && from(i + 1, j))
            : one !== undefined && two !== undefined && fits(one, two) && from(i + 1, j + 1);
    known.set(key, result);
    return result;
  };
  return from(0, 0);
}

function fits(one: Token, two: Token): boolean {
  if (one.kind === "letter" && two.kind === "letter") return one.letter === two.letter;
  if (one.kind === "digit" && two.kind === "letter") return /\d/.test(two.letter);
  return one.kind === "letter" && two.kind === "digit" ? /\d/.test(one.letter) : true;
}

const patterns = new Map<string, Pattern>();

function patternOf(path: string): Pattern {
  const known = patterns.get(path);
  if (known !== undefined) return known;
  const segments: (Token[] | null)[] = path === "" ? [] : [[]];
  const add = (tokens: readonly Token[]) => segments.at(-1)?.push(...tokens);
  for (const part of splitReferences(path)) {
    if (segments.at(-1) === null) break;
    if (typeof part === "string") {
      for (const piece of part.split(/(\/)/)) {
        if (piece === "/") segments.push([]);
        else if (piece.includes("**")) segments[segments.length - 1] = null;
        else add(globTokens(piece));
        if (segments.at(-1) === null) break;
      }
    } else {
      const tokens = holeTokens(part);
      if (tokens === null) segments[segments.length - 1] = null;
      else add(tokens);
    }
  }
  if (patterns.size > 10_000) patterns.clear();
  patterns.set(path, segments);
  return segments;
}

const letters = (text: string): Token[] => [...text].map((letter) => ({ kind: "letter", letter }));

/** The tokens of a glob without slashes. A class is any character, and braces are any text. */
function globTokens(text: string): Token[] {
  const parts = text.match(/\{[^}]*\}|\[[^\]]*\]|[\s\S]/gu) ?? [];
  return parts.map((part): Token => {
    if (part === "*" || (part.length > 1 && part.startsWith("{"))) return { kind: "star" };
    if (part === "?" || (part.length > 1 && part.startsWith("["))) return { kind: "any" };
    return { kind: "letter", letter: part };
  });
}

/** The tokens of a hole; `null` if its value may hold a slash. */
function holeTokens(reference: Reference): readonly Token[] | null {
  if (reference.kind !== "run" || reference.field === "key") return null;
  const date = [..."0000-00-00"].map(
    (letter): Token => (letter === "0" ? { kind: "digit" } : { kind: "letter", letter }),
  );
  return reference.field === "date" ? date : [...date, ...letters("T"), { kind: "star" }, ...letters("Z")];
}
