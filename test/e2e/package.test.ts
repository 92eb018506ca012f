/** The types in the package, as an author of an operator uses them. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { repository } from "../examples/example.ts";
import { runProgram } from "./mason.ts";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "mason-types-"));
  await mkdir(join(home, "node_modules/mason"), { recursive: true });
  // What the package holds, and nothing of the sources.
  for (const part of ["package.json", "dist"])
    await symlink(join(repository, part), join(home, "node_modules/mason", part));
  await writeFile(join(home, "package.json"), '{ "type": "module" }\n');
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function check(text: string) {
  await writeFile(join(home, "operator.ts"), text);
  const tsc = join(repository, "node_modules/typescript/bin/tsc");
  const flags = ["--strict", "--noEmit", "--module", "NodeNext", "--moduleResolution", "NodeNext", "--skipLibCheck"];
  return runProgram(home, process.execPath, [tsc, "--ignoreConfig", ...flags, "--types", "", "operator.ts"], {});
}

it("are found, and say what an operator may do", async () => {
  const good = await check(`import { defineOperator, ProviderError, type Metastore } from "mason";
export const operator = defineOperator({ run: async ({ parameters, log }) => {
  log(String(parameters.name));
  if (parameters.name === undefined) throw new ProviderError("not_found", "No name.");
  return { data: [] };
} });
export type Table = Awaited<ReturnType<NonNullable<Metastore["getTable"]>>>;
`);
  expect([good.code, good.stdout]).toEqual([0, ""]);
});

it("find a wrong word", async () => {
  const bad = await check('import { ProviderError } from "mason";\nthrow new ProviderError("nope", "No.");\n');
  expect(bad.code).not.toBe(0);
  expect(bad.stdout).toContain("operator.ts(2,");
  const unknown = await check('import { nothing } from "mason";\nnothing();\n');
  expect(unknown.stdout).toContain("nothing");
});

it("are in the package", async () => {
  const { stdout } = await runProgram(repository, "npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {});
  const [{ files }] = JSON.parse(stdout) as [{ files: readonly { readonly path: string }[] }];
  const paths = files.map(({ path }) => path);
  expect(paths).toContain("dist/types/index.d.ts");
  expect(paths).toContain("dist/types/operator/operator.d.ts");
});
