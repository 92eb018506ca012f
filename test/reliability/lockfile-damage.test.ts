/**
 * A lockfile that is damaged in any one place is refused by name, or read as the valid lockfile that it now is. Neither its readers nor
 * a plan over it crash. (It is a text for people and has no checksum: a changed letter in a name gives another name.)
 */
import { readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { planProject } from "../../src/command/plan.ts";
import { canonical } from "../../src/json.ts";
import { parseLockfile, printLockfile } from "../../src/state/lockfile.ts";
import { scanLockfile, stateRows } from "../../src/state/scan-lockfile.ts";
import { figures } from "./support/figures.ts";
import { smallProject } from "./support/small.ts";
import { fixedWorld } from "./support/world.ts";

let directory: string;
let whole: string;
beforeAll(async () => {
  directory = await smallProject();
  whole = readFileSync(join(directory, "mason.lock"), "utf8");
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Every lockfile with one changed byte, and every prefix of one. */
function* damaged(): Generator<{ readonly what: string; readonly text: string }> {
  const bytes = Buffer.from(whole);
  for (let at = 0; at < bytes.length; at++) {
    for (const mask of [0x01, 0x80]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ mask;
      yield { what: `byte ${at} xor ${mask}`, text: changed.toString("utf8") };
    }
    yield { what: `cut at ${at}`, text: bytes.subarray(0, at).toString("utf8") };
  }
}

test("every damaged lockfile is refused by name or is a whole one; the fast reader agrees with the parser", () => {
  const found = { looked: 0, refused: 0, readable: 0 };
  for (const { what, text } of damaged()) {
    found.looked++;
    const { value, diagnostics } = parseLockfile(text, "mason.lock");
    const short = scanLockfile(text);
    if (value === undefined) {
      expect(
        diagnostics.map((problem) => problem.code.split("/")[0]),
        what,
      ).toEqual(["state"]);
      expect(diagnostics[0]?.detail, what).toContain('"mason.lock"');
      found.refused++;
      continue;
    }
    // It prints as it was read: no entry is incomplete.
    const written = printLockfile(value, "x");
    const again = parseLockfile(written, "mason.lock").value;
    if (again === undefined || printLockfile(again, "x") !== written) throw new Error(`${what} is read as another one`);
    if (short !== null && canonical(short.rows as never) !== canonical(stateRows(value).rows as never))
      throw new Error(`${what}: the short reader differs`);
    found.readable++;
  }
  figures("damaged lockfile", { bytes: whole.length, ...found });
  expect(found.refused).toBeGreaterThan(1000);
});

test("a truncated lockfile is never read, unless it only lacks the final line feed", () => {
  for (let at = 0; at < whole.length - 1; at++)
    expect(parseLockfile(whole.slice(0, at), "mason.lock").value, `cut at ${at}`).toBeUndefined();
});

test("a plan over a damaged lockfile works or says what is wrong", async () => {
  const every = Number(process.env.MASON_LOCKFILE_EVERY ?? 23);
  const found = { planned: 0, refused: 0 };
  let at = 0;
  for (const { what, text } of damaged()) {
    if (at++ % every !== 0) continue;
    await writeFile(join(directory, "mason.lock"), text);
    const planned = await planProject(fixedWorld(directory, { ids: "d" }), {
      destroy: at % 2 === 0,
      run: [],
      allowDestroy: ["*"],
      unfinished: "refuse",
    }).catch((thrown: unknown) => {
      throw new Error(`${what}: ${thrown instanceof Error ? thrown.stack : thrown}\n${text.slice(0, 200)}`);
    });
    if (planned.value === undefined) {
      expect(planned.diagnostics.length, what).toBeGreaterThan(0);
      found.refused++;
    } else found.planned++;
  }
  figures("plans over damaged lockfiles", found);
});
