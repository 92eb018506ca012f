import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { columnsOf, columnsText, reading } from "./memory.ts";

describe("dialects", () => {
  test.each([
    [",", ","],
    ["\t", "\t"],
    ["|", "|"],
    [";", ";"],
  ])("delimiter %j", async (delimiter) => {
    const text = "id,name,price\n1,Ann,1.5\n2,Bob,2\n".replaceAll(",", delimiter);
    const found = await reading({ "t/a.csv": text });
    expect(columnsText(found.columns)).toBe("id bigint, name string, price double");
    expect(found.csv).toEqual({
      delimiter,
      quote: '"',
      header: true,
      compression: "none",
      nullPadding: false,
      newline: "\n",
    });
  });

  test("CRLF and a byte order mark", async () => {
    const found = await reading({ "t/a.csv": "\ufeffid;name\r\n1;Ann\r\n" });
    expect(columnsText(found.columns)).toBe("id bigint, name string");
    expect(found.csv).toMatchObject({ delimiter: ";", newline: "\r\n" });
  });

  test("gzip, also under a name that does not say so", async () => {
    const bytes = gzipSync("id,name\n1,Ann\n");
    for (const name of ["a.csv.gz", "b.csv"]) {
      const found = await reading({ [name]: bytes }, {}, name);
      expect(columnsText(found.columns)).toBe("id bigint, name string");
      expect(found.csv?.compression).toBe("gzip");
    }
  });

  test("line breaks, delimiters and doubled quotes in quotes", async () => {
    const text = 'id,note,"a ""b"""\n1,"two\nlines, and a comma",x\n2, "said ""no""",y\n';
    expect(await columnsOf("a.csv", text)).toBe('id bigint, note string, a "b" string');
  });

  test("single quotes enclose fields when nothing else explains the rows", async () => {
    const found = await reading({ "t/a.csv": "id,name\n1,'Ann, B.'\n2,'Bob'\n" });
    expect(found.csv).toMatchObject({ delimiter: ",", quote: "'" });
    expect(found.notes.join(" ")).toContain("Single quotes enclose values");
    expect((await reading({ "t/a.csv": "'id','name'\n'1','Ann'\n" })).csv).toMatchObject({ quote: "'" });
    const text = await reading({ "t/a.csv": "id,name\n1,'tis\n2,O'Hara\n3,x\n" });
    expect(text.csv).toMatchObject({ quote: '"' });
  });

  test.each(["id,name\n1,'a'\n2,'b'\n", "name\n'a'\n'b'\n", "a,b\n'1','2'\n"])(
    "single quotes that no row needs are a part of the values: %j",
    async (content) => {
      expect((await reading({ "t/a.csv": content })).csv).toMatchObject({ quote: '"' });
      expect((await reading({ "t/a.csv": content }, { csv: { quote: "'" } })).csv).toMatchObject({ quote: "'" });
    },
  );

  test("quotes within a text do not enclose it", async () => {
    const found = await reading({ "t/a.tsv": 'id\tsize\n1\t"big" one\n2\t"\n3\tx\n' });
    expect(found.csv).toMatchObject({ delimiter: "\t", quote: "" });
    expect(columnsText(found.columns)).toBe("id bigint, size string");
  });

  test("neither a decimal comma nor a semicolon in a text is a delimiter", async () => {
    expect((await reading({ "t/a.csv": "a;b\n1,5;2,5\n" })).csv?.delimiter).toBe(";");
    expect((await reading({ "t/a.csv": "id,tags\n1,a;b\n2,c;d\n" })).csv?.delimiter).toBe(",");
  });

  test("one column", async () => {
    expect(await columnsOf("a.csv", "id\n1\n\n3\n")).toBe("id bigint");
    expect(await columnsOf("a.txt", "name\nSmith, John\nDoe, Jane\n")).toBe("name string");
  });

  test("two kinds of line ends are an error, as in engines", async () => {
    await expect(reading({ "t/a.csv": "a,b\n1,2\n3,4\r\n" })).rejects.toThrow(/"t\/a.csv" mixes.*line 3/);
  });
});

