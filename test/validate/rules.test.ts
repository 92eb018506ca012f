import { expect, test } from "vitest";
import { keptSteps } from "../../src/validate/strict.ts";
import { loadFiles, localFiles, placesOf, resourceAt } from "../support/load.ts";

/** Everything wrong with these documents, as `code file:line:column`; of `all.yaml` without the file. */
const wrong = (documents: string, settings = localFiles["mason.yaml"]) =>
  placesOf(loadFiles({ ...localFiles, "mason.yaml": settings, "all.yaml": documents }).diagnostics).map((text) =>
    text.replace("all.yaml:", ""),
  );

const dag = (...steps: readonly string[]) =>
  `type: workflow\nnamespace: w\ncommand: c\ndag:\n${steps.map((item) => `  - { ${item} }\n`).join("")}`;
const list = "operator: table:list, parameters: { database_name: d }";
const deploy = (...lines: readonly string[]) =>
  `---\ntype: deployment\nname: x\n${lines.map((line) => `${line}\n`).join("")}`;
const operator = (...lines: readonly string[]) =>
  `type: operator\nnamespace: my\ncommand: op\n${lines.map((line) => `${line}\n`).join("")}`;
const config = (...lines: readonly string[]) => `type: config\nid: 1\n${lines.map((line) => `${line}\n`).join("")}`;
const table = (...lines: readonly string[]) =>
  `type: table\ndatabase: d\nname: t\n${lines.map((line) => `${line}\n`).join("")}`;

test.each([
  ["default_config: 66\n", null, "config/unknown-default mason.yaml:1:17"],
  [
    "default_config: 6\nenvironments: { dev: { default_config: 66 } }\n",
    "dev",
    "config/unknown-default mason.yaml:2:40",
  ],
])("a default config that is misspelt is one error where it is written: %s", (settings, environment, place) => {
  const documents = ["a", "b", "c"].map((name) => `type: database\nname: ${name}\n`).join("---\n");
  const run = "---\ntype: deployment\nname: x\noperator: table:list\nparameters: { database_name: a }\n";
  const files = { ...localFiles, "mason.yaml": settings, "all.yaml": documents + run };
  const { diagnostics } = loadFiles(files, environment === null ? {} : { environment });
  expect(placesOf(diagnostics)).toEqual([place]);
  expect(diagnostics[0]?.detail).toMatch(/"66".* Did you mean "6"\?$/);
});

test("a default config that nothing needs may be missing", () => {
  expect(placesOf(loadFiles({ ...localFiles, "mason.yaml": "default_config: 66\n" }).diagnostics)).toEqual([]);
});

test.each([
  ['csv: { header: "false" }', '"csv.header" must be one of "auto", true, false. Write false without quotes.'],
  ["csv: { header: none }", '"csv.header" must be one of "auto", true, false. Choose one of these.'],
  ['lifecycle: { delete_data: "true" }', '"lifecycle.delete_data" must be true or false. Write true without quotes.'],
  ["lifecycle: { delete_data: often }", '"lifecycle.delete_data" must be true or false. Change the value.'],
])("a value in quotes that is right without them is told from one that is wrong: %s", (line, said) => {
  const documents = `type: database\nname: d\n---\n${table("format: csv", "columns: [{ name: a, type: bigint }]", line)}`;
  const { diagnostics } = loadFiles({ ...localFiles, "all.yaml": documents });
  expect(diagnostics.map(({ detail }) => detail)).toEqual([said]);
});

test.each([
  ["overwrite", '"false"', "Write false without quotes."],
  ["overwrite", '"no"', "Change the value."],
  ["limit", '"10"', "Write 10 without quotes."],
  ["limit", '"ten"', "Change the value."],
])("the same of a parameter: %s: %s", (name, value, advice) => {
  const parameters = `parameters: { query_string: select 1 as a, output_path: o, ${name}: ${value} }`;
  const { diagnostics } = loadFiles({ ...localFiles, "all.yaml": deploy("operator: table:query", parameters) });
  expect(diagnostics.map(({ detail }) => detail.endsWith(` is not. ${advice}`))).toEqual([true]);
});

test("the choices of a value are named once each", () => {
  const documents = table("format: csv", "columns: [{ name: a, type: bigint }]", "on_mismatch: nul");
  const [problem] = loadFiles({ ...localFiles, "all.yaml": `type: database\nname: d\n---\n${documents}` }).diagnostics;
  expect(problem?.detail).toBe('"on_mismatch" must be one of "fail", "null", "skip_row". Choose one of these.');
});

