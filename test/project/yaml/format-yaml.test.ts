import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatFile } from "../../../src/project/yaml/format-yaml.ts";
import { parseYaml } from "../../../src/project/yaml/parse.ts";

const format = (text: string, file = "a.yaml") => {
  const formatted = formatFile({ file, text });
  return formatted.kind === "changed" ? formatted.text : formatted.kind;
};

describe("formatFile", () => {
  it("orders keys as the schema does, type first, and indents by two", () => {
    expect(format("name: sales\nconfig_id: 5\ntype:   database\n")).toBe("type: database\nname: sales\nconfig_id: 5\n");
    expect(format("command: x\nnamespace: y\ntype: workflow\ndag:\n- {operator: table:get,   id: a}\n")).toBe(
      "type: workflow\nnamespace: y\ncommand: x\ndag:\n  - { id: a, operator: table:get }\n",
    );
  });

  it("orders parameters of an operator, which may be names or objects", () => {
    const text = "type: operator\nnamespace: a\ncommand: b\nparameters:\n  required: [x, {type: integer, name: y}]\n";
    expect(format(text)).toContain("required: [x, { name: y, type: integer }]");
  });

  it("takes comments along with what they stand above or behind", () => {
    const text = "# the file\n\n# who\nname: sales # here\n# what\ntype: database\n# end\n";
    expect(format(text)).toBe("# the file\n\n# what\ntype: database\n# who\nname: sales # here\n\n# end\n");
    expect(format("# the file\nname:  a\ntype: database\n")).toBe("# the file\ntype: database\nname: a\n");
  });

  it("keeps scalars as they are written", () => {
    const written = [`'it''s'`, '"a\\tb"', "0x1F", "1.50", "12345678901234567", "~", "+1", "0o17", "yes"];
    const lines = written.map((value, index) => `    p${index}: ${value}\n`).join("");
    expect(format(`name: d\ntype: deployment\nparameters:\n${lines}`)).toBe(
      `type: deployment\nname: d\nparameters:\n${lines.replaceAll("    ", "  ")}`,
    );
  });

  it("keeps the lines of block scalars and does not fold long text", () => {
    const long = "word ".repeat(60).trim();
    const text = `type: operator\nnamespace: a\ncommand: b\nsql: |\n      select 1\n        from x\n\n      where y\ndescription: >-\n    one\n    two\n\n      three\noutputs: []\nmodule: ${long}\n`;
    expect(format(text)).toBe(
      `type: operator\nnamespace: a\ncommand: b\ndescription: >-\n  one\n  two\n\n    three\noutputs: []\nsql: |\n  select 1\n    from x\n\n  where y\nmodule: ${long}\n`,
    );
  });

  it("keeps several documents and their markers", () => {
    const text = "---\n# a\n\nname: a\ntype: database\n---\n# b\n\n# what\ntype: database\nname:   b\n";
    expect(format(text)).toBe("---\n# a\n\ntype: database\nname: a\n---\n# b\n\n# what\ntype: database\nname: b\n");
  });

  it("makes blocks of brackets that span lines", () => {
    expect(
      format("type: database\nname: a\nlifecycle: {\n  prevent_destroy: true, # keep\n  delete_data: no\n  }\n"),
    ).toBe("type: database\nname: a\nlifecycle:\n  prevent_destroy: true # keep\n  delete_data: no\n");
  });

  it("moves nothing where there are aliases", () => {
    const text = "name: &n sales\ncomment: *n\ntype:  database\n";
    expect(format(text)).toBe("name: &n sales\ncomment: *n\ntype: database\n");
  });

  it("orders mason.yaml by its own schema, and leaves other files alone", () => {
    expect(format("default_config: 6\nname: x\n", "mason.yaml")).toBe("name: x\ndefault_config: 6\n");
    expect(format("b:   1\na: 2\n")).toBe("other");
    expect(format("type:   Opaque\nkind: Secret\n")).toBe("other");
    expect(format("")).toBe("other");
    expect(format("# only a comment\n", "mason.yaml")).toBe("same");
  });

  it("reports syntax errors and changes nothing", () => {
    const formatted = formatFile({ file: "a.yaml", text: "type: database\nname: [a\n" });
    expect(formatted).toMatchObject({ kind: "broken", diagnostics: [{ severity: "error" }] });
  });

  it("reads a key without a value, in every form", () => {
    expect(format("name: d\n? note # why\n? other\ntype: database\n")).toBe(
      "type: database\nname: d\nnote: # why\nother:\n",
    );
    expect(format("type: database\ntags: {? a,   b}\n")).toBe("type: database\ntags: { a, b }\n");
  });

  it("normalises line ends", () => {
    expect(format("type: database\r\nname: a\r\ncomment: |\r\n    x\r\n    y\r\n")).toBe(
      "type: database\nname: a\ncomment: |\n  x\n  y\n",
    );
  });
});

