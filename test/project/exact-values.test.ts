/** A value reaches its operator as its author wrote it, whatever the way: the oracle is the text that the test wrote itself. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { givenValues } from "../../src/cli/input/parameter-values.ts";
import { expand } from "../../src/graph/expand.ts";
import { type Json, parseJsonExactly } from "../../src/json.ts";
import { fromText, withDefaults } from "../../src/operator/check-parameters.ts";
import { readParameterFile } from "../../src/project/parameter-file.ts";
import { definitionsOf, type Project } from "../../src/project/project.ts";
import { dialects } from "../../src/sql/dialect.ts";
import { quoteValue, type ValueType } from "../../src/sql/quote.ts";
import { loadFiles, localFiles, resourceAt } from "../support/load.ts";

const operator = (type: string, value = "") =>
  `type: operator\nnamespace: t\ncommand: op\nsql: select $v\nparameters: { optional: [{ name: v, type: ${type}${value === "" ? "" : `, default: ${value}`} }] }\n`;
const flow = (parameters = "") =>
  `type: workflow\nnamespace: t\ncommand: flow\ndag: [{ id: s, operator: "t:op"${parameters} }]\n---\ntype: workflow\nnamespace: t\ncommand: outer\ndag: [{ id: o, workflow: "t:flow" }]\n`;
const deploy = (target: string, values: string) => `type: deployment\nname: d\n${target}\n${values}\n`;

interface Way {
  readonly name: string;
  readonly files: (type: string, value: string) => Readonly<Record<string, string>>;
}

/** The ways of YAML; each one gives `v` of the only step of the deployment "d". */
const ways: readonly Way[] = [
  {
    name: "a deployment of an operator",
    files: (type, value) => ({
      "o.yaml": operator(type),
      "d.yaml": deploy("operator: t:op", `parameters: { v: ${value} }`),
    }),
  },
  {
    name: "a step of a deployment",
    files: (type, value) => ({
      "o.yaml": `${operator(type)}---\n${flow()}`,
      "d.yaml": deploy("workflow: t:flow", `steps: { s: { parameters: { v: ${value} } } }`),
    }),
  },
  {
    name: "a step in a step",
    files: (type, value) => ({
      "o.yaml": `${operator(type)}---\n${flow()}`,
      "d.yaml": deploy("workflow: t:outer", `steps: { o: { steps: { s: { parameters: { v: ${value} } } } } }`),
    }),
  },
  {
    name: "a step in a step, with a slash",
    files: (type, value) => ({
      "o.yaml": `${operator(type)}---\n${flow()}`,
      "d.yaml": deploy("workflow: t:outer", `steps: { o/s: { parameters: { v: ${value} } } }`),
    }),
  },
  {
    name: "a workflow",
    files: (type, value) => ({
      "o.yaml": `${operator(type)}---\n${flow(`, parameters: { v: ${value} }`)}`,
      "d.yaml": deploy("workflow: t:flow", ""),
    }),
  },
  {
    name: "a default",
    files: (type, value) => ({ "o.yaml": operator(type, value), "d.yaml": deploy("operator: t:op", "") }),
  },
];

const load = (files: Readonly<Record<string, string>>) => loadFiles({ ...localFiles, ...files });

/** The value that the only step of "d" runs with; fails when the project has an error. */
function valueIn({ project, diagnostics }: ReturnType<typeof loadFiles>): Json | undefined {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error");
  expect(errors.map((diagnostic) => diagnostic.detail)).toEqual([]);
  const { target, parameters, steps } = resourceAt(project, "deployment", "deployment.d");
  const [step] = expand(project, { target, parameters, steps }).steps;
  if (step === undefined) throw new Error("no step");
  return withDefaults(step.operator.definition, step.parameters).v;
}

const inSql = (value: Json | undefined, type: ValueType) => quoteValue(value ?? null, type, dialects.duckdb);

