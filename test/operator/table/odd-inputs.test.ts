/** Odd files are read whole and with a note, or are refused by name: nothing of them is lost in silence. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { format } from "../../../src/operator/table/format.ts";
import { type OperatorRun, operatorRun, refused } from "../run-operator.ts";

let run: OperatorRun;
beforeAll(async () => {
  run = await operatorRun();
});
afterAll(() => run.close());

type Content = string | Uint8Array;

/** File, content, what is written of it as JSON lines, and a part of a note. */
const read: readonly (readonly [string, Content, string, string])[] = [
  ["trailing.csv", "a,b,\n1,2,\n", '{"a":1,"b":2,"col_2":null}\n', "has no name in the header"],
  ["twice.csv", "a,a,b\n1,2,3\n", '{"a":1,"a_1":2,"b":3}\n', "more than once"],
  ["nameless.csv", "a,,b\n1,2,3\n", '{"a":1,"col_1":2,"b":3}\n', "has no name in the header"],
  ["header.csv", "a,b\n", "", "holds only nulls"],
  ["sep.csv", "sep=;\na;b\n1;2\n", '{"a":1,"b":2}\n', "names the delimiter"],
  [
    "middle.csv",
    'a,b\n1,x "y" z\n2,"q"w\n',
    '{"a":1,"b":"x \\"y\\" z"}\n{"a":2,"b":"\\"q\\"w"}\n',
    "Quotes are read as part",
  ],
  ["nul.jsonl", '{"a":"x\\u0000y"}\n', '{"a":"x\\u0000y"}\n', ""],
  ["digits.jsonl", '{"a":1.123456789012345678}\n', '{"a":1.1234567890123457}\n', "more than 17 digits"],
  ["large.jsonl", '{"a":123456789012345678901}\n', '{"a":"123456789012345678901"}\n', ""],
];

test.each(read)("%s is read", async (file, content, rows, note) => {
  await run.put(`raw/${file}`, content);
  const { info } = await run.run(format, {
    input_path: `raw/${file}`,
    output_path: `out/${file}.jsonl`,
    format: "jsonl",
  });
  expect(await run.read(`out/${file}.jsonl`)).toBe(rows);
  expect(info.join("\n")).toContain(note);
});

/** File, content and a part of the error. */
const bad: readonly (readonly [string, Content, string])[] = [
  ["ragged.csv", "a,b\n1\n2,3,4\n", "has 1 field in line 2"],
  ["utf16.csv", Buffer.from("\ufeffa,b\n1,é\n", "utf16le"), "it looks like UTF-16"],
  ["latin.csv", Buffer.from("a,b\n1,é\n", "latin1"), "is not UTF-8 text"],
  ["nul.csv", "a,b\n1,x\0y\n", "NUL character in line 2"],
  ["ends.csv", "a,b\r\n1,2\n3,4\r\n", "mixes line ends"],
  ["long.csv", `a,b\n1,${"x".repeat(3_000_000)}\n`, "long.csv"],
  ["scalars.json", "[1,2]", "a record that is not an object"],
  ["scalar.json", "5", "a record that is not an object"],
  ["deep.jsonl", `{"a":${"[".repeat(300)}${"]".repeat(300)}}\n`, "nested deeper"],
  ["keys.jsonl", '{"a":{"x":1,"x":2}}\n', "a field twice"],
  ["case.jsonl", '{"a":1}\n{"A":2}\n', "differ only in case"],
  ["half.jsonl", '{"a":"\\ud800"}\n', "half a character"],
];

test.each(bad)("%s is refused", async (file, content, reason) => {
  await run.put(`bad/${file}`, content);
  const wanted = { input_path: `bad/${file}`, output_path: `out/${file}.jsonl`, format: "jsonl" };
  const { message } = await refused(run.run(format, wanted), "invalid");
  expect(message).toContain(reason);
  expect(message).toContain(file);
});
