/** Whether the type that an engine guessed for a column holds all values that Mason's reader saw. */
import { kind } from "../../catalog/schema/infer-scalar.ts";
import { isWidening } from "../../job/widening.ts";
import type { DataType } from "../../model/data-type.ts";

/** A guessed type that does not hold all values. `isLost`: the guess has no such field. */
export interface WrongGuess {
  /** The column, or a part of it, such as `order.items[].id`. */
  readonly path: string;
  readonly isLost?: true;
}

/** The kinds of the values at each path; `undefined` when they are not known. */
export type Kinds = ReadonlyMap<string, number> | undefined;

/** The parts of a column, or the whole, that would be lost or changed under a guessed type. */
export function wrongParts(own: DataType, guess: DataType, path: string, kinds: Kinds): readonly WrongGuess[] {
  // Texts and JSON keep what is written.
  if (["string", "varchar", "json", "unknown"].includes(guess.kind) || own.kind === "unknown") return [];
  if (own.kind === "array" && guess.kind === "array") return wrongParts(own.element, guess.element, `${path}[]`, kinds);
  if (own.kind === "struct" && guess.kind === "struct") return wrongFields(own, guess, path, kinds);
  if (own.kind === "map" && kinds !== undefined) return wrongEntries(guess, path, kinds);
  const seen = kinds?.get(path);
  const fits =
    isWidening(own, guess) || (seen !== undefined && (isNested(own) ? false : holds(guess, seen) || seen === 0));
  return fits ? [] : [{ path }];
}

type Struct = DataType & { readonly kind: "struct" };

function wrongFields(own: Struct, guess: Struct, path: string, kinds: Kinds): readonly WrongGuess[] {
  const guessed = new Map(guess.fields.map(({ name, type }) => [name.toLowerCase(), type]));
  return own.fields.flatMap(({ name, type }) => {
    const found = guessed.get(name.toLowerCase());
    const inner = `${path}.${name}`;
    return found === undefined ? [{ path: inner, isLost: true as const }] : wrongParts(type, found, inner, kinds);
  });
}

/** The keys of a map are data, so the values that were seen are compared one by one. */
function wrongEntries(guess: DataType, path: string, kinds: NonNullable<Kinds>): readonly WrongGuess[] {
  const fields = guess.kind === "struct" ? new Map(guess.fields.map(({ name, type }) => [name, type])) : null;
  for (const [inner, seen] of kinds) {
    if (seen === 0 || !inner.startsWith(`${path}.`)) continue;
    const type = guess.kind === "map" ? guess.value : fields?.get(inner.slice(path.length + 1));
    if (type === undefined) return [{ path }];
    if (!isNested(type) && !holds(type, seen)) return [{ path }];
  }
  return guess.kind === "map" || fields !== null ? [] : [{ path }];
}

const isNested = ({ kind }: DataType) => kind === "array" || kind === "struct" || kind === "map";

const integers = kind.integer | kind.inexact;
const times = kind.date | kind.timestamp | kind.nanoseconds | kind.far | kind.endless;

/** The kinds of values that a guessed type holds without a change. */
function heldBy(guess: DataType): number {
  switch (guess.kind) {
    case "json":
    case "string":
    case "varchar":
      return -1;
    case "boolean":
      return kind.boolean;
    case "int":
      return guess.bits === 64 ? integers : 0;
    // DuckDB's unsigned and huge integers.
    case "decimal":
      return guess.scale === 0 && guess.precision >= 20 ? integers | kind.large : 0;
    // What more than 17 digits lose is told by a note.
    case "float":
      return guess.bits === 64
        ? kind.integer | kind.large | kind.double | kind.notFinite | kind.endless | kind.long
        : 0;
    case "date":
      return kind.date | kind.far | kind.endless;
    case "time":
      return kind.time;
    case "timestamp":
      return guess.zone
        ? kind.instant | kind.nanoseconds | kind.offset
        : guess.precision === 6
          ? times | kind.instant
          : 0;
    default:
      return 0;
  }
}

const holds = (guess: DataType, seen: number): boolean => (seen & ~heldBy(guess)) === 0;