test("the warning about a schedule that nobody keeps says what uses it", () => {
  const documents = deploy("operator: database:list", 'schedule: "0 2 * * *"');
  const [problem, ...others] = loadFiles({ ...localFiles, "all.yaml": documents }).diagnostics;
  expect([problem?.code, others]).toEqual(["schedule/runs-on-apply", []]);
  expect(problem?.detail).toContain('"mason run deployment x --from DATE --to DATE" uses them');
  expect(problem?.detail).not.toContain("no effect");
});

test("a parameter without a value is called unknown, with the name that is near, or with the quotes that it may lack", () => {
  const detailOf = (parameters: string) =>
    loadFiles({ ...localFiles, "all.yaml": deploy("operator: table:query", `parameters: { ${parameters} }`) })
      .diagnostics.map(({ detail }) => detail)
      .join("\n");
  const cut = detailOf("query_string: select 1 as a, 2 as b, output_path: out/x.csv");
  expect(cut).toMatch(/has no parameter "2 as b"\..* put that whole value, such as SQL, in quotes/);
  const near = detailOf("query_string: select 1 as a, output_path: out/x.csv, overwite: null");
  expect(near).toMatch(/has no parameter "overwite"\..* Did you mean "overwrite"\?$/);
  expect(near).not.toContain("quotes");
  expect(detailOf('query_string: "select 1 as a, 2 as b", output_path: out/x.csv, limit: null')).toBe("");
});

