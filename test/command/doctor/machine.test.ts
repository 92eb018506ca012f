import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { examineNode } from "../../../src/command/doctor/machine.ts";
import { directoryState } from "../../../src/io/machine.ts";

it("compares Node versions by number", () => {
  const status = (version: string, range: string) => examineNode({ version, range }).status;
  expect(status("20.12.0", ">=20.12")).toBe("ok");
  expect(status("20.9.9", ">=20.12")).toBe("fail");
  expect(status("22.0.0", ">=20.12")).toBe("ok");
  expect(status("18.20.0", ">=20.12")).toBe("fail");
});

it("tells the state of a path that should be a directory", async () => {
  const directory = await mkdtemp(join(tmpdir(), "mason-machine-"));
  await writeFile(join(directory, "file"), "");
  expect(directoryState(directory)).toBe("writable");
  expect(directoryState(join(directory, "new", "deep"))).toBe("parent");
  expect(directoryState(join(directory, "file"))).toBe("no-directory");
  expect(directoryState(join(directory, "file", "below"))).toBe("impossible");
  await rm(directory, { recursive: true });
});
