import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { availableNodes } from "./nodes.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

// The same end-to-end tests with each of the other versions of Node. Vitest itself runs on the machine's.
export default defineConfig(async () => ({
  root,
  test: {
    maxWorkers: 2,
    minWorkers: 1,
    projects: (await availableNodes()).map(({ version, path }) => ({
      root,
      test: {
        name: `node ${version}`,
        include: [
          "test/readme.test.ts",
          "test/e2e/code-cache.test.ts",
          "test/e2e/{init,run,validate,apply-output,stray-modules,usage}.test.ts",
        ],
        env: { MASON_TEST_NODE: path },
        testTimeout: 120_000,
        hookTimeout: 120_000,
      },
    })),
  },
}));
