import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeContent } from "../../../src/catalog/schema/content.ts";
import { type Layouts, readAlike, rememberLayout } from "../../../src/catalog/schema/csv/alike.ts";
import { readCsvSchema } from "../../../src/catalog/schema/csv/csv.ts";
import type { FileSchema } from "../../../src/catalog/schema/file.ts";
import { kindOfBytes } from "../../../src/catalog/schema/infer-bytes.ts";
import { kindOf } from "../../../src/catalog/schema/infer-scalar.ts";
import { readSchema } from "../../../src/catalog/schema/reader.ts";
import { columnsText, type Files, reading, storageOf } from "./memory.ts";

const contentOf = (text: string | Uint8Array) => ({
  head: typeof text === "string" ? new TextEncoder().encode(text) : text,
  whole: true,
  tail: new Uint8Array(),
  compression: "none" as const,
});

const fullLook = (path: string, text: string | Uint8Array): FileSchema =>
  readCsvSchema(decodeContent(path, contentOf(text)), { csv: {}, nullPadding: false });

/** What is seen at a glance of a file, when another one was read before it; `null` when that is not enough. */
function glance(first: string, path: string, text: string | Uint8Array): FileSchema | null {
  const layouts: Layouts = [];
  rememberLayout(layouts, contentOf(first), fullLook("first.csv", first));
  return readAlike(layouts, path, contentOf(text));
}

/** Types of the files of a folder, all of them looked into. */
async function typesOf(files: Files): Promise<string> {
  return columnsText((await reading(files, { sampleSize: "all" })).columns);
}

describe("at a glance", () => {
  const header = "id,name,price\n";
  const first = `${header}1,Ann,1.5\n`;

  test.each([
    ["rows", "2,Bob,2.5\n3,Eve,\n"],
    ["no rows", ""],
    ["no line end at the end", "2,Bob,2.5"],
    ["an empty value at the end", "2,Bob,"],
    ["quotes around delimiters and line breaks", '2,"Bob; the ""b"", or\nB.",2.5\n"3", "x" ,""\n'],
    ["other delimiters in values", "2,a;b;c;d;e,2.5\n3,a|b|c|d|e,1\n"],
    ["letters that take several bytes", "2,Bjørn 😀,2.5\n"],
  ])("%s", (_, rows) => {
    const found = glance(first, "second.csv", header + rows);
    expect(found).toEqual(fullLook("second.csv", header + rows));
  });

  test("types are those of the file's own values, up to the last one", () => {
    const rows = Array.from({ length: 2000 }, (_, index) => `${index},x,${index}\n`).join("");
    const types = (text: string) =>
      glance(first, "second.csv", header + text)?.columns.map((column) => column.type.kind);
    expect(types(rows)).toEqual(["int", "string", "int"]);
    expect(types(`${rows}1,x,0.5`)).toEqual(["int", "string", "float"]);
    expect(types(`${rows}007,x,1`)).toEqual(["string", "string", "int"]);
    expect(types(`${rows}1,x,1_000`)).toEqual(["int", "string", "string"]);
  });

  test.each([
    ["another header", "id,name,prices\n2,Bob,1\n"],
    ["another order of columns", "name,id,price\nBob,2,1\n"],
    ["another delimiter", "id;name;price\n2;Bob;1\n"],
    ["another delimiter in the rows", "id,name,price\n2;Bob;1\n"],
    ["a byte order mark", `\ufeff${header}2,Bob,1\n`],
    ["other line ends", "id,name,price\r\n2,Bob,1\r\n"],
    ["other line ends in a row", `${header}2,Bob,1\n3,Eve,1\r\n`],
    ["a lone CR", `${header}2,Bob,1\r3,Eve,1\n`],
    ["a row too long", `${header}2,Bob,1,2\n`],
    ["a row too short", `${header}2,Bob\n`],
    ["an empty line", `${header}2,Bob,1\n\n3,Eve,1\n`],
    ["single quotes", `${header}2,'Bob',1\n`],
    ["a quote that is never closed", `${header}2,"Bob,1\n`],
    ["text after a closing quote", `${header}2,"Bob"by,1\n`],
  ])("%s is not enough", (_, text) => {
    expect(glance(first, "second.csv", text)).toBeNull();
  });

  test("a file under another kind of name is looked at in full", () => {
    expect(glance(first, "second.json", first)).toBeNull();
    expect(glance(first, "second.csv.gz", first)).toBeNull();
  });

  test.each([
    ["two delimiters that could be it", "a,b;c\n1,2;3\n"],
    ["one column", "a\n1\n"],
    ["quoted names", '"a","b"\n1,2\n'],
    ["single quotes around values", "a,b\n1,'x,y'\n2,'z'\n"],
    ["what looks like JSON", "[a,b\n1,2\n"],
  ])("%s is not remembered", (_, text) => {
    expect(glance(text, "second.csv", text)).toBeNull();
  });

  test("bytes that are no text are told as ever", () => {
    const bytes = new TextEncoder().encode(`${header}2,B?b,1\n`);
    bytes[bytes.indexOf(63)] = 0xff;
    expect(() => glance(first, "second.csv", bytes)).toThrow('"second.csv" is not UTF-8 text: byte 18, in line 2');
    expect(() => glance(first, "second.csv", `${header}2,B\0b,1\n`)).toThrow("holds a NUL character in line 2");
  });
});

