import type * as fs from "node:fs/promises";
import { mkdir, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { createLocalStorage } from "../../../providers/local/storage.ts";
import { temporaryContext } from "../../conformance/context.ts";

let beforeStat = async (_: string): Promise<void> => undefined;

vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof fs>();
  const stat = async (path: string) => {
    await beforeStat(path);
    return real.stat(path);
  };
  return { ...real, stat };
});

test("a listing is of one moment: of files that replace each other under it one is there", async () => {
  const { context, directory, close } = await temporaryContext();
  const place = (number: number) => join(directory, "data/turns", String(number));
  await mkdir(join(directory, "data/turns"), { recursive: true });
  await writeFile(place(0), "");
  let number = 0;
  beforeStat = async (path) => {
    if (path !== place(number) || number === 5) return;
    await writeFile(place(number + 1), "");
    await unlink(place(number));
    number++;
  };
  const found = await createLocalStorage(context).list("turns");
  expect(found.map(({ path }) => path)).toEqual(["turns/5"]);
  await close();
});
