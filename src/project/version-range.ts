/** Ranges of versions in `requires`: `>=0.1`, `>=0.1 <2`, `0.1.0`, `^0.1`, `~0.1.2`; all comparators of a range must hold. */
import { type Diagnostic, error } from "../diagnostic/diagnostic.ts";

type Version = readonly [number, number, number];

const comparator = /^(>=|<=|>|<|=|\^|~)?(\d+)(?:\.(\d+))?(?:\.(\d+))?$/;

/** True when a version (without what follows `-`) is in a range; `null` when the text is not a range. */
export function isInRange(version: string, range: string): boolean | null {
  const own = comparator.exec(version.replace(/[-+].*$/, ""));
  const texts = range
    .replace(/([<>=^~])\s+/g, "$1")
    .split(/[\s,]+/)
    .filter((text) => text !== "");
  const found = texts.map((text) => comparator.exec(text));
  if (own === null || found.length === 0 || found.includes(null)) return null;
  return found.every((match) => match !== null && holds(parts(own), match));
}

const parts = (match: RegExpExecArray): Version => [Number(match[2]), Number(match[3] ?? 0), Number(match[4] ?? 0)];

function holds(own: Version, match: RegExpExecArray): boolean {
  const wanted = parts(match);
  const order = compare(own, wanted);
  /** True for a version that is at least the wanted one and equals it up to a place. */
  const agrees = (place: number) => order >= 0 && own.slice(0, place + 1).every((part, at) => part === wanted[at]);
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
      // Up to the first number that is not 0.
      return agrees(
        Math.max(
          0,
          wanted.findIndex((part) => part > 0),
        ),
      );
    case "~":
      return agrees(1);
    default:
      // A missing part matches anything: 1 is every 1.x.y.
      return agrees(match.slice(3).filter((part) => part !== undefined).length);
  }
}

const compare = (a: Version, b: Version): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

/** Diagnostics about `requires` in mason.yaml for this version of Mason. */
export function requiredVersion(requires: string | undefined, version: string, file: string): readonly Diagnostic[] {
  const fits = requires === undefined ? true : isInRange(version, requires);
  if (fits === true) return [];
  const place = { file, document: 0, path: ["requires"], at: "value" as const };
  return [
    fits === null
      ? error({
          code: "project/bad-version-range",
          summary: "Invalid version range",
          detail: `"${requires}" is not a range of versions. Write one like ">=0.1" or ">=0.1 <2".`,
          place,
        })
      : error({
          code: "project/other-version",
          summary: "Different version of Mason required",
          detail: `This project requires Mason ${requires}, but this is ${version}. Use a version that fits, or change "requires".`,
          place,
        }),
  ];
}
