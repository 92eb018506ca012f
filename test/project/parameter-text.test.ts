import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderDiagnostics } from "../../src/diagnostic/frame.ts";
import { parseParameterText } from "../../src/project/parameter-text.ts";

const declared = new Set(["database_name", "query_string", "limit", "step_1.table_name", "a", "b"]);
const parse = (argument: string) => parseParameterText(argument, declared);
const values = (argument: string) => {
  const { values: found, diagnostics } = parse(argument);
  expect(diagnostics).toEqual([]);
  return found;
};
const problems = (argument: string) =>
  parse(argument).diagnostics.map(({ code, place }) =>
    place !== undefined && "line" in place ? `${code} ${place.line}:${place.column}+${place.length}` : code,
  );

describe("pairs", () => {
  it("are split at a comma before a declared name", () => {
    expect(values("database_name:sales,limit:10")).toEqual({ database_name: "sales", limit: "10" });
    expect(values("database_name: sales , limit: 10 ")).toEqual({ database_name: "sales", limit: "10" });
    expect(values("step_1.table_name:orders,a:1")).toEqual({ "step_1.table_name": "orders", a: "1" });
  });

  it("keep colons and commas of a value", () => {
    expect(values("database_name:s3://lake/x")).toEqual({ database_name: "s3://lake/x" });
    expect(values("query_string:select a, b from t where x = 'y:z',limit:5")).toEqual({
      query_string: "select a, b from t where x = 'y:z'",
      limit: "5",
    });
    expect(values("a:10:30, 11:45,b:1,2,")).toEqual({ a: "10:30, 11:45", b: "1,2," });
    expect(values("a:,b:")).toEqual({ a: "", b: "" });
  });

  it("take an escaped comma as a comma, and other backslashes as they are", () => {
    expect(values("a:x\\,b:1")).toEqual({ a: "x,b:1" });
    expect(values("a:C:\\data\\n,b:\\d+")).toEqual({ a: "C:\\data\\n", b: "\\d+" });
  });

  it("take anything in quotes", () => {
    expect(values(`query_string:"select a, limit: 'x' from \\"t\\"" , limit:5`)).toEqual({
      query_string: `select a, limit: 'x' from "t"`,
      limit: "5",
    });
    expect(values(`a:' x, b:1\\\\ ',b:'it\\'s'`)).toEqual({ a: " x, b:1\\ ", b: "it's" });
    expect(values('a:"",b:"\\d"')).toEqual({ a: "", b: "\\d" });
  });
});

describe("one assignment", () => {
  it("takes all the rest as it stands", () => {
    expect(values('query_string= select "a", b:1\\, limit:3 ')).toEqual({
      query_string: ' select "a", b:1\\, limit:3 ',
    });
    expect(values("a=")).toEqual({ a: "" });
    expect(values("a=x\ny")).toEqual({ a: "x\ny" });
  });

  it("is not taken for one when the colon comes first", () => {
    expect(values("query_string:select * from t where a=1")).toEqual({ query_string: "select * from t where a=1" });
  });
});

describe("what can't be read", () => {
  it.each([
    ["", ["parameter/no-name 1:1+1"]],
    ["sales", ["parameter/no-name 1:1+5"]],
    [":x", ["parameter/no-name 1:1+2"]],
    ['a:"x",', ["parameter/no-name 1:7+1"]],
    ['a:"x", y', ["parameter/no-name 1:8+1"]],
    ['a:"x" || y,b:1', ["parameter/text-after-quote 1:7+8"]],
    ["a:'tis,b:1", ["parameter/unclosed-quote 1:3+8"]],
    ["a:x, y:1", ["parameter/unclear-comma 1:6+1"]],
    ["a:x,y:1,z:2,b:1", ["parameter/unclear-comma 1:5+1", "parameter/unclear-comma 1:9+1"]],
    ['a:"x",y:1', ["parameter/unknown 1:7+1"]],
    ["databse_name:x", ["parameter/unknown 1:1+12"]],
    ["nope=1", ["parameter/unknown 1:1+4"]],
    ["__proto__=1", ["parameter/unknown 1:1+9"]],
    ["a:1,b:2,a:3", ["parameter/given-twice 1:9+1"]],
    ["a:select 1\nfrom t, y:1\n", ["parameter/unclear-comma 2:9+1"]],
  ])("%j", (argument, expected) => expect(problems(argument)).toEqual(expected));

  it("is shown under the argument, with a name that is near", () => {
    const argument = "query_string:select 1,limt:5";
    const text = renderDiagnostics(parse(argument).diagnostics, { textOf: () => argument, width: 76, color: false });
    expect(text).toContain("    -p:1:23\n    1 | query_string:select 1,limt:5\n      |                       ^^^^\n");
    expect(text.replace(/\s+/g, " ")).toContain('Did you mean "limit"?');
  });
});

describe("any value", () => {
  const name = fc.constantFrom(...declared);
  const quoted = (value: string, quote: string) =>
    quote + value.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`) + quote;

  it("comes back as it was from quotes", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(name, fc.string(), fc.constantFrom('"', "'")), {
          minLength: 1,
          selector: ([key]) => key,
        }),
        (pairs) => {
          const argument = pairs.map(([key, value, quote]) => `${key}:${quoted(value, quote)}`).join(",");
          expect(values(argument)).toEqual(Object.fromEntries(pairs));
        },
      ),
    );
  });

  it("comes back as it was from an assignment", () => {
    fc.assert(
      fc.property(name, fc.string(), (key, value) => {
        expect(values(`${key}=${value}`)).toEqual({ [key]: value });
      }),
    );
  });

  it("is never shortened: what is not an error is all there", () => {
    const piece = fc.constantFrom("a", "b", "limit", "zz", ":", ",", " ", "\\", '"', "'", "=", "1", "a:", ",b:");
    const letters = (text: string) => text.replace(/[\s:,\\"'=]/g, "");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const argument = `a:${pieces.join("")}`;
        const { values: found, diagnostics } = parse(argument);
        fc.pre(diagnostics.length === 0);
        expect(letters(Object.entries(found).flat().join(""))).toBe(letters(argument));
      }),
      { numRuns: 2000 },
    );
  });
});
