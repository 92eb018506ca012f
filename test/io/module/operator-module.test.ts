import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { renderDiagnostics } from "../../../src/diagnostic/frame.ts";
import { bundleModule, loadModule } from "../../../src/io/module/operator-module.ts";

let base: string;
let root: string;
let cacheDirectory: string;

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "mason-module-")));
  root = join(base, "project");
  cacheDirectory = join(root, ".mason/cache/modules");
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>, below = root): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(below, name)), { recursive: true });
    writeFileSync(join(below, name), text);
  }
}

const bundle = (file = "operators/a/operator.ts") => bundleModule({ root, file, cacheDirectory });

async function bundled(file?: string) {
  const { value, diagnostics } = await bundle(file);
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

async function refused(file?: string) {
  const { value, diagnostics } = await bundle(file);
  expect(value).toBeUndefined();
  return diagnostics;
}

const load = async (file?: string) => (await loadModule((await bundled(file)).code)) as Record<string, unknown>;

const typescript = {
  "operators/a/operator.ts": `import { defineOperator } from "mason";
import { double, Size } from "./lib";
import settings from "../../settings.json";
export const result: readonly unknown[] = [double(settings.factor), Size.Large, Size[Size.Large]];
export default defineOperator({ run: () => settings.factor });
`,
  "operators/a/lib.ts":
    "export enum Size { Small, Large = 7 }\nexport const double = (value: number): number => value * 2;\n",
  "settings.json": '{ "factor": 21 }',
};

describe("a module of the project", () => {
  it("is bundled with what it imports, types and enums compiled", async () => {
    write(typescript);
    const module = await load();
    expect(module.result).toEqual([42, 7, "Large"]);
    expect((module.default as { run(): number }).run()).toBe(21);
  });

  it("is not run by bundling", async () => {
    write({ "operators/a/operator.ts": 'throw new Error("It ran.");' });
    expect((await bundle()).diagnostics).toEqual([]);
    await expect(load()).rejects.toThrow("It ran.");
  });

  it("may use packages from node_modules, including CommonJS ones", async () => {
    write({
      "operators/a/operator.ts":
        'import old from "old-package";\nimport { fresh } from "@acme/fresh";\nexport const result = [old.name, fresh];\n',
      "node_modules/old-package/package.json": '{ "main": "lib/main.js" }',
      "node_modules/old-package/lib/main.js":
        'const { basename } = require("path");\nexports.name = basename(__filename).length > 0 && typeof __dirname + basename("/x/old");\n',
      "node_modules/@acme/fresh/package.json": '{ "type": "module", "exports": "./index.mjs" }',
      "node_modules/@acme/fresh/index.mjs": 'export const fresh = "fresh";\n',
    });
    expect((await load()).result).toEqual(["stringold", "fresh"]);
  });

  it("may use packages when node_modules is a link", async () => {
    write({ "dep/package.json": '{ "main": "x.js" }', "dep/x.js": "exports.x = 5;" }, join(base, "installed"));
    write({ "operators/a/operator.ts": 'export { x } from "dep";' });
    symlinkSync(join(base, "installed"), join(root, "node_modules"));
    expect((await load()).x).toBe(5);
  });

  it("may use the names that the bundle itself uses", async () => {
    write({
      "operators/a/operator.ts": `import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
const require = createRequire(import.meta.url);
const __filename = fileURLToPath(import.meta.url);
const __dirname = dirname(__filename);
export const result = [typeof require("node:os").tmpdir(), typeof __dirname];
`,
    });
    expect((await load()).result).toEqual(["string", "string"]);
  });
});

describe("the digest", () => {
  it("is the same in another directory, and differs when an input or the entry differs", async () => {
    write(typescript);
    const { digest } = await bundled();
    const first = root;
    root = join(base, "elsewhere/deep");
    write(typescript);
    expect((await bundled()).digest).toBe(digest);
    expect(readFileSync((await bundled()).code, "utf8")).toBe(
      readFileSync(join(first, `.mason/cache/modules/${digest}.mjs`), "utf8"),
    );
    write({ "settings.json": '{ "factor": 22 }' });
    const changed = await bundled();
    expect(changed.digest).not.toBe(digest);
    expect(changed.digest).toMatch(/^[0-9a-f]{64}$/);
    expect((await loadModule(changed.code)) as object).toMatchObject({ result: [44, 7, "Large"] });
    write({
      "operators/b/operator.ts": typescript["operators/a/operator.ts"],
      "operators/b/lib.ts": typescript["operators/a/lib.ts"],
    });
    expect((await bundled("operators/b/operator.ts")).digest).not.toBe(changed.digest);
  });
});

describe("the cache", () => {
  /** Marks the cached code: a marked result came from the cache. */
  const marked = async () => {
    const { code } = await bundled();
    writeFileSync(code, "export const marked = true;");
    return async () => readFileSync((await bundled()).code, "utf8").includes("marked");
  };

  it("is used while nothing has changed, even if a file was touched", async () => {
    write(typescript);
    const fromCache = await marked();
    expect(await fromCache()).toBe(true);
    utimesSync(join(root, "settings.json"), new Date(0), new Date(0));
    expect(await fromCache()).toBe(true);
    const entry = readdirSync(cacheDirectory).find((name) => name.endsWith(".json")) ?? "";
    const { files } = JSON.parse(readFileSync(join(cacheDirectory, entry), "utf8")) as {
      files: { name: string; mtime: number }[];
    };
    expect(files.find(({ name }) => name === "settings.json")?.mtime).toBe(0);
  });

  it("is invalidated by a change of the same size", async () => {
    write(typescript);
    const fromCache = await marked();
    const before = statSync(join(root, "settings.json"));
    write({ "settings.json": '{ "factor": 99 }' });
    utimesSync(join(root, "settings.json"), before.atime, new Date(before.mtimeMs + 1000));
    expect(await fromCache()).toBe(false);
    expect((await load()).result).toEqual([198, 7, "Large"]);
  });

  it("is invalidated by a new file that an import now resolves to", async () => {
    write({ "operators/a/operator.ts": 'export { x } from "./lib";', "operators/a/lib.js": "export const x = 1;" });
    expect((await load()).x).toBe(1);
    write({ "operators/a/lib.ts": "export const x = 2;" });
    expect((await load()).x).toBe(2);
  });

  it("is invalidated when a link gets another target", async () => {
    write({
      "operators/a/operator.ts": 'export { x } from "./lib";',
      "one.ts": "export const x = 1;",
      "two.ts": "export const x = 2;",
    });
    symlinkSync("../../one.ts", join(root, "operators/a/lib.ts"));
    expect((await load()).x).toBe(1);
    rmSync(join(root, "operators/a/lib.ts"));
    symlinkSync("../../two.ts", join(root, "operators/a/lib.ts"));
    expect((await load()).x).toBe(2);
  });

  it("is invalidated when a package.json names another file", async () => {
    write({
      "operators/a/operator.ts": 'export { x } from "dep";',
      "node_modules/dep/package.json": '{ "main": "one.js" }',
      "node_modules/dep/one.js": "exports.x = 1;",
      "node_modules/dep/two.js": "exports.x = 2;",
    });
    expect((await load()).x).toBe(1);
    write({ "node_modules/dep/package.json": '{ "main": "two.js", "v": 2 }' });
    expect((await load()).x).toBe(2);
  });

  it("survives a damaged entry and lost code", async () => {
    write(typescript);
    const { digest, code } = await bundled();
    for (const name of readdirSync(cacheDirectory))
      if (name.endsWith(".json")) writeFileSync(join(cacheDirectory, name), "{");
    expect((await bundled()).digest).toBe(digest);
    rmSync(code);
    expect((await load()).result).toEqual([42, 7, "Large"]);
  });

  it("keeps warnings", async () => {
    write({ "operators/a/operator.ts": "export const x = { a: 1, a: 2 };" });
    const first = await bundle();
    expect(first.diagnostics).toMatchObject([
      { severity: "warning", place: { file: "operators/a/operator.ts", line: 1 } },
    ]);
    expect(await bundle()).toEqual(first);
  });
});

describe("what is refused", () => {
  it("is a file outside the root, directly or through a link, with the place of the import", async () => {
    write({ "secret.json": "{}", "code.ts": "export const x = 1;" }, base);
    write({
      "operators/a/operator.ts":
        'const über = 1; import secret from "../../../secret.json";\nimport "./link";\nexport default [secret, über];\n',
    });
    symlinkSync(join(base, "code.ts"), join(root, "operators/a/link.ts"));
    const diagnostics = await refused();
    expect(diagnostics.map(({ code, place }) => [code, place])).toEqual([
      ["module/outside-project", { file: "operators/a/operator.ts", line: 1, column: 36, length: 22 }],
      ["module/outside-project", { file: "operators/a/operator.ts", line: 2, column: 8, length: 8 }],
    ]);
    expect(diagnostics[0]?.detail).toContain('"../secret.json"');
    expect(readdirSync(base).sort()).toEqual(["code.ts", "project", "secret.json"]);
  });

  it("is a package in a node_modules above the root", async () => {
    write({ "node_modules/above/index.js": "exports.x = 1;" }, base);
    write({ "operators/a/operator.ts": 'export { x } from "above";' });
    expect(await refused()).toMatchObject([{ code: "module/outside-project" }]);
  });

  it("is an entry that is outside the root or does not exist", async () => {
    write({ "evil.ts": "export {};" }, base);
    write(typescript);
    symlinkSync(join(base, "evil.ts"), join(root, "linked.ts"));
    expect(await refused("../evil.ts")).toMatchObject([{ code: "module/outside-project" }]);
    expect(await refused("linked.ts")).toMatchObject([{ code: "module/outside-project" }]);
    expect(await refused(join(root, "operators/a/operator.ts"))).toMatchObject([{ code: "module/outside-project" }]);
    expect(await refused("nothing.ts")).toMatchObject([{ code: "module/not-found" }]);
  });

  it("is a native package, with a library or a package that loads one", async () => {
    write({
      "operators/a/operator.ts":
        'import addon from "native";\nimport other from "lookup";\nexport default [addon, other];\n',
      "node_modules/native/index.js": 'module.exports = require("./build/addon.node");',
      "node_modules/native/build/addon.node": "\u007fELF",
      "node_modules/lookup/index.js": 'module.exports = require("bindings")("addon");',
      "node_modules/bindings/index.js": "module.exports = () => 1;",
    });
    const diagnostics = await refused();
    expect(diagnostics.map(({ code }) => code)).toEqual(["module/native-package", "module/native-package"]);
    expect(diagnostics.map(({ detail }) => detail).join()).toMatch(/addon\.node.*"bindings"|"bindings".*addon\.node/s);
  });

  it("is code from the web", async () => {
    write({ "operators/a/operator.ts": 'export { x } from "https://example.org/x.js";' });
    expect(await refused()).toMatchObject([
      { code: "module/foreign-import", place: { file: "operators/a/operator.ts" } },
    ]);
  });

  it("is a file that esbuild can't read, with the place of each problem", async () => {
    write({
      "operators/a/operator.ts":
        'import { missing } from "not-installed";\nimport "./nowhere";\nimport { defineTable } from "mason";\nexport default [missing, defineTable];\n',
    });
    const diagnostics = await refused();
    expect(diagnostics.map(({ place }) => place)).toEqual(
      expect.arrayContaining([
        { file: "operators/a/operator.ts", line: 1, column: 25, length: 15 },
        { file: "operators/a/operator.ts", line: 2, column: 8, length: 11 },
      ]),
    );
    const text = renderDiagnostics(diagnostics, {
      textOf: (file) => readFileSync(join(root, file), "utf8"),
      width: 200,
      color: false,
    });
    expect(text).toContain('Could not resolve "not-installed". Install it with npm in the project, or fix the name.');
    expect(text).toContain('Could not resolve "./nowhere". Fix the path of the import.');
  });

  it("is a syntax error, and leaves nothing in the cache", async () => {
    write({ "operators/a/operator.ts": "export const x = ;\n" });
    expect(await refused()).toMatchObject([
      { code: "module/bundle-failed", place: { file: "operators/a/operator.ts", line: 1, column: 18 } },
    ]);
    expect(readdirSync(root)).toEqual(["operators"]);
  });

  it("is an import of a name that the package mason does not export", async () => {
    write({ "operators/a/operator.ts": 'import { defineTable } from "mason";\nexport default defineTable({});\n' });
    expect(await refused()).toMatchObject([
      { code: "module/bundle-failed", detail: expect.stringContaining("defineTable"), place: { line: 1, column: 10 } },
    ]);
  });
});
