import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("the GPU worker runs on this machine and says what it found", async () => {
  const args = ["--conditions=telltale-source", join(import.meta.dirname, "gpu-worker.ts"), "1"];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^Found [1-9]|^No GPU: .+\.\nWhat would help: .+\.$/m);
  expect(stdout).toMatch(/\d+ series of GPUs on http:\/\/127\.0\.0\.1:\d+\/metrics/);
});
