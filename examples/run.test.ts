import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const all = ["--conditions=telltale-source", join(import.meta.dirname, "run.ts"), ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, all, { env: { ...process.env, ...env } }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

test("without a name the examples are listed", async () => {
  expect(await run([])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ {2}market {8}a desk/m) });
});

test("a name that there is not is told with those that there are", async () => {
  const stderr = expect.stringMatching(/^there is no example "markte"\n[\s\S]*\n {2}market /);
  expect(await run(["markte"])).toMatchObject({ code: 1, stderr });
});

test("the options go to the example", async () => {
  const { stdout } = await run(["craps-table", "--port", "0", "--minutes", "3", "--speed", "Infinity", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ throws: expect.any(Number) });
});

test("an option that npm kept for itself is told, with what to type", async () => {
  const stderr = expect.stringContaining("npm run example market -- --fault");
  expect(await run(["market"], { npm_config_fault: "halt" })).toMatchObject({ code: 1, stderr });
});

test.each([
  [["market", "--fault", "nope"], /^there is no fault "nope"; there are disconnect, /],
  [["market", "--speed", "fast"], /^--speed is "fast"; give a number from 0\n$/],
  [["train-digits", "--epochs", "0"], /^--epochs is "0"; give a whole number from 1\n$/],
  [["train-digits", "--epoch", "1"], /^Unknown option '--epoch'/],
  [["gpu-worker", "soon"], /^The seconds to watch are "soon"; /],
])("what cannot be used is told in a line: %j", async (args, stderr) => {
  expect(await run(args)).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(stderr) });
});
