import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Diagnostic, error, warning } from "../../src/diagnostic/diagnostic.ts";
import { diagnosticJson, renderDiagnostics } from "../../src/diagnostic/frame.ts";
import { layOut } from "../../src/diagnostic/source.ts";

const workflow =
  "type: workflow\nnamespace: table\ncommand: infer\ndag:\n\n  - id: step_1\n    operator: table:infr\n    timeout: 2h\n";
const unknownOperator = error({
  code: "step/unknown-operator",
  summary: "Unknown operator",
  detail:
    'Step "step_1" calls operator "table:infr", which is not declared in this project. Did you mean "table:infer"?',
  place: { file: "workflows/infer.yaml", line: 7, column: 15, length: 10 },
});

function render(diagnostics: readonly Diagnostic[], text: string | null = workflow, width = 76, color = false): string {
  return renderDiagnostics(diagnostics, { textOf: () => text, width, color });
}

const at = (line: number, column: number, length: number, file = "a.yaml") =>
  error({ code: "a/b", summary: "Bad", detail: "Fix it.", place: { file, line, column, length } });

describe("renderDiagnostics", () => {
  it("prints summary, place, frame and wrapped detail", () => {
    expect(render([unknownOperator])).toBe(`Error: Unknown operator

    workflows/infer.yaml:7:15
    6 |   - id: step_1
    7 |     operator: table:infr
      |               ^^^^^^^^^^
  Step "step_1" calls operator "table:infr", which is not declared in this
  project. Did you mean "table:infer"?
`);
  });

  it("leaves out a blank line of context, and context before the first line", () => {
    expect(render([at(6, 5, 2)])).toContain("a.yaml:6:5\n    6 |   - id: step_1\n      |     ^^\n");
    expect(render([at(1, 1, 4)])).toContain("a.yaml:1:1\n    1 | type: workflow\n      | ^^^^\n");
  });

  it("keeps line numbers of different length in one column", () => {
    const text = Array.from({ length: 10 }, (_, index) => `line ${index + 1}`).join("\r\n");
    expect(render([at(10, 1, 4)], text)).toContain("     9 | line 9\n    10 | line 10\n       | ^^^^\n");
  });

  it("prints the place alone when the text is not known or has no such line", () => {
    expect(render([at(3, 1, 1)], null)).toBe("Error: Bad\n\n    a.yaml:3:1\n  Fix it.\n");
    expect(render([at(99, 1, 1)])).toBe("Error: Bad\n\n    a.yaml:99:1\n  Fix it.\n");
    expect(render([{ ...at(1, 1, 1), place: { file: "a.yaml" } }])).toBe("Error: Bad\n\n    a.yaml\n  Fix it.\n");
  });

  it("prints warnings, several with a blank line between, and nothing for none", () => {
    const plain = warning({ code: "a/b", summary: "Odd", detail: "Look at it." });
    expect(render([plain, plain])).toBe("Warning: Odd\n\n  Look at it.\n\nWarning: Odd\n\n  Look at it.\n");
    expect(render([])).toBe("");
  });

  it("shows related places under their label", () => {
    const related = [{ label: "First declared here", place: { file: "b.yaml", line: 2, column: 12, length: 5 } }];
    expect(render([{ ...at(3, 1, 7), related }])).toBe(`Error: Bad

    a.yaml:3:1
    2 | namespace: table
    3 | command: infer
      | ^^^^^^^
  Fix it.
  First declared here:
    b.yaml:2:12
    1 | type: workflow
    2 | namespace: table
      |            ^^^^^
`);
  });

  it("keeps an indented line of the detail whole", () => {
    const command = `    mason state unlock ${"0123456789".repeat(8)}`;
    const text = render(
      [error({ code: "a/b", summary: "Held", detail: `Another apply runs. To end it:\n${command}` })],
      null,
      20,
    );
    expect(text).toBe(`Error: Held\n\n  Another apply\n  runs. To end it:\n  ${command}\n`);
  });

  it("colours only when asked, and ends every colour", () => {
    const coloured = render([unknownOperator], workflow, 76, true);
    expect(coloured).toContain("\u001b[31m^^^^^^^^^^\u001b[39m");
    expect(coloured.replace(/\u001b\[\d+m/g, "")).toBe(render([unknownOperator]));
  });

  it("makes control characters and text direction visible, everywhere", () => {
    const evil = "a\u001b[2Jb\u202ec";
    const text = render(
      [
        {
          ...error({ code: "a/b", summary: evil, detail: evil }),
          place: { file: evil, line: 1, column: 1, length: 1 },
        },
      ],
      evil,
    );
    expect(text.match(/a\\u\{1b\}\[2Jb\\u\{202e\}c/g)).toHaveLength(4);
    expect(text).not.toMatch(/[\u001b\u202e]/);
  });

  it("never prints a control character of the user's, whatever the text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.string({ unit: "binary" }),
        fc.integer({ min: 1, max: 9 }),
        (detail, source, column) => {
          const text = render([{ ...at(1, column, 3), detail }], source);
          expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
        },
      ),
    );
  });
});

