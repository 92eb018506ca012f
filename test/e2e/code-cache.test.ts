/** The code cache of V8, in a copy of the installation: made at first use, whole or ignored, and never that of another Node. */
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { node, type Ran, runProgram } from "./mason.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "mason-code-cache-"));
  await cp(join(root, "bin"), join(home, "bin"), { recursive: true });
  await cp(join(root, "dist"), join(home, "dist"), { recursive: true });
  await rm(join(home, "dist/cache"), { recursive: true, force: true });
  await cp(join(root, "package.json"), join(home, "package.json"));
  await symlink(join(root, "node_modules"), join(home, "node_modules"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const project = join(root, "bin/warm-up");
const plan = (...flags: readonly string[]): Promise<Ran> =>
  runProgram(home, node, [...flags, join(home, "bin/mason"), "plan", "--offline", "-C", join(home, "bin/warm-up")], {});
const caches = async () => (await readdir(join(home, "dist/cache")).catch(() => [])).sort();
const good = { code: 0, stderr: "" };

it("is made by the first plan, and used by the next one", async () => {
  const first = await plan();
  expect(first).toMatchObject(good);
  const [file = "", ...others] = await caches();
  expect(others).toEqual([]);
  expect(file).toMatch(/^main-v[\d.]+-[0-9a-f]{32}\.cache$/);
  const before = await stat(join(home, "dist/cache", file));
  expect(before.size).toBeGreaterThan(500_000);
  expect(await plan()).toEqual(first);
  expect((await stat(join(home, "dist/cache", file))).mtimeMs).toBe(before.mtimeMs);
});

it("has a file for each version of Node, each set of V8's flags, and each bundle", async () => {
  await plan();
  const own = await caches();
  await plan("--no-opt");
  expect(await caches()).toHaveLength(2);
  // The same length: V8 itself compares nothing else of a source.
  const bundle = join(home, "dist/main.cjs");
  const text = await readFile(bundle, "utf8");
  await writeFile(bundle, text.replace("Show what would change, and why", "Show what might change, and why"));
  const help = await runProgram(home, node, [join(home, "bin/mason"), "plan", "--help"], {});
  expect(help.stdout).toContain("Show what might change, and why");
  await plan();
  expect(await caches()).toHaveLength(3);
  expect(await caches()).toContain(own[0]);
  const named = (version: string) =>
    runProgram(home, node, ["-e", keyed, join(home, "bin/code-cache.js"), version], {});
  const [one, two] = [await named("v20.12.0"), await named("v20.18.3")];
  expect(one.stdout).not.toBe(two.stdout);
  expect(one.stdout).toContain("main-v20.12.0-");
});

it.each([
  ["the version of Node", 'Object.defineProperty(process, "version", { value: "v99.0.0" })'],
  ["the processor", 'Object.defineProperty(process, "arch", { value: "other" })'],
  ["the system", 'Object.defineProperty(process, "platform", { value: "other" })'],
  ["V8's tag of its flags and of the processor's features", 'require("node:v8").cachedDataVersionTag = () => 1'],
])("has a key of its own for %s", async (_, change) => {
  const digest = async (first: string) => {
    const code = `${first}; console.log(require(process.argv[1]).cacheFile("", "source").slice(-"0123456789abcdef.cache".length - 16))`;
    return (await runProgram(home, node, ["-e", code, join(home, "bin/code-cache.js")], {})).stdout.trim();
  };
  const own = await digest("");
  expect(own).toMatch(/^[0-9a-f]{32}\.cache$/);
  expect(await digest("")).toBe(own);
  expect(await digest(change)).not.toBe(own);
});

/** The key under another version; the digests differ beyond the name. */
const keyed = `Object.defineProperty(process, "version", { value: process.argv[2] });
console.log(require(process.argv[1]).cacheFile("", "source"));`;

it("is ignored when it is not whole", async () => {
  const first = await plan();
  const [name = ""] = await caches();
  const file = join(home, "dist/cache", name);
  const whole = await readFile(file);
  const flipped = Buffer.from(whole);
  flipped[flipped.length >> 1] = (flipped[flipped.length >> 1] ?? 0) ^ 0xff;
  for (const content of [flipped, whole.subarray(0, 100_000), whole.subarray(0, 10), Buffer.alloc(0)]) {
    await writeFile(file, content);
    expect(await plan()).toEqual(first);
    // The plan replaced it.
    const made = await readFile(file);
    expect(made.length).toBeGreaterThan(500_000);
    expect(createHash("sha256").update(made.subarray(32)).digest().equals(made.subarray(0, 32))).toBe(true);
  }
  await rm(file);
  await mkdir(file);
  expect(await plan()).toEqual(first);
});

it("is not missed where it can't be written, and leaves nothing there", async () => {
  await writeFile(join(home, "dist/cache"), "");
  expect(await plan()).toMatchObject(good);
  expect((await readdir(join(home, "dist"))).filter((name) => name.includes("tmp"))).toEqual([]);
});

it("is whole after eight first plans at once", async () => {
  const ran = await Promise.all(Array.from({ length: 8 }, () => plan()));
  for (const one of ran) expect(one).toMatchObject(good);
  expect(await caches()).toHaveLength(1);
  expect(await plan()).toMatchObject(good);
});

it("is made after an installation, and is not in the package", async () => {
  expect(await runProgram(home, node, [join(home, "bin/warm-up.js")], {})).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(await caches()).toHaveLength(1);
  expect(await readdir(project)).not.toContain(".mason");
  const packed = await runProgram(root, "npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {});
  const [{ files }] = JSON.parse(packed.stdout) as [{ files: readonly { readonly path: string }[] }];
  const paths = files.map(({ path }) => path);
  expect(paths).toContain("dist/main.cjs");
  expect(paths).toContain("bin/warm-up.js");
  expect(paths.filter((path) => /cache|build\/|\.mason/.test(path)).sort()).toEqual(["bin/code-cache.js"]);
});