describe("types", () => {
  test.each([
    ["1,-2,0", "bigint"],
    ["1,,3", "bigint"],
    ["9223372036854775807,-9223372036854775808", "bigint"],
    ["9223372036854775808", "string"],
    ["1,2.5", "double"],
    ["1e5,.5,-3.", "double"],
    ["1.5,nan,-inf", "double"],
    ["nan", "double"],
    ["007,1", "string"],
    ["007.5", "string"],
    ["+1", "string"],
    ["1_000", "string"],
    ["0x1F", "string"],
    ["1,x", "string"],
    ["true,FALSE,True", "boolean"],
    ["true,1", "string"],
    ["t,f", "string"],
    ["yes,no", "string"],
    ["2024-02-29,2023-12-31", "date"],
    ["2023-02-29", "string"],
    ["2024-1-2", "string"],
    ["2024/01/02", "string"],
    ["20240102", "bigint"],
    ["2024-01-02 03:04:05,2024-01-02T03:04", "timestamp"],
    ["2024-01-02,2024-01-02 03:04:05.123456", "timestamp"],
    ["2024-01-02 03:04:05.123456789", "timestamp(9)"],
    ["2024-01-02T03:04:05Z,2024-01-02 03:04:05+02:00", "timestamp with time zone"],
    ["2024-01-02T03:04Z", "string"],
    ["2024-01-02 03:04:05,2024-01-02T03:04:05Z", "string"],
    ["2024-01-02 25:04:05", "string"],
    ["2024-01-02,1", "string"],
    ["NULL,1", "string"],
    [" 1,2 ", "bigint"],
    [" true", "string"],
    ["inf,-inf", "double"],
    ["inf,x", "string"],
  ])("%s is %s", async (values, type) => {
    const text = `x|y\n${values.split(",").join("|0\n")}|0\n`;
    expect(await columnsOf("a.csv", text)).toBe(`x ${type}, y bigint`);
  });

  test("a column of only nulls is string with a note", async () => {
    const found = await reading({ "t/a.csv": 'a,b\n1,\n2,""\n' });
    expect(columnsText(found.columns)).toBe("a bigint, b string");
    expect(found.notes).toEqual(['Column "b" holds only nulls; it is read as string.']);
  });

  test("numbers among text and too large integers leave a note", async () => {
    const { notes } = await reading({ "t/a.csv": "a,b,c\n1,99999999999999999999,1\nx,1,1.5\n" });
    expect(notes).toEqual([
      '"a" holds bigint and string; it is read as string.',
      '"b" holds bigint and integers over 64 bits; it is read as string.',
    ]);
  });

  test("a large file is read at both ends", async () => {
    const rows = Array.from({ length: 200_000 }, (_, index) => `${index},"a\nb"`);
    const storage = { "t/a.csv": `id,n\n${rows.join("\n")}\n200000.5,"x"\n` };
    expect(columnsText((await reading(storage)).columns)).toBe("id double, n string");
    const packed = { "t/a.csv.gz": gzipSync(storage["t/a.csv"]) };
    expect(columnsText((await reading(packed)).columns)).toBe("id double, n string");
  });
});

describe("headers", () => {
  test("blanks after a delimiter are not part of a name", async () => {
    expect(await columnsOf("a.csv", 'id, name , "city"\n1, Ann, "x"\n')).toBe("id bigint, name string, city string");
  });

  test("no header", async () => {
    expect(await columnsOf("a.csv", "1,x\n2,y\n", { csv: { header: false } })).toBe("col_0 bigint, col_1 string");
  });

  test("repeated and empty names are replaced, with a note", async () => {
    const found = await reading({ "t/a.csv": "a,a,,a_1,a\n1,2,3,4,5\n" });
    expect(found.columns.map((column) => column.name)).toEqual(["a", "a_2", "col_2", "a_1", "a_3"]);
    expect(found.notes).toEqual([
      'The header names column "a" more than once; column 2 is "a_2".',
      'Column 3 has no name in the header; it is "col_2".',
      'The header names column "a" more than once; column 5 is "a_3".',
    ]);
  });

  test("names that differ only in case are a conflict, unless the metastore keeps case", async () => {
    const files = { "t/a.csv": "id,ID\n1,2\n" };
    expect((await reading(files)).conflict?.message).toContain('"id" ("t/a.csv") and "ID" ("t/a.csv")');
    expect((await reading(files, { foldsCase: false })).conflict).toBeUndefined();
  });

  test("an empty line above a single column is an error", async () => {
    await expect(reading({ "t/a.csv": "\na\n1\n" })).rejects.toThrow(/"t\/a.csv" starts with an empty line/);
  });

  test("only a header", async () => {
    const found = await reading({ "t/a.csv": "a,b\n" });
    expect(columnsText(found.columns)).toBe("a string, b string");
    expect(found.files).toHaveLength(1);
  });
});