/** One breach of each rule: what is wrong, the documents, and all that is said. */
const cases: readonly (readonly [what: string, documents: string, said: readonly string[]])[] = [
  [
    "two documents with one address",
    "type: database\nname: d\n---\ntype: database\nname: d\n",
    ["resource/duplicate 5:7"],
  ],

  [
    "an attribute to ignore that a table does not have",
    table("format: csv", "columns: [{ name: a, type: bigint }]", "lifecycle: { ignore_changes: [columns.a, colums] }"),
    ["lifecycle/unknown-attribute 6:42"],
  ],
  [
    "an attribute to ignore that a deployment does not have",
    deploy(list.replace(", ", "\n"), "lifecycle: { ignore_changes: [outputs, columns.a] }"),
    ["lifecycle/unknown-attribute 6:40"],
  ],
  [
    "two moves from one address",
    "type: database\nname: d\nmoved_from: x\n---\ntype: database\nname: e\nmoved_from: x\n",
    ["moved/twice 7:13"],
  ],
  ["a move from where it is", "type: database\nname: d\nmoved_from: d\n", ["moved/same-address 3:13"]],

  ...["a", "table.a", "database.s", "'table.d.a '", "local.x", "table.d:a", "table."].map(
    (from): (typeof cases)[number] => [
      `a move from ${from}, which is no address of a table`,
      table("format: csv", "columns: [{ name: a, type: bigint }]", `moved_from: ${from}`),
      ["moved/no-address 6:13"],
    ],
  ),
  [
    "tables and databases whose names differ only in case",
    `type: database\nname: d\n---\ntype: database\nname: D\n---\n${table("columns: [{ name: a, type: bigint }]")}---\n${table("columns: [{ name: a, type: bigint }]").replace("name: t", "name: T")}`,
    ["resource/same-but-for-case 5:7", "resource/same-but-for-case 14:7"],
  ],
  ...["s3://b/x", "~/x", "'\\\\srv\\x'", "file:///x"].map((path): (typeof cases)[number] => [
    `the place ${path}, which is none of the storage`,
    `${table("format: csv", "columns: [{ name: a, type: bigint }]", `location: ${path}`)}${deploy(
      "operator: table:query",
      `parameters: { query_string: select 1, output_path: ${path} }`,
    )}`,
    ["path/other-system 6:11", "path/other-system 11:52"],
  ]),

  ["a config without engines", config(), ["config/no-engine 2:5"]],
  ["an engine that no provider is", config("metastore_engine: locale"), ["provider/unknown 3:19"]],
  [
    "a client that is no provider",
    config("metastore_engine: local", "clients: { other: {} }"),
    ["provider/unknown 4:12"],
  ],
  [
    "a role that the provider does not have",
    config("execution_engine: s3", "clients: { s3: { configuration: { bucket: b } } }"),
    ["provider/lacks-role 3:19"],
  ],
  [
    "an unknown setting",
    config("storage_engine: local", "clients: { local: { configuration: { rooot: . } } }"),
    ["config/unknown-setting 4:38"],
  ],
  [
    "a setting of another type",
    config("storage_engine: local", "clients: { local: { configuration: { threads: many } } }"),
    ["config/wrong-setting 4:47"],
  ],
  [
    "a missing setting",
    config("storage_engine: s3", "clients: { s3: { configuration: { aws_region: eu-west-1 } } }"),
    ["config/missing-setting 4:18"],
  ],
  [
    "a secret in a file",
    config(
      "storage_engine: s3",
      "clients: { s3: { configuration: { bucket: b, access_key: '{{KEY}}', secret_key: planted } } }",
    ),
    ["config/secret-in-file 4:81"],
  ],

  [
    "a built-in operator without override",
    "type: operator\nnamespace: table\ncommand: list\nsql: select 1\n",
    ["operator/built-in 3:10"],
  ],
  ["an operator that does nothing", operator(), ["operator/no-work 3:10"]],
  ["a module outside of the project", operator("module: ../op.js"), ["path/leaves-root 4:9"]],
  ["a parameter in SQL that is none", operator("sql: select $a"), ["operator/unknown-sql-parameter 4:6"]],
  [
    "a parameter declared twice",
    operator("sql: select $a", "parameters: { required: [a], optional: [a] }"),
    ["operator/duplicate-parameter 5:41"],
  ],
  [
    "a default of another type",
    operator("sql: select $a", "parameters: { optional: [{ name: a, type: integer, default: x }] }"),
    ["operator/wrong-default 5:61"],
  ],
  [
    "a place of a parameter that is none",
    operator("sql: select 1", 'reads: [{ path: "${from}" }]'),
    ["operator/unknown-parameter 5:11"],
  ],

  ["two steps with one id", dag(`id: a, ${list}`, `id: a, ${list}`), ["step/duplicate 6:11"]],
  ["an unknown dependency", dag(`id: a, ${list}, dependencies: [b]`), ["step/unknown-dependency 5:85"]],
  ["a cycle", dag(`id: a, ${list}, dependencies: [b]`, `id: b, ${list}, dependencies: [a]`), ["step/cycle 5:70"]],
  ["a step that waits for itself", dag(`id: a, ${list}, dependencies: [a]`), ["step/cycle 5:70"]],
  ["a step that can never start", dag(`id: a, ${list}, when: failed`), ["step/unreachable 5:76"]],
  ["an unknown retry", dag(`id: a, ${list}, retry: linear(5)`), ["step/unknown-retry 5:77"]],
  ["a bad timeout of a step", dag(`id: a, ${list}, timeout: soon`), ["step/bad-timeout 5:79"]],
  ["a step that calls nothing", dag("id: a"), ["step/nothing-called 5:7"]],
  ["an unknown operator", dag("id: a, operator: table:infr"), ["step/unknown-operator 5:24"]],
  ["an unknown workflow", dag("id: a, workflow: table:infr"), ["step/unknown-workflow 5:24"]],
  ["a workflow that calls itself", dag("id: a, workflow: w:c"), ["workflow/calls-itself 5:7"]],
  [
    "a scheduler that is none",
    `${dag(`id: a, ${list}`)}supported_schedulers: [locale]\n`,
    ["workflow/unknown-scheduler 6:24"],
  ],

  [
    "a table without a config that is there",
    table("config_id: 9", "columns: [{ name: a, type: bigint }]"),
    ["config/unknown 4:12"],
  ],
  ["a column of an unknown type", table("columns: [{ name: a, type: bigintt }]"), ["table/unknown-type 4:28"]],
  [
    "two columns but for case",
    table("columns: [{ name: a, type: bigint }]", "partitions: [{ name: A, type: date }]"),
    ["table/duplicate-column 5:22"],
  ],
  [
    "a location out of the root",
    table("columns: [{ name: a, type: bigint }]", "location: ../x"),
    ["path/leaves-root 5:11"],
  ],

  ["a deployment of nothing", deploy(), ["deployment/no-target 3:7"]],
  ["an unknown operator of a deployment", deploy("operator: table:lst"), ["deployment/unknown-operator 4:11"]],
  [
    "steps for an operator",
    deploy("operator: database:list", "steps: { a: {} }"),
    ["deployment/steps-of-operator 5:1"],
  ],
  [
    "parameters for a workflow",
    dag(`id: a, ${list}`) + deploy("workflow: w:c", "parameters: { a: 1 }"),
    ["deployment/parameters-of-workflow 10:1"],
  ],
  [
    "settings of an unknown step",
    dag(`id: a, ${list}`) + deploy("workflow: w:c", "steps: { b: {} }"),
    ["deployment/unknown-step 10:10"],
  ],
  [
    "a bad cron",
    deploy("operator: database:list", 'schedule: "61 * * * *"'),
    ["schedule/bad-cron 5:11", "schedule/runs-on-apply 5:11"],
  ],
  ["an unknown time zone", deploy("operator: database:list", "timezone: Mars/One"), ["schedule/unknown-timezone 5:11"]],
  ["a bad start", deploy("operator: database:list", "start: someday"), ["schedule/bad-start 5:8"]],
  ["a bad timeout", deploy("operator: database:list", "timeout: soon"), ["deployment/bad-timeout 5:10"]],
  [
    "a scheduler that the workflow does not support",
    `${dag(`id: a, ${list}`)}supported_schedulers: [airflow]\n${deploy("workflow: w:c", "config_id: 6")}`,
    ["deployment/unsupported-scheduler 11:12"],
  ],

  [
    "missing parameters, all in one and in order",
    deploy("operator: table:get", "parameters: {}"),
    ["parameter/missing 5:1"],
  ],
  [
    "an unknown parameter",
    deploy("operator: table:list", "parameters: { database_name: d, prefx: a }"),
    ["parameter/unknown 5:33"],
  ],
  [
    "SQL cut off at a comma of a YAML flow map",
    deploy("operator: table:query", "parameters: { query_string: select 1 as a, 2 as b, output_path: out/x.csv }"),
    ["parameter/unknown 5:44"],
  ],
  [
    "unknown parameters without a value, and a known one, which counts as not given",
    deploy("operator: table:list", "parameters: { database_name: d, typo, prefix: , prefx: null, ~: }"),
    ["parameter/unknown 5:33", "parameter/unknown 5:49", "parameter/unknown 5:62"],
  ],
  [
    "one without a value in a step of a workflow, and one in the settings of a step",
    `${dag("id: a, operator: table:list, parameters: { database_name: d, typo }")}${deploy("workflow: w:c", "steps: { a: { parameters: { other } } }")}`,
    ["parameter/unknown 10:15", "parameter/unknown 10:29"],
  ],
  [
    "a parameter of another type",
    deploy("operator: database:list", "parameters: { limit: many }"),
    ["parameter/wrong-type 5:22"],
  ],
  [
    "a value that is not allowed",
    deploy("operator: table:format", "parameters: { input_path: a, format: xml, output_path: b }"),
    ["parameter/not-allowed 5:38"],
  ],

  [
    "a config without the verb",
    config("metastore_engine: memory", "storage_engine: memory", "scheduler_engine: local") +
      deploy("operator: table:dedupe", "config_id: 1", "parameters: { input_path: a, output_path: b }"),
    ["config/no-engine 10:12"],
  ],
  [
    "a config that the operator does not support",
    operator("sql: select 1", "supported_configurations: [{ metastore: s3, execution: spark }]") +
      deploy("operator: my:op"),
    ["config/not-supported"],
  ],
  [
    "a provider that is not built",
    config("execution_engine: spark", "scheduler_engine: local", "metastore_engine: local", "storage_engine: local") +
      deploy("operator: table:dedupe", "config_id: 1", "parameters: { input_path: a, output_path: b }"),
    ["provider/not-built 11:12"],
  ],

  [
    "a pull from an unknown step",
    dag(`id: a, operator: table:list, parameters: { database_name: "<<PULLED FROM b>>" }`) + deploy("workflow: w:c"),
    ["reference/unknown-step"],
  ],
  [
    "a pull from a step that is no ancestor",
    dag(`id: a, ${list}`, 'id: b, operator: table:list, parameters: { database_name: "${a.database_name}" }') +
      deploy("workflow: w:c"),
    ["reference/not-an-ancestor"],
  ],
  [
    "an output that is none",
    dag(
      `id: a, ${list}`,
      'id: b, operator: table:list, dependencies: [a], parameters: { database_name: "${a.rows}" }',
    ) + deploy("workflow: w:c"),
    ["reference/unknown-output"],
  ],
  [
    "a field of the run that is none",
    deploy("operator: table:list", 'parameters: { database_name: "${run.dat}" }'),
    ["reference/unknown-run-field 5:30"],
  ],
  [
    "a resource that is none",
    deploy("operator: table:list", 'parameters: { database_name: "${database.d.name}" }'),
    ["reference/unknown-resource 5:30"],
  ],
  [
    "an attribute that is none",
    `type: database\nname: d\n${deploy("operator: table:list", 'parameters: { database_name: "${database.d.nme}" }')}`,
    ["reference/unknown-attribute 7:30"],
  ],
  [
    "deployments that need each other by references",
    deploy("operator: table:list", 'parameters: { database_name: "${deployment.y.name}" }') +
      deploy("operator: table:list", 'parameters: { database_name: "${deployment.x.name}" }').replace(
        "name: x",
        "name: y",
      ),
    ["resource/cycle 3:7"],
  ],

  ["an unknown type", "type: tabel\n", ["document/unknown-type 1:7"]],
  ["an unknown field", "type: database\nname: d\nowner: me\n", ["document/unknown-field 3:1"]],
  ["a missing field", "type: database\n", ["document/missing-field 1:1"]],
  [
    "a value of another type",
    "type: database\nname: d\nlifecycle: { prevent_destroy: maybe }\n",
    ["document/invalid-value 3:31"],
  ],
  ["an unknown variable", 'type: database\nname: "${var.nme}"\n', ["variable/unknown 2:7"]],
  [
    "the environment outside of a client's settings",
    'type: database\nname: "{{NAME}}"\n',
    ["environment/not-here 2:7"],
  ],
  ["a duplicate key", "type: database\nname: d\nname: e\n", ["yaml/duplicate-key 3:1"]],
  ["a tag", "type: database\nname: !!js/function d\n", ["yaml/unknown-tag 2:7"]],
];