/** Words that YAML may take for a number or a truth value, and others. */
const word = fc
  .oneof(
    fc.stringMatching(/^[-+]?[0-9]{1,25}$/),
    fc.stringMatching(/^[-+]?[0-9]{1,6}\.[0-9]{0,6}$/),
    fc.stringMatching(/^[0-9]{1,3}[eE][-+]?[0-9]{1,3}$/),
    fc.stringMatching(/^0[xo][0-7]{1,20}$/),
    fc.constantFrom("True", "FALSE", "true", ".inf", "-.INF", ".nan", "1_000", "12:30", "0b1", "1.2.3", "2024-01-02"),
  )
  .filter((text) => text !== "");
const whole = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
const large = fc.oneof(whole, fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }));

describe.each(ways)("from $name", ({ files }) => {
  test("a string is the text as written", () => {
    fc.assert(
      fc.property(word, (text) => {
        expect(valueIn(load(files("string", text)))).toBe(text);
      }),
      { numRuns: 60 },
    );
  });

  test("a whole number of any size keeps its digits, for the types integer and number", () => {
    fc.assert(
      fc.property(large, fc.constantFrom("integer" as const, "number" as const), (value, type) => {
        const digits = inSql(valueIn(load(files(type, String(value)))), type);
        expect(digits.replace(/[()]/g, "")).toBe(String(value));
      }),
      { numRuns: 60 },
    );
  });

  test("a decimal number of any length keeps its digits", () => {
    for (const text of ["12345678901234567.25", "-0.1000000000000000000055", "1.5", "0.1"])
      expect(inSql(valueIn(load(files("number", text))), "number").replace(/[()]/g, "")).toBe(text);
    expect(inSql(valueIn(load(files("number", "1.50"))), "number")).toBe("1.5");
  });

  test("other forms of a whole number mean the same", () => {
    for (const [text, digits] of [
      ["007", "7"],
      ["+49", "49"],
      ["0x1F", "31"],
      ["0o17", "15"],
      ["0o777777777777777777777", "9223372036854775807"],
      ["0x7fffffffffffffff", "9223372036854775807"],
      ["00000009007199254740993", "9007199254740993"],
    ] as const)
      expect(inSql(valueIn(load(files("integer", text))), "integer")).toBe(digits);
  });

  test("a number beyond 2^53 is a text, also one that JavaScript happens to hold", () => {
    for (const digits of ["9007199254740992", "9007199254740994", "-9007199254740992", "100000000000000000000"])
      expect(valueIn(load(files("integer", digits)))).toBe(digits);
    expect(valueIn(load(files("integer", "9007199254740991")))).toBe(9007199254740991);
  });

  test("in a list and in a map a code is text, a large number keeps its digits, and other numbers stay numbers", () => {
    const list = "[02142, 9007199254740993, 5, 1.5, { zip: 00501 }]";
    expect(valueIn(load(files("list", list)))).toEqual(["02142", "9007199254740993", 5, 1.5, { zip: "00501" }]);
    expect(valueIn(load(files("map", "{ zip: 02142, n: 5 }")))).toEqual({ zip: "02142", n: 5 });
  });
});

test.each(["{ 1: a, 0x1: b }", "{ 7: a, 007: b }", "{ true: a, True: b }"])(
  "two keys that mean one are refused: %s",
  (map) => {
    const { diagnostics } = load({
      "o.yaml": operator("map"),
      "d.yaml": deploy("operator: t:op", `parameters: { v: ${map} }`),
    });
    expect(diagnostics.map(({ severity, place }) => [severity, place?.file])).toContainEqual(["error", "d.yaml"]);
  },
);

test("a decimal number of the command line keeps its digits", () => {
  expect(fromText("number", "12345678901234567.25")).toBe("12345678901234567.25");
  expect(fromText("number", "1.50")).toBe(1.5);
});