describe("rows that do not fit", () => {
  test("a row that is too long is an error with its line", async () => {
    const text = 'a,b\n1,"x\ny"\n\n1,2,3\n';
    await expect(reading({ "t/a.csv": text })).rejects.toMatchObject({
      code: "invalid",
      message:
        '"t/a.csv" has 3 fields in line 5, but its header has 2 (the delimiter is ","). Fix the row, or quote the values that hold the delimiter.',
    });
  });

  test("a row that is too short is an error, or padded when asked", async () => {
    const files = { "t/a.csv": "a,b\n1,2\n3\n" };
    await expect(reading(files)).rejects.toThrow(/has 1 field in line 3.*read_csv\(\.\.\., null_padding = true\)/);
    const padded = await reading(files, { nullPadding: true });
    expect(columnsText(padded.columns)).toBe("a bigint, b bigint");
    expect(padded.csv?.nullPadding).toBe(true);
    await expect(reading({ "t/a.csv": "a,b\n1\n1,2,3\n" }, { nullPadding: true })).rejects.toThrow(/line 3/);
  });

  test("surplus delimiters at the end of a row are accepted", async () => {
    expect(await columnsOf("a.csv", "a,b\n1,2,\n3,4,,\n")).toBe("a bigint, b bigint");
  });

  test("a quote that is not closed or is followed by text", async () => {
    await expect(reading({ "t/a.csv": 'a,b\n1,"x, y"\n2,"z\n' })).rejects.toThrow(/never closed, in the row of line 3/);
    await expect(reading({ "t/a.csv": 'a,b\n1,"x, y"\n2,"z" w\n' })).rejects.toThrow(
      /closing quote, in the row of line 3/,
    );
  });
});

describe("files that are not text", () => {
  test("a file that is not UTF-8 is named, with the place", async () => {
    const latin1 = new Uint8Array([97, 44, 98, 10, 49, 44, 0xe9, 10]);
    await expect(reading({ "t/a.csv": latin1, "t/b.csv": "a,b\n1,x\n" })).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringMatching(/^"t\/a.csv" is not UTF-8 text: byte 7, in line 2/),
    });
  });

  test("binary files and other encodings are named", async () => {
    const utf16 = new Uint8Array(Buffer.from("\ufeffa,b\n1,2\n", "utf16le"));
    await expect(reading({ "t/a.csv": utf16 })).rejects.toThrow(/looks like UTF-16/);
    await expect(reading({ "t/a.csv": new Uint8Array(Buffer.from("a,b\n", "utf16le")) })).rejects.toThrow(/NUL/);
    await expect(reading({ "t/a.bin": Uint8Array.of(80, 75, 3, 4, 0xff, 0xfe) })).rejects.toThrow(/zip archive/);
  });

  test("truncated gzip", async () => {
    const bytes = gzipSync("id,name\n1,Ann\n");
    await expect(reading({ "t/a.csv.gz": bytes.subarray(0, bytes.length - 9) })).rejects.toThrow(
      /"t\/a.csv.gz" can't be decompressed/,
    );
  });
});

test.each([
  [["-0", "1"], "double"],
  [["9007199254740993", "0.5"], "string"],
  [["9007199254740992", "0.5"], "double"],
  [["1e-400", "1.5"], "string"],
  [["0e-400", "1.5"], "double"],
  [["1e400", "1.5"], "string"],
  [["00.5", "1.5"], "string"],
])("a column of %j is %s: a type never changes a value", async (values, type) => {
  expect(
    columnsText((await reading({ "t/a.csv": `v,n\n${values.map((value) => `${value},x\n`).join("")}` })).columns),
  ).toBe(`v ${type}, n string`);
});

test("numbers with more digits than a double keeps are told, others are not", async () => {
  const notes = async (value: string) => (await reading({ "t/a.csv": `v,n\n1.5,x\n${value},y\n` })).notes.join(" ");
  expect(await notes("0.1234567890123456789")).toContain('"v" holds numbers of more than 17 digits');
  for (const value of ["0.12345678901234567", "0.00000000000000000001", "1234567890.50000000000"])
    expect(await notes(value)).toBe("");
});
