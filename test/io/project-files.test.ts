import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { createLookup, variablesFrom } from "../../src/io/environment.ts";
import { findRoot, readProjectFiles } from "../../src/io/project-files.ts";
import { type TestProject, testProject } from "../support/world.ts";

const open: TestProject[] = [];
afterEach(async () => {
  for (const project of open.splice(0)) await project.close();
});
async function files(all: Readonly<Record<string, string>>): Promise<TestProject> {
  const made = await testProject(all);
  open.push(made);
  return made;
}
const read = async (all: Readonly<Record<string, string>>) =>
  readProjectFiles((await files(all)).directory).map((source) => source.file);

describe("the files of a project", () => {
  test("are all YAML files below its root, sorted by name", async () => {
    expect(
      await read({ "b.yaml": "", "a/z.yml": "", "a/b/c.yaml": "", "a.yaml": "", "readme.md": "", "a.yaml.txt": "" }),
    ).toEqual(["a/b/c.yaml", "a/z.yml", "a.yaml", "b.yaml"]);
  });

  test("exclude hidden ones, node_modules, and nested projects", async () => {
    expect(
      await read({
        "mason.yaml": "",
        ".hidden.yaml": "",
        ".github/workflows/ci.yaml": "",
        ".mason/cache.yaml": "",
        "node_modules/p/p.yaml": "",
        "deep/node_modules/p.yaml": "",
        "nested/mason.yaml": "",
        "nested/other.yaml": "",
        "nested2/mason.yml": "",
        "nested2/deep/other.yaml": "",
        "kept/k.yaml": "",
      }),
    ).toEqual(["kept/k.yaml", "mason.yaml"]);
  });

  test("exclude what .masonignore matches, by the rules of .gitignore", async () => {
    expect(
      await read({
        ".masonignore": "# charts\ncharts/\n*.values.yaml\n!keep.values.yaml\n/top.yaml\n",
        "charts/a.yaml": "",
        "deep/charts/b.yaml": "",
        "a.values.yaml": "",
        "keep.values.yaml": "",
        "top.yaml": "",
        "deep/top.yaml": "",
      }),
    ).toEqual(["deep/top.yaml", "keep.values.yaml"]);
  });

  test("include links to files inside; links to directories are not followed", async () => {
    const made = await files({ "a/real.yaml": "x: 1\n" });
    await symlink(join(made.directory, "a/real.yaml"), join(made.directory, "link.yaml"));
    await symlink(made.directory, join(made.directory, "a/loop"));
    expect(readProjectFiles(made.directory).map((source) => source.file)).toEqual(["a/real.yaml", "link.yaml"]);
  });

  test("never include a link that leads out of the project, which is refused unread", async () => {
    const outside = await files({ "secret.yaml": "type: database\nname: planted\n" });
    const made = await files({ "a.yaml": "" });
    await symlink(join(outside.directory, "secret.yaml"), join(made.directory, "link.yaml"));
    let said = "";
    try {
      readProjectFiles(made.directory);
    } catch (thrown) {
      said = JSON.stringify(thrown);
    }
    expect(said).toContain("link.yaml");
    expect(said).not.toContain("planted");
  });

  test("fail with the path of a directory that can't be read", async () => {
    const made = await files({ "a.yaml": "" });
    expect(() => readProjectFiles(join(made.directory, "a.yaml"))).toThrow();
  });
});

describe("the root of a project", () => {
  const type = "type: database\nname: d\n";
  test("is the given directory, else the nearest one upwards with a mason.yaml, else the current one", async () => {
    const { directory } = await files({ "mason.yaml": "", "a/b/x.yaml": type, "other/x.yaml": type });
    const env = { MASON_HOME: join(directory, "absent") };
    expect(findRoot("other", directory, env)).toBe(join(directory, "other"));
    expect(findRoot(undefined, join(directory, "a/b"), env)).toBe(directory);
    expect(() => findRoot("absent", directory, env)).toThrow();
    const bare = await files({ "a/x.yaml": type });
    expect(findRoot(undefined, join(bare.directory, "a"), env)).toBe(join(bare.directory, "a"));
  });

  test("is MASON_HOME when the current directory holds no resource and no project is around it", async () => {
    const home = await files({ "x.yaml": type });
    const empty = await files({ "values.yaml": "a: 1\n" });
    expect(findRoot(undefined, empty.directory, { MASON_HOME: home.directory })).toBe(home.directory);
    expect(findRoot(undefined, empty.directory, { MASON_HOME: join(home.directory, "absent") })).toBe(empty.directory);
  });
});

describe("a name of the environment", () => {
  test("is looked up in the environment, then in the project's .env, then in MASON_HOME's", async () => {
    const home = await files({ ".env": "A=home\nB=home\nC=home\n" });
    const made = await files({ ".env": 'A=project\nB="pro ject"\n' });
    const environment = { MASON_HOME: home.directory, A: "environment" };
    const lookup = createLookup(made.directory, environment);
    expect(["A", "B", "C", "D"].map(lookup)).toEqual(["environment", "pro ject", "home", undefined]);
    expect(environment).toEqual({ MASON_HOME: home.directory, A: "environment" });
    expect(process.env.B).toBeUndefined();
  });

  test("has a value even when it is empty", async () => {
    const made = await files({ ".env": "A=file\n" });
    expect(createLookup(made.directory, { A: "" })("A")).toBe("");
  });

  test("sets a variable when it begins with MASON_VAR_", () => {
    expect(
      variablesFrom({ MASON_VAR_region: "eu", MASON_VARIABLE: "x", region: "us", MASON_VAR_gone: undefined }),
    ).toEqual({ region: "eu" });
  });
});
