import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import * as mason from "../../../src/index.ts";
import { bundleModule, loadModule } from "../../../src/io/module/operator-module.ts";

const root = mkdtempSync(join(tmpdir(), "mason-package-"));
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('gives a module that imports "mason" what the package itself gives', async () => {
  writeFileSync(join(root, "workflow.ts"), 'export * from "mason";\n');
  const bundled = await bundleModule({ root, file: "workflow.ts", cacheDirectory: join(root, ".mason") });
  expect(bundled.diagnostics).toEqual([]);
  const given = (await loadModule(bundled.value?.code ?? "")) as typeof mason;
  const operator = { run: () => undefined };
  const uses = ({ defineOperator, next, stop, fail, retry }: typeof mason) => [
    defineOperator(operator) === operator,
    next(),
    next({ limit: 5 }),
    stop(),
    fail("too few rows"),
    retry(),
  ];
  expect(uses(given)).toStrictEqual(uses(mason));
  expect(uses(given)).toStrictEqual([
    true,
    { action: "next" },
    { action: "next", parameters: { limit: 5 } },
    { action: "stop" },
    { action: "fail", reason: "too few rows" },
    { action: "retry" },
  ]);
});
