import { defineConfig } from "vitest/config";

const isSearch = process.env.MASON_TRUTH_SHRINK !== undefined;

export default defineConfig({
  test: {
    include: [isSearch ? "test/truth/shrink.search.ts" : "test/truth/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 3_600_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
  },
});