describe("layOut", () => {
  const marked = (line: string, column: number, length: number, width = 60) => {
    const { text, indent, mark } = layOut(line, column, length, width);
    return text.slice(indent, indent + mark);
  };

  it("expands tabs and escapes before it counts columns", () => {
    expect(layOut("\tname: x", 2, 4, 60)).toEqual({ text: "    name: x", indent: 4, mark: 4 });
    expect(layOut("a\u001bb: x", 3, 1, 60)).toEqual({ text: "a\\u{1b}b: x", indent: 7, mark: 1 });
  });

  it("counts wide and combining characters as the terminal does", () => {
    expect(layOut("表: x", 4, 1, 60)).toEqual({ text: "表: x", indent: 4, mark: 1 });
    expect(layOut("e\u0301: x", 5, 1, 60)).toEqual({ text: "e\u0301: x", indent: 3, mark: 1 });
    expect(layOut("🙂 x", 4, 1, 60)).toEqual({ text: "🙂 x", indent: 3, mark: 1 });
  });

  it("marks one column behind the end where something is missing", () => {
    expect(layOut("abc", 4, 1, 60)).toEqual({ text: "abc", indent: 3, mark: 1 });
    expect(layOut("abc", 90, 5, 60)).toEqual({ text: "abc", indent: 3, mark: 1 });
    expect(layOut("", 1, 1, 60)).toEqual({ text: "", indent: 0, mark: 1 });
  });

  it("cuts a long line around the mark", () => {
    const line = `${"a".repeat(500)}HERE${"b".repeat(500)}`;
    const { text } = layOut(line, 501, 4, 30);
    expect(text).toBe(`...${"a".repeat(10)}HERE${"b".repeat(10)}...`);
    expect(marked(line, 501, 4, 30)).toBe("HERE");
    expect(layOut(line, 1, 1, 30).text).toBe(`${"a".repeat(24)}...`);
  });

  it("never exceeds the width and always marks within the text", () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 200 }),
        fc.integer({ min: 1, max: 210 }),
        fc.integer({ min: 1, max: 210 }),
        fc.integer({ min: 20, max: 90 }),
        (line, column, length, width) => {
          const laid = layOut(line, column, length, width);
          expect(laid.text.length).toBeLessThanOrEqual(width);
          expect(laid.indent + laid.mark).toBeLessThanOrEqual(width);
          expect(laid.indent).toBeLessThanOrEqual(laid.text.length);
        },
      ),
    );
  });
});

describe("diagnosticJson", () => {
  it("holds what the diagnostic says, and no field that is absent", () => {
    expect(diagnosticJson(unknownOperator)).toEqual({ ...unknownOperator });
    expect(Object.keys(diagnosticJson(warning({ code: "a/b", summary: "Odd", detail: "Look." })))).toEqual([
      "severity",
      "code",
      "summary",
      "detail",
    ]);
  });

  it("gives a place that nobody has located as its file", () => {
    const place = { file: "a.yaml", document: 0, path: ["name"], at: "value" } as const;
    const related = [{ label: "First", place }];
    expect(diagnosticJson({ ...unknownOperator, place, related, address: "table.a.b" })).toMatchObject({
      place: { file: "a.yaml" },
      related: [{ label: "First", place: { file: "a.yaml" } }],
      address: "table.a.b",
    });
  });
});
