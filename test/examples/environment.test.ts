import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { repository } from "./example.ts";

/** The names of variables that Mason's own code reads: `MASON_NOW`. `MASON_VAR_` stands for any variable of a project. */
function read(directory: string): readonly string[] {
  return readdirSync(join(repository, directory), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => readFileSync(join(repository, directory, file), "utf8").match(/\bMASON_[A-Z][A-Z_]*/g) ?? []);
}

it(".env.example names every variable that Mason reads, and gives no values", () => {
  const lines = readFileSync(join(repository, ".env.example"), "utf8").split("\n");
  const settings = lines.filter((line) => line !== "" && !line.startsWith("#"));
  expect(settings.filter((line) => !/^[A-Za-z_]+=$/.test(line))).toEqual([]);
  const wanted = new Set(["src", "commands", "providers"].flatMap(read));
  const named = settings.map((line) => line.slice(0, -1).replace(/^MASON_VAR_.*/, "MASON_VAR_"));
  expect([...wanted].filter((name) => !named.includes(name))).toEqual([]);
  expect(named.filter((name) => name.startsWith("MASON_") && !wanted.has(name))).toEqual([]);
  const explained = lines.filter((line, at) => line.startsWith("MASON_") && lines[at - 1]?.startsWith("# ") === true);
  expect(explained).toEqual(settings.filter((line) => line.startsWith("MASON_")));
});
