import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Files that are committed, or that would be. */
const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
  maxBuffer: 64 << 20,
})
  .split("\0")
  .filter((file) => file !== "" && statSync(join(root, file), { throwIfNoEntry: false })?.isFile() === true);

const isText = (content: Buffer): boolean => !content.subarray(0, 8000).includes(0);

/** Lines that a pattern matches, as `file:line`. */
function places(pattern: RegExp, among: readonly string[] = files): readonly string[] {
  return among.flatMap((file) => {
    const content = readFileSync(join(root, file));
    if (!isText(content)) return [];
    const text = content.toString("utf8");
    if (!pattern.test(text)) return [];
    return text
      .split("\n")
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.slice(0, 120)}`] : []));
  });
}

describe("what is committed", () => {
  it("is a whole repository", () => {
    expect(files).toContain("package.json");
    expect(files.length).toBeGreaterThan(500);
  });

  it("has no file of more than 5 MB", () => {
    expect(files.filter((file) => statSync(join(root, file)).size > 5_000_000)).toEqual([]);
  });

  it("has nothing that is built or installed", () => {
    expect(files.filter((file) => /(^|\/)(dist|node_modules|coverage|\.mason)\//.test(file))).toEqual([]);
  });

  it("names no directory of the machine that it was written on", () => {
    // In parts, so that this file does not match.
    const own = new RegExp(
      [`/${"home"}/\\w+/`, `/${"Users"}/\\w+/`, `(^|[^\\w/.])/${"root"}/`, `(^|[^\\w/.}*-])/${"work"}/`].join("|"),
    );
    const here = root.replace(/\/$/, "");
    expect(places(own)).toEqual([]);
    if (here.split("/").length > 2)
      expect(files.filter((file) => readFileSync(join(root, file)).includes(here))).toEqual([]);
  });

  it("names no package registry, so that installing uses the one that is configured", () => {
    const hosts = [
      "registry" + ".npmjs.org",
      "registry" + ".yarnpkg.com",
      "files.python" + "hosted.org",
      "repo1" + ".maven.org",
    ];
    const pattern = new RegExp(hosts.map((host) => host.replaceAll(".", "\\.")).join("|"));
    expect(places(pattern)).toEqual([]);
    expect(places(/"resolved": "https?:/, ["package-lock.json"])).toEqual([]);
  });

  it("has a lockfile in which every package has its checksum", () => {
    const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
    const entries = Object.entries<{ integrity?: string; link?: boolean }>(packages).filter(([path]) => path !== "");
    expect(entries.length).toBeGreaterThan(50);
    expect(entries.filter(([, entry]) => entry.integrity === undefined).map(([path]) => path)).toEqual([]);
  });
});

it("has all the scripts that the documents and the checks use", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(Object.keys(scripts)).toEqual(
    expect.arrayContaining(["prepare", "build", "test", "test:engines", "test:reliability", "types", "lint", "bench"]),
  );
});