describe("many files", () => {
  test("what only the last row of one file needs is seen", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`t/f${index}.csv`, `a,b,c,d\n${"1,2,2024-01-01,true\n".repeat(500)}`]),
    );
    expect(await typesOf(files)).toBe("a bigint, b bigint, c date, d boolean");
    const last = (row: string) => ({ ...files, "t/f25.csv": `${files["t/f25.csv"]}${row}` });
    expect(await typesOf(last("0.5,2,2024-01-01,true"))).toBe("a double, b bigint, c date, d boolean");
    expect(await typesOf(last("1,007,2024-01-01,true"))).toBe("a bigint, b string, c date, d boolean");
    expect(await typesOf(last("1,2,2024-02-30,true"))).toBe("a bigint, b bigint, c string, d boolean");
    expect(await typesOf(last("1,2,2024-02-29 10:00:00,t"))).toBe("a bigint, b bigint, c timestamp, d string");
    expect(await typesOf(last('1,2,2024-01-01,"true"\n'))).toBe("a bigint, b bigint, c date, d boolean");
  });

  test("each file is read by its own dialect and order of columns", async () => {
    const found = await reading(
      {
        ...Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`t/f${index + 10}.csv`, "id,name,\n1,x,2\n"])),
        "t/g.csv": "name,id,\nx,1,2\n",
        "t/h.csv": "id,name,\r\n1,x,2\r\n",
        "t/i.csv": "\ufeffid,name,\n1,x,2\n",
        "t/j.csv": "id;name;\n1;x,y;2\n",
        "t/k.csv": gzipSync("id,name,\n1,x,2\n"),
        "t/l.csv": "id,name,\n1,'x,y',2\n2,'z',3\n",
      },
      { sampleSize: "all" },
    );
    expect(
      found.groups.map(({ columns, csv, files }) => [
        columns.map((column) => column.name).join(),
        `${csv?.delimiter}${csv?.quote} ${csv?.compression} ${JSON.stringify(csv?.newline)}`,
        files.length > 2 ? files.length : files.join(),
      ]),
    ).toEqual([
      ["id,name,col_2", '," none "\\n"', 21],
      ["name,id,col_2", '," none "\\n"', "t/g.csv"],
      ["id,name,col_2", '," none "\\r\\n"', "t/h.csv"],
      ["id,name,col_2", ';" none "\\n"', "t/j.csv"],
      ["id,name,col_2", '," gzip "\\n"', "t/k.csv"],
      ["id,name,col_2", ',\' none "\\n"', "t/l.csv"],
    ]);
  });

  test("without headers the first rows do not make files alike", async () => {
    const files = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`t/f${index}.csv`, "1,2\n3,4\n"]));
    const found = await reading({ ...files, "t/f3.csv": "1,2\n3,x\n" }, { sampleSize: "all", csv: { header: false } });
    expect(columnsText(found.columns)).toBe("col_0 bigint, col_1 string");
  });

  test("a row that does not fit is told with its file and line", async () => {
    const files = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`t/f${index}.csv`, "a,b\n1,2\n"]));
    const storage = await storageOf({ ...files, "t/f19.csv": "a,b\n1,2\n1,2,3\n" });
    await expect(readSchema(storage, "t", { sampleSize: "all" })).rejects.toThrow(
      '"t/f19.csv" has 3 fields in line 3, but its header has 2',
    );
  });
});

