/** Ranges of versions in `requires`: `>=0.1`, `>=0.1 <2`, `0.1.0`, `^0.1`, `~0.1.2`; all comparators of a range must hold. */
import { type Diagnostic, error } from "../diagnostic/diagnostic.ts";

type Version = readonly [number, number, number];

const comparator = /^(>=|<=|>|<|=|\^|~)?(\d+)(?:\.(\d+))?(?:\.(\d+))?$/;

/** Whether a version (what follows `-` does not count) is in a range; `null` for a text that is no range. */
export function isInRange(version: string, range: string): boolean | null {
  const own = parts(comparator.exec(version.replace(/[-+].*$/, "")));
  const texts = range
    .replace(/([<>=^~])\s+/g, "$1")
    .split(/[\s,]+/)
    .filter((text) => text !== "");
  const found = texts.map((text) => comparator.exec(text));
  if (own === null || found.length === 0 || found.includes(null)) return null;
  return found.every((match) => match !== null && holds(own, match));
}

const parts = (match: RegExpExecArray | null): Version | null =>
  match === null ? null : [Number(match[2]), Number(match[3] ?? 0), Number(match[4] ?? 0)];

function holds(own: Version, match: RegExpExecArray): boolean {
  const wanted = parts(match) ?? own;
  const order = compare(own, wanted);
  switch (match[1]) {
    case ">=":
      return order >= 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case "<":
      return order < 0;
    case "^":
      return (
        order >= 0 &&
        compare(
          own,
          nextOf(
            wanted,
            Math.max(
              0,
              wanted.findIndex((part) => part > 0),
            ),
          ),
        ) < 0
      );
    case "~":
      return order >= 0 && compare(own, nextOf(wanted, 1)) < 0;
    default:
      // What is left out may be anything: 1 is every 1.x.y.
      return (
        order >= 0 && compare(own, nextOf(wanted, match[4] !== undefined ? 2 : match[3] !== undefined ? 1 : 0)) < 0
      );
  }
}

const compare = (a: Version, b: Version): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

/** The first version after all that agree up to a place. */
const nextOf = (version: Version, place: number): Version =>
  place === 0
    ? [version[0] + 1, 0, 0]
    : place === 1
      ? [version[0], version[1] + 1, 0]
      : [version[0], version[1], version[2] + 1];

/** What is wrong with `requires` of a mason.yaml for this version. */
export function requiredVersion(requires: string | undefined, version: string, file: string): readonly Diagnostic[] {
  const fits = requires === undefined ? true : isInRange(version, requires);
  if (fits === true) return [];
  const place = { file, document: 0, path: ["requires"], at: "value" as const };
  return [
    fits === null
      ? error({
          code: "project/bad-version-range",
          summary: "No range of versions",
          detail: `"${requires}" is no range of versions. Write one like ">=0.1" or ">=0.1 <2".`,
          place,
        })
      : error({
          code: "project/other-version",
          summary: "Other version of Mason needed",
          detail: `This project requires Mason ${requires}, and this is ${version}. Use a version that fits, or change "requires".`,
          place,
        }),
  ];
}
