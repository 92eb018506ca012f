/** The lockfile where it is a symbolic link: the file that it leads to is replaced, and the link stays. */
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { replaceLockfile } from "../../../src/io/state/replace-lockfile.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "mason-link-"));
  mkdirSync(join(directory, "kept"));
  mkdirSync(join(directory, "project"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const at = (...names: readonly string[]) => join(directory, ...names);
const expected = (text: string | null) => (found: string | null) => expect(found).toBe(text);

test.each([
  ["an absolute link", () => at("kept", "real.lock"), "kept/real.lock"],
  ["a relative link", () => "../kept/real.lock", "kept/real.lock"],
])("%s stays, and its target is compared and replaced", (_, target, real) => {
  writeFileSync(at(real), "old");
  symlinkSync(target(), at("project", "mason.lock"));
  replaceLockfile(at("project", "mason.lock"), "new", expected("old"));
  expect(lstatSync(at("project", "mason.lock")).isSymbolicLink()).toBe(true);
  expect(readFileSync(at(real), "utf8")).toBe("new");
  expect([readdirSync(at("project")), readdirSync(at("kept"))]).toEqual([["mason.lock"], ["real.lock"]]);
});

test("a link to a link, in a directory that is a link, leads to the file", () => {
  symlinkSync(at("kept"), at("elsewhere"));
  writeFileSync(at("kept", "real.lock"), "old");
  symlinkSync("real.lock", at("kept", "second.lock"));
  symlinkSync("../elsewhere/second.lock", at("project", "mason.lock"));
  replaceLockfile(at("project", "mason.lock"), "new", expected("old"));
  expect(readFileSync(at("kept", "real.lock"), "utf8")).toBe("new");
  expect(readdirSync(at("kept")).sort()).toEqual(["real.lock", "second.lock"]);
});

test("a link to a file that does not exist yet makes that file", () => {
  symlinkSync("../kept/real.lock", at("project", "mason.lock"));
  replaceLockfile(at("project", "mason.lock"), "new", expected(null));
  expect(lstatSync(at("project", "mason.lock")).isSymbolicLink()).toBe(true);
  expect(readFileSync(at("kept", "real.lock"), "utf8")).toBe("new");
});

test("links in a circle are an error", () => {
  symlinkSync("b.lock", at("project", "a.lock"));
  symlinkSync("a.lock", at("project", "b.lock"));
  expect(() => replaceLockfile(at("project", "a.lock"), "new", () => undefined)).toThrow("ELOOP");
});