const value = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^-?0?\d{0,20}(\.\d{0,4})?([eE][+-]?\d{1,2})?$/) },
  {
    weight: 4,
    arbitrary: fc.stringMatching(
      /^\d{4}-[01]\d-[0-3]\d([ T][0-2]\d:[0-6]\d(:[0-6]\d(\.\d{0,10})?)?(Z|\+\d\d(:?\d\d)?)?)?$/,
    ),
  },
  { weight: 2, arbitrary: fc.stringMatching(/^ ?(true|FALSE|tRue|fals|nan|NaN|-?inf|Infinity|x|é|😀|tes.) ?$/) },
  fc
    .date({ min: new Date("1890-01-01"), max: new Date("2110-01-01"), noInvalidDate: true })
    .map((at) => at.toISOString()),
  fc.constantFrom(
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    ".",
    "-",
    "-.",
    "1.",
    ".5",
    "+1",
  ),
  fc.string({
    unit: fc.constantFrom("0", "1", "9", "-", ".", ":", "T", "Z", " ", "e", "/"),
    minLength: 1,
    maxLength: 12,
  }),
);

test("a value in bytes is of the kind that it is of as text", () => {
  fc.assert(
    fc.property(
      value.filter((text) => text !== ""),
      fc.string({ maxLength: 3 }),
      (text, around) => {
        const bytes = new TextEncoder().encode(`${around}${text}0${around}`);
        const from = new TextEncoder().encode(around).length;
        const to = from + new TextEncoder().encode(text).length;
        expect(kindOfBytes(bytes, from, to)).toBe(kindOf(text, 0, text.length));
      },
    ),
    { numRuns: 20_000 },
  );
});

test("what is seen at a glance is what the full look gives", () => {
  const cell = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom("1", "-2", "0.5", "x", "", "true", "2024-01-31", "2024-01-31 10:20:30Z", "00"),
    },
    fc.constantFrom(
      '"a,b"',
      '"a\nb"',
      '"a;b|c"',
      '"1"',
      ' "x"',
      '"x" ',
      '"',
      "'x'",
      "'",
      "a;b",
      "\t",
      "|",
      ";",
      ",",
      " ",
      "\r",
      "\n",
      "é",
    ),
    value,
  );
  const body = fc.record({
    rows: fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { maxLength: 5 }),
    end: fc.constantFrom("\n", "\n", "\r\n"),
    isEnded: fc.boolean(),
  });
  const text = ({ rows, end, isEnded }: { rows: string[][]; end: string; isEnded: boolean }, header: string) =>
    [header, ...rows.map((row) => row.join(","))].join(end) + (isEnded ? end : "");
  let glances = 0;
  fc.assert(
    fc.property(body, body, fc.constantFrom("a,b,c", "a,,c", "a,a,c", "a b;,c|d,e"), (first, second, header) => {
      const [before, after] = [text(first, header), text(second, header)];
      const found = attempt(() => glance(before, "second.csv", after));
      if (found === "failed" || found === null) return;
      glances++;
      expect(found).toEqual(fullLook("second.csv", after));
    }),
    { numRuns: 5_000 },
  );
  expect(glances).toBeGreaterThan(200);
});

function attempt<T>(work: () => T): T | "failed" {
  try {
    return work();
  } catch {
    return "failed";
  }
}
