/** Where the table of a delimited file starts and whether its first row is a header. Each fallback leaves a note. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columnsText, reading } from "./memory.ts";

const read = async (text: string | Uint8Array, options: Parameters<typeof reading>[1] = {}, name = "a.csv") => {
  const found = await reading({ [name]: text }, options, name);
  return { columns: columnsText(found.columns), notes: found.notes, csv: found.csv };
};

describe("lines above the table", () => {
  test.each([
    ["Extract of 2026-01-06\nid;name;qty\n1;a;2\n", ";", 1],
    ["Report for March\n\nid\tname\n1\ta\n", "\t", 2],
    ["UTF-8\nid|name|q\n1|a|2\n", "|", 1],
    ["# exported\n# by x\nid,name\n1,a\n2,b\n", ",", 2],
    ["# exported by x, y\nid,name\n1,a\n", ",", 1],
    ["Report,,\nid,name,q\n1,a,2\n", ",", 1],
    ["\n\nid,name\r\n1,a\r\n".replaceAll("\r", ""), ",", 2],
    ["Extract\r\nid;name\r\n1;a\r\n", ";", 1],
  ])("%j", async (text, delimiter, skip) => {
    const { columns, notes, csv } = await read(text);
    expect(columns).toMatch(/^id bigint, name string/);
    expect(csv).toMatchObject({ delimiter, skip, header: true });
    expect(notes).toEqual([expect.stringContaining("left out")]);
    expect((await read(text, { csv: { skip } })).notes).toEqual([]);
  });

  test("skip: 0 keeps them", async () => {
    const { csv } = await read("Extract of x\nid;name\n1;a\n", { csv: { skip: 0 } });
    expect(csv?.skip).toBeUndefined();
  });

  test("a header of comments' form, a short header and a single column stay as they are", async () => {
    expect((await read("# id,name\n1,a\n2,b\n")).columns).toBe("# id bigint, name string");
    await expect(read("a,b\n1,2,3\n4,5,6\n")).rejects.toThrow(/has 3 fields in line 2/);
    expect((await read("name\nAnn;x\nBob;y\n", {}, "a.txt")).notes).toEqual([expect.stringContaining('";"')]);
    expect(await read("name\nAnn\nBob\n")).toMatchObject({ columns: "name string", notes: [] });
  });

  test.each([";", ",", "\t", "|", "~"])("sep=%s", async (delimiter) => {
    const text = `sep=${delimiter}\r\nid${delimiter}name\r\n1${delimiter}a\r\n2${delimiter}b\r\n`;
    const { columns, csv, notes } = await read(text);
    expect(columns).toBe("id bigint, name string");
    expect(csv).toMatchObject({ delimiter, skip: 1, newline: "\r\n" });
    expect(notes).toEqual([expect.stringContaining("names the delimiter")]);
  });
});

describe("the first row", () => {
  test.each([
    ["1,2.5\n2,3.5\n", "col_0 bigint, col_1 double"],
    ["1,a\n2,b\n", "col_0 bigint, col_1 string"],
    ["2024-01-01,x\n2024-01-02,y\n", "col_0 date, col_1 string"],
    ["1,2\n", "col_0 bigint, col_1 bigint"],
    ["Ann,1,2024-01-01\nBob,2,2024-01-02\n", "col_0 string, col_1 bigint, col_2 date"],
    ["Report of May\n1,2\n3,4\n", "col_0 bigint, col_1 bigint"],
  ])("%j is data, with a note", async (text, columns) => {
    const found = await read(text);
    expect(found.columns).toBe(columns);
    expect(found.csv?.header).toBe(false);
    expect(found.notes.join(" ")).toContain("csv.header");
    expect((await read(text, { csv: { header: true } })).columns).not.toBe(columns);
  });

  test.each([
    ["country,2019,2020\nFR,1,2\nDE,3,4\n", 1],
    ["id,1\nx,a\n", 1],
    ["id,5\n1,6\n2,7\n", 1],
    ["2.5,x,name\n3.5,1,a\n4.5,2,b\n", 1],
    ["when,2024-01-01\n2024-02-01,2024-02-02\n", 1],
    ["id,name\n1,a\n", 0],
    ["a,b\nc,d\n", 0],
  ])("%j is a header", async (text, notes) => {
    const found = await read(text);
    expect(found.csv?.header).toBe(true);
    expect(found.notes).toHaveLength(notes);
  });

  test("known names decide", async () => {
    expect((await read("2019,2020\n1,2\n", { names: ["2020"] })).csv?.header).toBe(true);
  });

  test.each(["179312716811767970000\n-515126467\n", "179312716811767970000\n179312716811767970001\n", "1e999\n5\n"])(
    "%j is data, though no number type holds it",
    async (text) => {
      const { csv, notes } = await read(text);
      expect([csv?.header, notes.length > 0]).toEqual([false, true]);
    },
  );

  test("a name above numbers that no number type holds is a header", async () => {
    expect((await read("id,n\n179312716811767970000,1\n")).csv?.header).toBe(true);
  });

  test("no row of numbers is ever lost without a word", async () => {
    const cell = fc.oneof(fc.integer().map(String), fc.double({ noNaN: true, noDefaultInfinity: true }).map(String));
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 5 }),
        fc.infiniteStream(cell),
        async (width, height, cells) => {
          const rows = Array.from({ length: height }, () =>
            Array.from({ length: width }, () => cells.next().value).join(","),
          );
          const { csv, notes } = await read(`${rows.join("\n")}\n`);
          expect(csv?.header === false || notes.length > 0).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("odd delimiters and quotes", () => {
  test.each([..."\u0001\u001f~^:!#"])("%j leaves a note, and the setting reads it", async (delimiter) => {
    const text = `${["id", "name", "qty"].join(delimiter)}\n${["1", "a", "2"].join(delimiter)}\n`;
    expect((await read(text)).notes).toEqual([
      expect.stringContaining(`Set csv.delimiter to ${JSON.stringify(delimiter)}`),
    ]);
    expect(await read(text, { csv: { delimiter } })).toMatchObject({
      columns: "id bigint, name string, qty bigint",
      notes: [],
    });
  });

  test("prose leaves a note", async () => {
    const { notes } = await read(
      "These are notes about the data\nthat nobody should read as a table.\n",
      {},
      "notes.txt",
    );
    expect(notes).toEqual([expect.stringContaining("No delimiter was found")]);
  });

  test("an unclosed quote is an error where the file quotes, and a note where it does not", async () => {
    await expect(read('id,v\n1,"abc\n2,def\n3,"x"\n4,y\n')).rejects.toThrow(/line 2/);
    const { columns, notes } = await read('id,v\n1,"abc\n2,def\n');
    expect(columns).toBe("id bigint, v string");
    expect(notes).toEqual([expect.stringContaining("line 2")]);
  });
});

describe("numbers that lose something", () => {
  test.each([
    ["9007199254740993\n0.5", "string"],
    ["0.5\n12345678901234567", "string"],
    ["123456789012345678901\n0.5", "string"],
    ["1e400\n1", "string"],
    ["1e-400\n1.5", "string"],
    ["9007199254740993\n1", "bigint"],
    ["9007199254740992\n0.5", "double"],
    ["0.12345678901234567891\n1", "double"],
    ["-0\n1", "double"],
    ["01234\n5", "string"],
    ["+5\n5", "string"],
    ["1_000\n5", "string"],
  ])("%j is %s", async (values, type) => {
    const { columns, notes } = await read(
      `id,v\n${values
        .split("\n")
        .map((value) => `1,${value}\n`)
        .join("")}`,
    );
    expect(columns).toBe(`id bigint, v ${type}`);
    const isSilent = /^(9007199254740993.1|9007199254740992.0.5|-0.1|01234.5|[+]5.5|1_000.5)$/s.test(values);
    expect(notes).toHaveLength(isSilent ? 0 : 1);
  });

  test("a column of doubles keeps the 15 digits of each value, or says that it does not", async () => {
    const digits = fc.stringMatching(/^[1-9]\d{0,24}(\.\d{1,24})?$/);
    await fc.assert(
      fc.asyncProperty(fc.array(digits, { minLength: 1, maxLength: 4 }), async (values) => {
        const { columns, notes } = await read(`id,v\n${values.map((value) => `1,${value}\n`).join("")}`);
        if (!columns.endsWith("v double") || notes.length > 0) return;
        for (const value of values) {
          const shown = value.includes(".") ? Number(value).toPrecision(17) : BigInt(Number(value)).toString();
          if (value.includes(".")) expect(Number(shown)).toBe(Number(value));
          else expect(shown).toBe(value);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("all values count", () => {
  const filler = (row: (index: number) => string, count: number) =>
    Array.from({ length: count }, (_, index) => row(index));

  test("zip codes in the middle of a large file keep their zeros", async () => {
    const rows = filler((index) => `${index},${10000 + (index % 80000)},xyz`, 250_000);
    rows[100_000] = "100000,01234,x";
    const text = `id,zip,t\n${rows.join("\n")}\n`;
    expect(text.length).toBeGreaterThan(3_000_000);
    expect((await read(text)).columns).toBe("id bigint, zip string, t string");
    const ends = await read(text, { values: "ends" });
    expect(ends.columns).toContain("zip bigint");
    expect(ends.notes).toEqual([expect.stringContaining("predicted from a sample")]);
  });

  test("a field in the middle of large JSON lines is found", async () => {
    const rows = filler((index) => `{"id":${index},"text":"${"x".repeat(20)}"}`, 100_000);
    rows[50_000] = '{"id":1,"rare":true}';
    const { columns } = await read(`${rows.join("\n")}\n`, {}, "a.jsonl");
    expect(columns).toBe("id bigint, text string, rare boolean");
  });

  test("a value anywhere in a large file decides as it does in a small one", async () => {
    const values = ["x", "1.5", "01", "2024-01-01", '"a,b"', "", "-0", "12345678901234567890"];
    await fc.assert(
      // A column that begins with a text is one without a note, so the first row is left out.
      fc.asyncProperty(fc.integer({ min: 1, max: 59_999 }), fc.constantFrom(...values), async (at, value) => {
        const rows = filler((index) => `${index},${index % 7},${"y".repeat(40)}`, 60_000);
        rows[at] = `${at},${value},y`;
        const large = await read(`id,v,t\n${rows.join("\n")}\n`);
        const small = await read(`id,v,t\n1,2,y\n2,${value},y\n`);
        expect(large).toEqual(small);
      }),
      { numRuns: 12 },
    );
  });
});

describe("settings", () => {
  test("all of them", async () => {
    const text = "x\ny\nid;v;d;t;n\n1;1,5;31.12.2024;01.02.2024 10:30;NA\n2;NA;01.01.2025;NA;5\n";
    const csv = {
      delimiter: ";",
      skip: 2,
      decimal: ",",
      date_format: "%d.%m.%Y",
      timestamp_format: "%d.%m.%Y %H:%M",
      null: ["NA"],
      encoding: "utf-16",
    } as const;
    const found = await read(Buffer.from(`\ufeff${text}`, "utf16le"), { csv });
    expect(found.columns).toBe("id bigint, v double, d date, t timestamp, n bigint");
    expect(found.csv).toMatchObject({
      skip: 2,
      decimal: ",",
      nulls: ["NA"],
      encoding: "utf-16",
      dateFormat: "%d.%m.%Y",
    });
    expect(found.notes).toEqual([]);
  });

  test("an encoding that does not fit is an error, and UTF-16 is named", async () => {
    await expect(read(Buffer.from("id\n1\n", "utf16le"))).rejects.toThrow(/csv.encoding/);
    await expect(read("id\n1\n23", { csv: { encoding: "utf-16" } })).rejects.toThrow(/not utf-16/);
    expect((await read(Buffer.from("id,größe\n1,é\n", "latin1"), { csv: { encoding: "latin-1" } })).columns).toBe(
      "id bigint, größe string",
    );
  });

  test("escape, quote and a decimal comma under another delimiter", async () => {
    const { columns } = await read("id,v\n1,'it\\'s, x'\n2,'y'\n", { csv: { quote: "'", escape: "\\" } });
    expect(columns).toBe("id bigint, v string");
    expect((await read("v;w\n1.5;1,5\n", { csv: { decimal: "," } })).columns).toBe("v string, w double");
  });
});
