import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isObject, type Json } from "../../../src/json.ts";
import { editDocument } from "../../../src/project/yaml/edit-yaml.ts";
import { parseYaml } from "../../../src/project/yaml/parse.ts";

const text = `# what we own
type: database
name: sales
---
# the orders
type: table
database: sales # of sales
name: orders
format: csv
columns:
  - { name: id, type: bigint } # the key
  - name: note
    # free text
    type: string
partitions: [{ name: day, type: date }]
---
type: database
name: other
`;

/** New values of a document; before it is as it is written. */
function edit(after: Readonly<Record<string, Json | undefined>>, source = text, index = 1): string | null {
  const document = parseYaml("all.yaml", source).documents[index];
  const before = isObject(document) ? document : {};
  const edits = Object.entries(after).map(([key, value]) => [key, { before: before[key], after: value }] as const);
  return editDocument({ file: "all.yaml", text: source }, index, Object.fromEntries(edits));
}

describe("editing a document", () => {
  test("keeps a variable whose value stays, and comments beside what changes", () => {
    const written =
      'type: table\ncolumns:\n  - { name: id, type: "${var.id}" }\n  - name: note\n    type: string # free text\nformat: csv # for now\n';
    const declared = [
      { name: "id", type: "bigint" },
      { name: "note", type: "string" },
    ];
    const edited = editDocument({ file: "all.yaml", text: written }, 0, {
      columns: {
        before: declared,
        after: [
          { name: "id", type: "bigint" },
          { name: "note", type: "varchar(9)" },
        ],
      },
      format: { before: "csv", after: "parquet" },
    });
    expect(edited).toBe(
      written.replace("type: string #", 'type: "varchar(9)" #').replace("format: csv #", "format: parquet #"),
    );
  });

  test("keeps the line ends of the file", () => {
    const windows = text.replaceAll("\n", "\r\n");
    expect(edit({ format: "parquet" }, windows)).toBe(windows.replace("format: csv", "format: parquet"));
  });

  test("changes items by name and keeps comments, order of keys and the other documents", () => {
    const edited = edit({
      columns: [
        { name: "id", type: "decimal(18,2)" },
        { name: "extra", type: "string", nullable: false },
        { name: "note", type: "string" },
      ],
      format: "parquet",
    });
    expect(edited).toBe(
      text
        .replace("format: csv", "format: parquet")
        .replace(
          "{ name: id, type: bigint } # the key\n",
          '{ name: id, type: "decimal(18,2)" } # the key\n  - { name: extra, type: string, nullable: false }\n',
        ),
    );
  });

  test("takes keys away and adds new ones at the end", () => {
    const edited = edit({ partitions: undefined, location: "raw/it's: here" });
    expect(edited).toContain(`type: string\nlocation: "raw/it's: here"\n---`);
    expect(edited).not.toContain("partitions");
  });

  test("keeps lists in brackets on their line", () => {
    expect(edit({ partitions: [{ name: "day", type: "string" }] })).toContain(
      "partitions: [{ name: day, type: string }]",
    );
  });

  test("edits the first document with the comments above it", () => {
    expect(edit({ comment: "ours" }, text, 0)).toBe(text.replace("name: sales\n", "name: sales\ncomment: ours\n"));
  });

  test("refuses what has errors, what repeats parts by name, and a document that is not there", () => {
    expect(edit({ format: "csv" }, "type: [")).toBeNull();
    expect(edit({ format: "csv" }, "type: table\na: &a { b: c }\nd: *a\n", 0)).toBeNull();
    expect(edit({ format: "csv" }, text, 7)).toBeNull();
  });

  test("says what it was asked to say, whatever the values are", () => {
    const scalar = fc.oneof(fc.string({ unit: "binary" }), fc.boolean(), fc.integer());
    const columns = fc.uniqueArray(fc.record({ name: fc.string({ minLength: 1 }), type: fc.string() }), {
      selector: (item) => item.name,
    });
    let edits = 0;
    fc.assert(
      fc.property(scalar, columns, (comment, items) => {
        const edited = edit({ comment, columns: items });
        // What can't be written without a doubt is refused.
        if (edited === null) return;
        edits++;
        const { documents, diagnostics } = parseYaml("all.yaml", edited);
        expect(diagnostics).toEqual([]);
        expect(documents[1]).toMatchObject({ comment, columns: items, name: "orders" });
      }),
    );
    expect(edits).toBeGreaterThan(50);
  });
});