test.each(cases)("%s", (_, documents, said) => {
  // A place in a workflow is where the workflow stands; what is said of the deployment alone is compared without it.
  expect(
    wrong(documents).map((text, at) => (said[at]?.includes(" ") === false ? text.replace(/ .*/, "") : text)),
  ).toEqual(said);
});

test("nothing is wrong with what is right", () => {
  expect(
    wrong(
      dag(`id: a, ${list}`, `id: b, ${list}, dependencies: [a], when: failed, retry: exponential(5), timeout: 2h`) +
        deploy("workflow: w:c", "timeout: 1h30m", "timezone: Europe/Paris"),
    ),
  ).toEqual([]);
});

test("without a config and a default no other is taken", () => {
  expect(
    wrong(deploy("operator: table:list", "parameters: { database_name: d }"), "{}\n").map((text) =>
      text.replace(/ .*/, ""),
    ),
  ).toEqual(["config/none-chosen"]);
});

test("providers in mason.yaml are refused, since nothing reads them", () => {
  expect(wrong("", `${localFiles["mason.yaml"]}providers: { acme: ./acme }\n`)).toEqual([
    "project/providers-not-read mason.yaml:2:1",
  ]);
});

test("a secret of the state in mason.yaml is refused", () => {
  const state = "state: { backend: s3, bucket: b, key: k, access_key: '{{S}}', secret_key: planted }\n";
  expect(wrong("", localFiles["mason.yaml"] + state)).toEqual(["config/secret-in-file mason.yaml:2:75"]);
});

