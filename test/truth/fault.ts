/** What can be wrong with a deployment, in figures that are counted. */

export const figureNames = [
  "wrong types",
  "wrong columns",
  "wrong rows",
  "missed edges",
  "false edges",
  "failures at apply",
  "false refusals",
  "wrong statements",
  "wrong runs",
  "plans not empty",
  "crashes",
] as const;
export type Figure = (typeof figureNames)[number];

/** Something that is not as it should be. `key` is the same for faults of one kind: without names, numbers and places of one project. */
export interface Fault {
  readonly figure: Figure;
  readonly key: string;
  readonly detail: string;
}

/** A message without what belongs to one project. */
export const withoutNames = (message: string): string =>
  message
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '"…"')
    .replaceAll(/'[^']*'/g, "'…'")
    .replaceAll(/\b\d[\d,.:+-]*/g, "N")
    .replaceAll(/deployment\.[^\s,:]+/g, "deployment.X")
    .slice(0, 240);