describe("from a parameters file", () => {
  const project = load({ "o.yaml": `${operator("string")}---\n${flow()}` }).project;
  const read = (text: string, type: "operator" | "workflow", command: string) => {
    const target = { type, namespace: "t", command };
    const { value } = readParameterFile("p.yaml", text, { target, definitions: definitionsOf(project) });
    const body = value?.target === "operator" ? { ...value, steps: {} } : { parameters: {}, steps: value?.steps ?? {} };
    const [step] = expand(project, { target, parameters: body.parameters, steps: body.steps }).steps;
    return step === undefined ? undefined : withDefaults(step.operator.definition, step.parameters).v;
  };

  test("a string is the text as written, at each place that it may have", () => {
    fc.assert(
      fc.property(word, (text) => {
        expect([
          read(`v: ${text}`, "operator", "op"),
          read(`s: { parameters: { v: ${text} } }`, "workflow", "flow"),
          read(`steps: { s: { parameters: { v: ${text} } } }`, "workflow", "flow"),
          read(`o: { steps: { s: { parameters: { v: ${text} } } } }`, "workflow", "outer"),
        ]).toEqual([text, text, text, text]);
      }),
      { numRuns: 100 },
    );
  });
});

describe("from a command line and from variables", () => {
  const given = (project: Project, argument: string) =>
    givenValues(project, { type: "operator", namespace: "t", command: "op" }, { parameters: [argument] }, "/")
      .parameters.v;

  test("-p keeps the digits of whole numbers and the text of strings", () => {
    const numbers = load({ "o.yaml": operator("integer") }).project;
    const texts = load({ "o.yaml": operator("string") }).project;
    fc.assert(
      fc.property(large, word, (value, text) => {
        expect(inSql(given(numbers, `v=${value}`), "integer").replace(/[()]/g, "")).toBe(String(value));
        expect(given(texts, `v=${text}`)).toBe(text);
      }),
    );
    expect(fromText("list", '[9007199254740993, 1.5, "9007199254740993", 7]')).toEqual([
      "9007199254740993",
      1.5,
      "9007199254740993",
      7,
    ]);
  });

  test("a variable keeps the digits of whole numbers, by default, by environment and from outside", () => {
    const declared = (value: string) => `variables: { n: { type: integer, default: ${value} } }\n`;
    const files = {
      "o.yaml": operator("integer"),
      "d.yaml": deploy("operator: t:op", `parameters: { v: "\${var.n}" }`),
    };
    const settings = localFiles["mason.yaml"];
    fc.assert(
      fc.property(large, (value) => {
        const from = [
          load({ ...files, "mason.yaml": settings + declared(String(value)) }),
          loadFiles(
            { ...localFiles, ...files, "mason.yaml": settings + declared("1") },
            { variables: { n: String(value) } },
          ),
          loadFiles(
            {
              ...localFiles,
              ...files,
              "mason.yaml": `${settings}${declared("1")}environments: { dev: { variables: { n: ${value} } } }\n`,
            },
            { environment: "dev" },
          ),
        ];
        for (const loaded of from) expect(inSql(valueIn(loaded), "integer").replace(/[()]/g, "")).toBe(String(value));
      }),
      { numRuns: 40 },
    );
  });
});

test("JSON keeps the digits of whole numbers, and nothing else changes", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      // Numbers of JavaScript beyond 2^53 are written as whole numbers.
      fc.pre(!/\d{16}/.test(JSON.stringify(value)));
      expect(parseJsonExactly(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  expect(parseJsonExactly('{"9007199254740993": "a \\" 9007199254740993", "b": [-9007199254740993]}')).toEqual({
    "9007199254740993": 'a " 9007199254740993',
    b: ["-9007199254740993"],
  });
});

test("an id keeps the digits that were written", () => {
  const { project } = load({ "c.yaml": "type: config\nid: 9007199254740993\nstorage_engine: local\n" });
  expect([...project.resources.keys()]).toContain("config.9007199254740993");
});

test("what is no finite number is no number", () => {
  for (const text of [".inf", "-.inf", ".nan"]) {
    const { diagnostics } = load({
      "o.yaml": operator("number"),
      "d.yaml": deploy("operator: t:op", `parameters: { v: ${text} }`),
    });
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain("parameter/wrong-type");
  }
});
