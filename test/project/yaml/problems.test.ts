/** What people read about YAML that does not parse: in plain words, marked where the mistake is. */
import { expect, test } from "vitest";
import { parseYaml } from "../../../src/project/yaml/parse.ts";
import { yamlProblems } from "../../../src/project/yaml/positions.ts";

const cases: readonly (readonly [text: string, place: string, words: string])[] = [
  ['a: "x\nb: c\n', "1:4", "The text that begins here in double quotes has no closing quote."],
  ["b: c\na: 'x\n", "2:4", "The text that begins here in single quotes has no closing quote."],
  ['- k: ["x, 2]\n', "1:7", "The text that begins here in double quotes has no closing quote."],
  ["a: b: c\n", "1:4", 'A text with ": " in it must be in quotes'],
  ["a: b\nkey\n", "2:1", 'A key must be followed by ":".'],
  ["a: [1, 2\nb: c\n", "2:1", '"]" is missing'],
  ["a: {x: 1\nb: c\n", "2:1", '"}" is missing'],
  ["a: @x\n", "1:4", "A text that begins with @ must be in quotes."],
  ["a: - b\n", "1:4", "A list must begin on a line of its own."],
  ["a: b\n---\n]\n", "3:1", '"]" closes nothing.'],
  ["a: *x\n", "1:5", 'The alias "x" has no anchor.'],
  ["a: {{NAME}}\n", "1:4", 'A key is a list or a map; write "{{NAME}}" in quotes.'],
];

test.each(cases)("%j", (text, place, words) => {
  const refused = parseYaml("a.yaml", text).diagnostics;
  expect(refused).toHaveLength(1);
  const listed = yamlProblems("a.yaml", text);
  const [problem] = listed.length === 0 ? refused : listed;
  const at = problem?.place;
  expect(at !== undefined && "line" in at ? `${at.line}:${at.column}` : "").toBe(place);
  expect(problem?.detail).toContain(words);
  expect(problem?.detail).toContain('"a.yaml" is not valid YAML: ');
  expect(problem?.detail).not.toMatch(/"quote|'quote|mapping|scalar|flow|block|token|[^.]\. [a-z]/);
});
