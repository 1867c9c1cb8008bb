import { defineConfig } from "vitest/config";

export default defineConfig({
  ssr: { resolve: { conditions: ["telltale-source", "node", "default"] } },
  test: {
    setupFiles: ["test/outer-environment.ts"],
    include: ["packages/*/src/**/*.test.ts", "examples/**/*.test.ts", "test/**/*.test.ts"],
    // End-to-end tests start child processes and servers; two cores are shared by all of them.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // Of expect.poll(), whose own default of one second is a guess about the machine.
    expect: { poll: { timeout: 60_000 } },
    maxWorkers: 2,
  },
});