const scalar = fc.constantFrom(
  "a",
  "1",
  "1.50",
  "0x1f",
  "null",
  "~",
  "true",
  "'q ''x'''",
  '"d \\" \\n"',
  "a b  c",
  '"# no comment"',
  "a#b",
  "[]",
  "{}",
  "-1",
  "2026-01-01",
);
const comment = fc.constantFrom("", "", "", " # why", "   #x");
const above = fc.constantFrom("", "", "", "\n", "# above\n", "\n# far\n\n", "\n\n");
const block = fc.constantFrom("|\n", "|-\n", ">\n", ">-\n", "|+\n");
const words = fc.array(fc.constantFrom("one", "  two", "", "three four", "# five"), { minLength: 1, maxLength: 4 });

/** Lines of a value behind `key:`, at some depth. */
const value = (depth: number): fc.Arbitrary<string> => {
  const pad = "   ".repeat(depth + 1);
  const line = fc.tuple(scalar, comment).map(([text, end]) => ` ${text}${end}\n`);
  const blockText = fc
    .tuple(block, words)
    .map(
      ([head, lines]) => ` ${head}${["x", ...lines].map((text) => (text === "" ? "\n" : `${pad}${text}\n`)).join("")}`,
    );
  const flow = fc.array(scalar, { maxLength: 3 }).map((items) => ` [${items.join(" , ")}]\n`);
  const flowMap = fc
    .array(scalar, { maxLength: 3 })
    .map((items) => ` {${items.map((item, index) => `k${index}: ${item}`).join(", ")}}\n`);
  const quoted = fc
    .constantFrom('"one\n', "one\n")
    .map((start) => ` ${start}${pad}two${start.startsWith('"') ? '"' : ""}\n`);
  if (depth > 2) return fc.oneof(line, flow);
  const nested = mapping(depth + 1).map((text) => `\n${text}`);
  const list = fc
    .array(line, { minLength: 1, maxLength: 3 })
    .map((items) => `\n${items.map((item) => `${pad}-${item}`).join("")}`);
  return fc.oneof(line, line, blockText, flow, flowMap, quoted, nested, list);
};

const keys = ["name", "description", "config_id", "steps", "parameters", "owner", "zzz", "tags"];
function mapping(depth: number): fc.Arbitrary<string> {
  const pad = "   ".repeat(depth);
  return fc
    .tuple(
      fc.shuffledSubarray(keys, { minLength: 1 }),
      fc.array(fc.tuple(above, value(depth)), { minLength: 8, maxLength: 8 }),
      fc.array(fc.constantFrom("plain", "plain", "plain", "no value", "marked"), { minLength: 8, maxLength: 8 }),
    )
    .map(([names, parts, forms]) =>
      names
        .map((name, index) => {
          const [before = "", text = ""] = parts[index] ?? [];
          const form = forms[index] ?? "plain";
          const written =
            form === "plain" || depth > 1
              ? `${name}:${text}`
              : form === "no value"
                ? `? ${name}\n`
                : `? ${name}\n${pad}:${text}`;
          return `${before.replace(/^(?=#)/gm, pad)}${pad}${written}`;
        })
        .join(""),
    );
}
const document = fc
  .tuple(mapping(0), fc.constantFrom("deployment", "database", "table"), fc.boolean())
  .map(([text, type, first]) => (first ? `type: ${type}\n${text}` : `${text}type: ${type}\n`));

describe("formatting anything", () => {
  it("comes to an end, and keeps values and comments", () => {
    let formatted = 0;
    fc.assert(
      fc.property(fc.array(document, { minLength: 1, maxLength: 2 }), (documents) => {
        const text = documents.join("---\n");
        const before = parseYaml("a.yaml", text);
        fc.pre(before.diagnostics.length === 0);
        const once = format(text);
        if (once === "same" || once === "doubtful") return;
        formatted++;
        expect(format(once)).toBe("same");
        expect(parseYaml("a.yaml", once).documents).toEqual(before.documents);
      }),
      { numRuns: 200 },
    );
    expect(formatted).toBeGreaterThan(120);
  });
});
