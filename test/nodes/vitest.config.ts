import { defineConfig } from "vitest/config";
import { availableNodes } from "./nodes.ts";

// The same end-to-end tests with each of the other versions of Node. Vitest itself runs on the machine's.
export default defineConfig(async () => ({
  test: {
    maxWorkers: 2,
    minWorkers: 1,
    projects: (await availableNodes()).map(({ version, path }) => ({
      test: {
        name: `node ${version}`,
        include: [
          "test/readme.test.ts",
          "test/e2e/code-cache.test.ts",
          "test/e2e/{init,run,validate,apply-output,usage,output-devices}.test.ts",
        ],
        env: { MASON_TEST_NODE: path },
        testTimeout: 120_000,
        hookTimeout: 120_000,
      },
    })),
  },
}));
