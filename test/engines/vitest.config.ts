import { defineConfig } from "vitest/config";

// One file at a time: each starts a system of its own, and they share two cores.
export default defineConfig({
  test: {
    include: ["test/engines/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 60_000,
  },
});