test("both places of a duplicate are given", () => {
  const [problem] = loadFiles({
    "a.yaml": "type: database\nname: d\n",
    "b.yaml": "type: database\nname: d\n",
  }).diagnostics;
  expect(problem?.place).toMatchObject({ file: "b.yaml" });
  expect(problem?.related?.map((other) => other.place)).toMatchObject([{ file: "a.yaml", line: 2, column: 7 }]);
});

test("a workflow's own mistake is told once, also when its deployment is in the same file", () => {
  const found = wrong(
    dag(`id: a, ${list}, dependencies: [b]`) +
      deploy("workflow: w:c") +
      deploy("workflow: w:c").replace("name: x", "name: y"),
  );
  expect(found).toEqual(["step/unknown-dependency 5:85"]);
});

test("strict: false leaves out steps with mistakes and those that wait for them, and warns of each", () => {
  const documents =
    dag(
      `id: a, ${list}`,
      "id: b, operator: table:list, dependencies: [a]",
      `id: c, ${list}, dependencies: [b]`,
      `id: d, ${list}, dependencies: [a]`,
    ) + deploy("workflow: w:c", "strict: false");
  const { project, diagnostics, bodyOf } = loadFiles({ ...localFiles, "all.yaml": documents });
  expect(diagnostics.map(({ severity, code, address }) => [severity, code, address])).toEqual([
    ["warning", "deployment/step-dropped", "deployment.x/b"],
    ["warning", "deployment/step-dropped", "deployment.x/c"],
  ]);
  expect(keptSteps(bodyOf(resourceAt(project, "deployment", "deployment.x"))).map((step) => step.id)).toEqual([
    "a",
    "d",
  ]);
});

