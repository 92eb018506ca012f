/**
 * Planted secrets (in the environment, in .env, in settings of clients, in a sensitive variable, in text that SQL or an error could repeat)
 * never appear in anything that Mason prints or writes, at any log level; nor do their digests or other spellings.
 */
import { createHash } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startMason, twoAtATime } from "./support/child.ts";
import { figures } from "./support/figures.ts";
import { gateFiles } from "./support/gate.ts";
import { localConfig, newProject, put, smallFiles } from "./support/small.ts";

const planted = {
  key: "AKIACANARYKEY00001",
  secret: "canary/secret+value==00002",
  variable: "canary-variable-00003",
  unused: "canary-unused-00004",
  token: "canary&token<5>00005",
};
const env = {
  CANARY_KEY: planted.key,
  CANARY_UNUSED: planted.unused,
  MASON_VAR_password: planted.variable,
};
const files: Readonly<Record<string, string>> = {
  ...smallFiles,
  ...gateFiles,
  go: "",
  ".env": `CANARY_SECRET="${planted.secret}"\nCANARY_TOKEN="${planted.token}"\n`,
  "mason.yaml":
    "default_config: 1\nvariables: { password: { type: string, sensitive: true }, shown: { type: string, default: unset } }\n",
  "config.yaml": localConfig,
  // Nothing listens on port 1: every verb fails, with whatever the SDK says.
  "lake.yaml": `type: config
id: 2
metastore_engine: s3
storage_engine: s3
execution_engine: local
scheduler_engine: local
clients:
  s3:
    configuration: { bucket: lake, aws_region: us-east-1, endpoint: "http://127.0.0.1:1", access_key: "{{CANARY_KEY}}", secret_key: "{{CANARY_SECRET}}", session_token: "{{CANARY_TOKEN}}" }
  local: { configuration: { root: data } }
---
type: config
id: 3
storage_engine: s3
clients:
  s3: { configuration: { bucket: lake, aws_region: us-east-1, access_key: "{{CANARY_KEY}}", secret_key: "\${var.password}" } }
`,
  "sql.yaml": `type: deployment
name: sql
operator: table:query
parameters: { query_string: "select 1 as a", output_path: out/sql }
`,
  // Code of the project that prints what it found in the environment.
  "operators/my/tell/operator.yaml":
    "type: operator\nnamespace: my\ncommand: tell\nparameters: { optional: [{ name: fail, type: boolean, default: false }] }\nreads: []\nwrites: []\nrepeatable: true\nmodule: operator.js\n",
  "operators/my/tell/operator.js": `export default { run: async ({ env, log, parameters }) => {
  log("key " + env.CANARY_KEY);
  if (parameters.fail) throw new Error("could not log in with " + env.CANARY_KEY + " and " + env.MASON_VAR_password);
  return { info: ["password " + env.MASON_VAR_password] };
} };
`,
  "tell.yaml": "type: deployment\nname: tell\noperator: my:tell\n",
  "wait.yaml": "type: deployment\nname: wait\noperator: my:wait\nparameters: { name: one }\n",
};

/** A deployment whose system does not answer. */
const lakeLoad =
  "type: deployment\nname: lake\nconfig_id: 2\noperator: table:infer\nparameters: { database_name: sales, storage_path: raw, table_name: lake }\n";

/** Mistakes with secrets that must be refused without repeating the secret. */
const refused: Readonly<Record<string, string>> = {
  "a sensitive variable in SQL": `type: deployment\nname: bad\noperator: table:query\nparameters: { query_string: "select '\${var.password}' as a" }\n`,
  "a name of the environment in SQL": `type: deployment\nname: bad\noperator: table:query\nparameters: { query_string: "select '{{CANARY_KEY}}' as a" }\n`,
  "the environment in SQL": `type: deployment\nname: bad\noperator: table:query\nparameters: { query_string: "select getenv('CANARY_KEY') as a" }\n`,
  "a file of secrets in SQL": `type: deployment\nname: bad\noperator: table:query\nparameters: { query_string: "select * from read_text('../.env')" }\n`,
  "a secret in a plain setting": `type: config\nid: 9\nstorage_engine: s3\nclients: { s3: { configuration: { bucket: "\${var.password}" } } }\n`,
  "half a key": `type: config\nid: 9\nstorage_engine: s3\nclients: { s3: { configuration: { bucket: lake, access_key: "{{CANARY_KEY}}" } } }\n`,
  "a plain variable in a secret setting": `type: config\nid: 9\nstorage_engine: s3\nclients: { s3: { configuration: { bucket: lake, access_key: "\${var.shown}", secret_key: "{{CANARY_SECRET}}" } } }\n`,
};

