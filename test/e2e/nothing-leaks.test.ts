import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { localConfig, type MasonProject, masonProject, type Ran } from "./mason.ts";

const open: MasonProject[] = [];
const project = async (files: Readonly<Record<string, string>>): Promise<MasonProject> => {
  const made = await masonProject({ "mason.yaml": "default_config: 6\n", "config.yaml": localConfig, ...files });
  open.push(made);
  return made;
};
afterEach(async () => {
  for (const made of open.splice(0)) await made.close();
});

/** Texts of all files of a project but .env, with their paths. */
async function allFiles(directory: string): Promise<readonly (readonly [string, string])[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile() && entry.name !== ".env")
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path, await readFile(path, "latin1")] as const;
      }),
  );
}

// The levels between say less than trace.
const levels = ["error", "trace"] as const;

test("a secret of .env stands in no output, file or log at any log level, also when the system refuses it", async () => {
  const secrets = { key: "AKIAPLANTEDKEY0001", secret: "planted/secret+value==0002" };
  // Nothing listens on port 1: every verb fails with whatever the SDK says.
  const made = await project({
    ".env": `PLANTED_KEY=${secrets.key}\nPLANTED_SECRET="${secrets.secret}"\n`,
    "bucket.yaml": `type: config
id: 9
metastore_engine: s3
storage_engine: s3
execution_engine: local
scheduler_engine: local
clients:
  s3:
    configuration:
      bucket: planted
      aws_region: us-east-1
      endpoint: http://127.0.0.1:1
      access_key: "{{PLANTED_KEY}}"
      secret_key: "{{PLANTED_SECRET}}"
`,
    "load.yaml":
      "type: deployment\nname: load\nconfig_id: 9\noperator: table:infer\nparameters: { database_name: sales, storage_path: raw, table_name: orders }\n",
  });
  const ran: Ran[] = [];
  for (const level of levels) {
    ran.push(await made.run("plan", "-l", level));
    ran.push(await made.run("apply", "--auto-approve", "-l", level, "--json"));
  }
  ran.push(await made.run("apply", "--auto-approve", "-l", "trace"));
  ran.push(await made.run("run", "operator", "table", "list", "-p", "database_name:sales", "-c", "9", "-l", "trace"));
  ran.push(await made.run("get", "config", "9"), await made.run("get", "all"), await made.run("config", "9"));
  ran.push(await made.run("destroy", "--auto-approve", "-l", "trace"));
  expect(ran.some(({ code }) => code !== 0)).toBe(true);
  const texts = [
    ...ran.map(({ stdout, stderr }): readonly [string, string] => ["output", stdout + stderr]),
    ...(await allFiles(made.directory)),
  ];
  // What is found is named by its file, never printed.
  for (const secret of [secrets.key, secrets.secret, encodeURIComponent(secrets.secret)])
    expect(texts.filter(([, text]) => text.includes(secret)).map(([file]) => file)).toEqual([]);
  expect(texts.some(([, text]) => text.includes("{{PLANTED_KEY}}"))).toBe(true);
});

test("SQL reads no value of a file while it is planned, and never a file outside of the roots of its config", async () => {
  const query = (sql: string) =>
    `type: deployment\nname: q\noperator: table:query\nparameters: { query_string: "${sql}", output_path: out/q, overwrite: true }\n`;
  const made = await project({
    "raw/a.csv": "planted_header\n1\n",
    "config.yaml": localConfig.replace("root: .", "root: data"),
    "data/inside.csv": "planted_header\nplanted_value\n",
    "outside.csv": "planted_header\n1\n",
    "q.yaml": query("select 1 as one"),
  });
  const inside = `${made.directory}/data/inside.csv`;
  for (const sql of [`select * from read_csv('${inside}')`, `select content from read_text('data/inside.csv')`]) {
    await made.write("q.yaml", query(sql));
    const { stdout, stderr } = await made.run("plan", "-l", "trace");
    expect(stdout + stderr).not.toContain("planted_value");
    const kept = await allFiles(join(made.directory, ".mason"));
    expect(kept.filter(([, text]) => text.includes("planted_value")).map(([file]) => file)).toEqual([]);
    // A pull request of somebody else learns nothing of what lies here.
    const untrusted = await made.run("plan", "--untrusted");
    expect(untrusted.stdout + untrusted.stderr).not.toContain("planted");
  }
  const outside = `${made.directory}/outside.csv`;
  for (const sql of [
    `select * from read_csv('${outside}')`,
    `select * from glob('${made.directory}/*')`,
    "select * from read_text('/etc/passwd')",
  ]) {
    await made.write("q.yaml", query(sql));
    const { code, stdout, stderr } = await made.run("apply", "--auto-approve");
    expect([code, stderr.replace(/\s+/g, " ")]).toEqual([
      1,
      expect.stringContaining("not below the root of the storage"),
    ]);
    expect(stdout + stderr).not.toContain("root:x:");
    expect(stdout + stderr).not.toContain("planted");
    expect(existsSync(join(made.directory, "data/out/q"))).toBe(false);
  }
  await made.write("q.yaml", query(`select * from read_csv('${inside}')`));
  expect((await made.run("apply", "--auto-approve")).code).toBe(0);
});

