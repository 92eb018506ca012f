import { expect, test } from "vitest";
import { type Diagnostic, error, warning } from "../../src/diagnostic/diagnostic.ts";
import { fewWarnings } from "../../src/diagnostic/few-warnings.ts";
import { renderDiagnostics } from "../../src/diagnostic/frame.ts";
import { locate } from "../../src/project/yaml/locate.ts";

const many = (count: number, code = "a/b"): readonly Diagnostic[] =>
  Array.from({ length: count }, (_, at) => warning({ code, summary: `Kind ${code}`, detail: `Number ${at}.` }));

test("prints ten warnings of a code and the count of the rest, and every error", () => {
  const errors = many(30, "c/d").map(({ severity: _, ...problem }) => error(problem));
  const shown = fewWarnings([...many(12), ...errors, ...many(10, "e/f"), ...many(11, "g/h")]);
  expect(shown.filter(({ severity }) => severity === "error")).toHaveLength(30);
  const details = shown.filter(({ severity }) => severity === "warning").map(({ detail }) => detail);
  expect(details).toHaveLength(10 + 10 + 10 + 2);
  expect(details.slice(-2)).toEqual([
    '2 more warnings "Kind a/b" are not printed here. Add --json to see all of them.',
    '1 more warning "Kind g/h" is not printed here. Add --json to see all of them.',
  ]);
});

test("ten warnings are all printed", () => expect(fewWarnings(many(10))).toEqual(many(10)));

test("only files of printed warnings are read, each once; all places are known to who asks", async () => {
  const read: string[] = [];
  const textOf = (file: string) => {
    read.push(file);
    return "name: a\nother: b\n";
  };
  const warnings = many(600).map((problem, at) => ({
    ...problem,
    place: { file: `${at}.yaml`, document: 0, path: ["other"], at: "value" as const },
  }));
  const located = await locate(warnings, textOf);
  const text = renderDiagnostics(located, { textOf, width: 80, color: false });
  expect(text).toContain("9.yaml:2:8");
  expect(text).toContain('590 more warnings "Kind a/b"');
  expect(new Set(read).size).toBe(10);
  expect(located.map(({ place }) => place)).toEqual(
    warnings.map(({ place: { file } }) => ({ file, line: 2, column: 8, length: 1 })),
  );
});