const commands: readonly (readonly string[])[] = [
  ["validate"],
  ["plan"],
  ["plan", "--json"],
  ["plan", "--markdown"],
  ["plan", "--out", "p.plan"],
  ["show", "p.plan", "--json"],
  ["apply", "--auto-approve"],
  ["apply", "--auto-approve", "--json", "--run", "deployment.load"],
  ["get", "all"],
  ["get", "config", "2"],
  ["config"],
  ["state", "list"],
  ["state", "show", "config.2"],
  ["state", "pull"],
  ["state", "history"],
  ["runs", "list"],
  ["doctor"],
  ["graph", "--format", "dot"],
  ["run", "operator", "table", "list", "-p", "database_name:sales", "-c", "2"],
  ["run", "operator", "my", "tell"],
  ["run", "operator", "my", "tell", "-p", "fail:true"],
  ["runs", "logs", "last"],
];
const levels = ["error", "warn", "info", "debug", "trace"] as const;

/** The spellings that a text may have. */
const spellings = (text: string): readonly string[] => [
  text,
  encodeURIComponent(text),
  JSON.stringify(text).slice(1, -1),
  Buffer.from(text).toString("base64").replace(/=+$/, ""),
  Buffer.from(text).toString("hex"),
  ...["sha256", "sha1", "md5"].map((name) => createHash(name).update(text).digest("hex")),
];
const searched = Object.entries(planted).flatMap(([name, text]) =>
  spellings(text).map((spelling) => [name, spelling] as const),
);
const foundIn = (text: string): readonly string[] =>
  searched.flatMap(([name, spelling]) => (text.includes(spelling) ? [name] : []));

const open: string[] = [];
let looked = 0;
afterAll(async () => {
  for (const directory of open.splice(0)) await rm(directory, { recursive: true, force: true });
});

/** Runs a command and searches its output. */
async function leaks(directory: string, args: readonly string[]): Promise<readonly string[]> {
  const { stdout, stderr } = await startMason(directory, args, env).ended;
  looked++;
  return foundIn(stdout + stderr).map((name) => `${name} in the output of mason ${args.join(" ")}`);
}

async function filesWith(directory: string): Promise<{ readonly files: number; readonly leaks: readonly string[] }> {
  const entries = (await readdir(directory, { recursive: true, withFileTypes: true })).filter(
    (entry) => entry.isFile() && entry.name !== ".env",
  );
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return foundIn(await readFile(path, "latin1")).map((name) => `${name} in ${relative(directory, path)}`);
    }),
  );
  return { files: entries.length, leaks: found.flat() };
}

test("nothing that is printed or written holds a planted secret, at any log level", async () => {
  const found: string[] = [];
  let count = 0;
  await twoAtATime(levels, async (level) => {
    const directory = await newProject(files);
    open.push(directory);
    for (const args of commands) found.push(...(await leaks(directory, [...args, "-l", level])));
    await put(directory, "lake-load.yaml", lakeLoad);
    for (const args of [
      ["plan"],
      ["plan", "--offline"],
      ["apply", "--auto-approve"],
      ["apply", "--auto-approve", "--json"],
    ])
      found.push(...(await leaks(directory, [...args, "-l", level])));
    const written = await filesWith(directory);
    count += written.files;
    found.push(...written.leaks);
  });
  figures("planted secrets", {
    secrets: Object.keys(planted).length,
    spellings: searched.length,
    outputs: looked,
    files: count,
    found: found.length,
  });
  expect(found).toEqual([]);
  expect(count).toBeGreaterThan(50);
});

test("the commands succeed here, so the search sees more than refusals", async () => {
  const directory = await newProject(files);
  open.push(directory);
  const plan = await startMason(directory, ["plan"], env).ended;
  expect([plan.code, plan.stderr]).toEqual([0, ""]);
  const apply = await startMason(directory, ["apply", "--auto-approve"], env).ended;
  expect([apply.code, apply.stderr.includes("Error")]).toEqual([0, false]);
  for (const name of ["load", "sql", "tell", "wait"]) expect(apply.stderr).toContain(`deployment.${name}: ran`);
  expect(JSON.parse(await readFile(join(directory, "mason.lock"), "utf8")).resources["config.2"]).toBeDefined();
});

test("mistakes with secrets are refused without repeating them", async () => {
  const found: string[] = [];
  await twoAtATime(Object.entries(refused), async ([what, document]) => {
    const directory = await newProject(files);
    open.push(directory);
    await put(directory, "bad.yaml", document);
    const plan = await startMason(directory, ["plan", "-l", "trace", "--out", "p.plan"], env).ended;
    const apply = await startMason(directory, ["apply", "--auto-approve", "-l", "trace"], env).ended;
    for (const { stdout, stderr } of [plan, apply])
      found.push(...foundIn(stdout + stderr).map((name) => `${name}: ${what}`));
    found.push(...(await filesWith(directory)).leaks);
    expect([what, apply.code === 0]).toEqual([what, false]);
  });
  expect(found).toEqual([]);
});
