/** The table of mutations must not rot: `npm run test:mutations` breaks these guards one by one, which takes too long for every run. */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Mutation {
  readonly rule: string;
  readonly file: string;
  readonly search: string;
  readonly replace: string;
  readonly tests: readonly string[];
}

const mutations = JSON.parse(readFileSync(new URL("mutations.json", import.meta.url), "utf8")) as readonly Mutation[];

const root = new URL("../../", import.meta.url);

test("each mutation finds its place exactly once, changes it, and names tests that exist", () => {
  const wrong = mutations.flatMap(({ rule, file, search, replace, tests }) => {
    const found = existsSync(new URL(file, root))
      ? readFileSync(new URL(file, root), "utf8").split(search).length - 1
      : 0;
    const isRight = found === 1 && search !== replace && tests.length > 0;
    return isRight && tests.every((path) => existsSync(new URL(path, root))) ? [] : [{ rule, file, search, found }];
  });
  expect(wrong).toEqual([]);
});

test("each rule has mutations, and no mutation stands there twice", () => {
  const keys = new Set(mutations.map(({ file, search, replace }) => JSON.stringify([file, search, replace])));
  expect(keys.size).toBe(mutations.length);
  expect(new Set(mutations.map(({ rule }) => rule)).size).toBeGreaterThan(10);
});