test.each([
  ["s3", "storage.move", ["provider/lacks-verb 19:12"]],
  ["s3", "storage.write", []],
  ["local", "storage.move", []],
])("on %s, an operator that needs %s", (provider, verb, said) => {
  const documents = `type: config
id: 9
storage_engine: ${provider}
execution_engine: local
scheduler_engine: local
clients:
  local: { configuration: { root: x } }
  s3: { configuration: { bucket: b, aws_region: eu-west-1 } }
---
`;
  const found = wrong(
    `${documents}${operator(`needs: [${verb}]`, "sql: select 1")}${deploy("operator: my:op", "config_id: 9")}`,
  );
  expect(found).toEqual(said);
});

test("a secret setting takes only a sensitive variable, and a setting that is shown takes none", () => {
  const settings = `${localFiles["mason.yaml"]}variables:\n  plain: { type: string, default: text }\n  hidden: { type: string, sensitive: true }\n`;
  const bucket = (setting: string, variable: string) =>
    wrong(
      `type: config\nid: 9\nstorage_engine: s3\nclients:\n  s3:\n    configuration:\n      ${setting}: \${var.${variable}}\n${setting === "bucket" ? "" : "      bucket: b\n"}`,
      settings,
    ).filter((problem) => /^config\/(sensitive-variable|secret-in-file)/.test(problem));
  for (const [setting, plain, hidden] of [
    ["access_key", "config/secret-in-file", ""],
    ["secret_key", "config/secret-in-file", ""],
    ["bucket", "", "config/sensitive-variable"],
    ["aws_region", "", "config/sensitive-variable"],
    ["endpoint", "", "config/sensitive-variable"],
  ] as const)
    for (const [variable, code] of [
      ["plain", plain],
      ["hidden", hidden],
    ] as const)
      expect([setting, variable, bucket(setting, variable)]).toEqual([
        setting,
        variable,
        code === "" ? [] : [`${code} 7:${setting.length + 9}`],
      ]);
});

test("names that differ only in case are two in two metastores, and one in one metastore of two configs", () => {
  const local = (id: string, root: string) =>
    `type: config\nid: ${id}\nmetastore_engine: local\nclients: { local: { configuration: { root: ${root} } } }\n---\n`;
  const both = (one: string, other: string) =>
    wrong(
      `${local("a", one)}${local("b", other)}type: database\nname: d\nconfig_id: a\n---\ntype: database\nname: D\nconfig_id: b\n`,
    );
  expect(both("x", "y")).toEqual([]);
  expect(both("x", "x")).toEqual(["resource/same-but-for-case 16:7"]);
});

test("names in mason.yaml that mean nothing are told", () => {
  const settings = `${localFiles["mason.yaml"]}removed: [{ from: tabel.a.b }, { from: database.d }, { from: table.d.gone }]\nlimits: { clients: { nosuch: 2, local: 1 } }\n`;
  expect(wrong("type: database\nname: d\n", settings)).toEqual([
    "removed/no-address",
    "removed/declared",
    "limits/unknown-client",
  ]);
});

test("every error ends in what to do: a sentence in the imperative or a suggestion", () => {
  const details = cases.flatMap(([, documents]) => loadFiles({ ...localFiles, "all.yaml": documents }).diagnostics);
  for (const { detail } of details) expect(detail).toMatch(/[.?]$/);
  expect(details.length).toBeGreaterThan(cases.length);
});
