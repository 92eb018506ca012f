/** The thread of the parser: it does not grow, it is shared, and it keeps no process from ending. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { createSqlParser } from "../../../../providers/support/sql-parser/parser.ts";

const sqlOf = (at: number) =>
  `with x as (select id, sum(amount) as total from sales.orders_${at} group by id) select x.*, c.name from x join raw.customers_${at} c using (id)`;

test("memory does not grow with the number of texts", async () => {
  const parser = createSqlParser();
  const round = async (from: number) => {
    const found = await parser.parse(
      Array.from({ length: 1000 }, (_, at) => sqlOf(from + at)),
      "trino",
    );
    expect(found.filter(({ ok }) => ok)).toHaveLength(1000);
    return process.memoryUsage.rss();
  };
  const first = await round(0);
  let last = first;
  for (let at = 1; at < 6; at++) last = await round(at * 1000);
  // One text's tree is about 20 KB: 5,000 of them kept would be 100 MB.
  expect(last - first).toBeLessThan(80 * 2 ** 20);
  await parser.close();
});

test("a closed parser can be used again, and one that others use stays", async () => {
  const [one, two] = [createSqlParser(), createSqlParser()];
  const isParsed = async (parser: typeof one) => (await parser.parse(["select 1"], "trino"))[0]?.ok;
  expect(await Promise.all([isParsed(one), isParsed(two)])).toEqual([true, true]);
  await one.close();
  expect(await isParsed(two)).toBe(true);
  await Promise.all([two.close(), two.close()]);
  expect(await isParsed(one)).toBe(true);
  await one.close();
});

test("a text is parsed as before while the parser of another user closes", async () => {
  const [one, two] = [createSqlParser(), createSqlParser()];
  await one.parse(["select 1"], "trino");
  const [found] = await Promise.all([two.parse(["select 2"], "trino"), one.close()]);
  expect(found[0]?.ok).toBe(true);
  await two.close();
});

test("a process that forgets to close the parser ends by itself", async () => {
  const root = fileURLToPath(new URL("../../../../", import.meta.url));
  const directory = await mkdtemp(join(tmpdir(), "mason-parser-"));
  try {
    const outfile = join(root, "dist", `build-parser-test-${process.pid}.mjs`);
    const contents = `import { createSqlParser } from "./providers/support/sql-parser/parser.ts";
      console.log((await createSqlParser().parse(["select 1 from a.b"], "trino"))[0].ok);`;
    await build({ stdin: { contents, resolveDir: root }, bundle: true, format: "esm", platform: "node", outfile });
    try {
      await writeFile(join(directory, "empty"), "");
      const { stdout } = await promisify(execFile)(process.execPath, [outfile], { timeout: 60_000 });
      expect(stdout.trim()).toBe("true");
    } finally {
      await rm(outfile, { force: true });
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
