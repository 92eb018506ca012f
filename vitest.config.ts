import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/engines/**", "test/reliability/**", "test/truth/**", "node_modules/**"],
    // Vitest leaves one processor free, which on a machine with two costs half of the time.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