test.each([
  "copy (select 1) to 'x.csv'",
  "attach 'x.db'",
  "install httpfs",
  "set enable_external_access = true",
  "select 1; drop table x",
])("%s is no query", async (sql) => {
  const made = await project({
    "q.yaml": `type: deployment\nname: q\noperator: table:query\nparameters: { query_string: "${sql}", output_path: out/q }\n`,
  });
  const { code, stderr } = await made.run("plan");
  expect([code, stderr.replace(/\s+/g, " ")]).toEqual([1, expect.stringContaining("not one SELECT statement")]);
});

test("a secret written into YAML by mistake is refused, and stands in no output and in no other file", async () => {
  const planted = { state: "PLANTEDstate0001", client: "PLANTEDclient0002", variable: "PLANTEDvariable0003" };
  const made = await project({
    "mason.yaml": `default_config: 6
state: { backend: s3, bucket: b, key: k, aws_region: us-east-1, access_key: "${planted.state}", secret_key: ${planted.state} }
variables:
  db: { type: string, sensitive: true, default: ${planted.variable} }
`,
    "lake.yaml": `type: config
id: 9
storage_engine: s3
clients:
  s3:
    configuration:
      secret_key: ${planted.client}
      bukket: lake
`,
  });
  const commands: readonly (readonly string[])[] = [
    ["validate"],
    ["validate", "--json"],
    ["plan"],
    ["plan", "--json"],
    ["plan", "--markdown"],
    ["apply", "--auto-approve", "--json", "-l", "trace"],
    ["run", "operator", "table", "list", "-p", "database_name=d", "-l", "trace"],
    ["get", "config", "9"],
    ["state", "list"],
    ["fmt", "--check"],
    ["doctor"],
  ];
  const ran: Ran[] = [];
  for (const command of commands) ran.push(await made.run(...command));
  expect(ran[0]?.stderr).toContain("mason.yaml:2:");
  expect(ran[0]?.stderr).toContain("lake.yaml:7:");
  expect(ran[8]?.stderr.replace(/\s+/g, " ")).toContain('is secret and accepts only "{{NAME}}"');
  const files = (await allFiles(made.directory)).filter(([file]) => !/(mason|lake)\.yaml$/.test(file));
  const texts = [...ran.map(({ stdout, stderr }) => stdout + stderr), ...files.map(([, text]) => text)];
  for (const secret of Object.values(planted)) expect(texts.filter((text) => text.includes(secret))).toEqual([]);
});

test("a secret that is too short to be kept out of messages is refused", async () => {
  const made = await project({
    ".env": "ID=abc\nSECRET=abcdefgh\n",
    "mason.yaml":
      'default_config: 6\nstate: { backend: s3, bucket: b, aws_region: us-east-1, access_key: "{{ID}}", secret_key: "{{SECRET}}" }\n',
  });
  const { code, stderr } = await made.run("plan");
  expect(code).toBe(1);
  expect(stderr.replace(/\s+/g, " ")).toContain(
    'The value of the secret setting "access_key" has fewer than 4 characters',
  );
});
