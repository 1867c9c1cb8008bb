import { execFileSync } from "node:child_process";
import { Session } from "node:inspector/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { captureCpuProfile, captureHeapProfile } from "./capture.ts";
import { decodePprof, frameOf } from "./pprof.ts";

const source = join(import.meta.dirname, "capture.ts");

test("a process without inspector is told so, and again the next time", () => {
  const program = `
    import { captureCpuProfile } from ${JSON.stringify(source)};
    for (let i = 0; i < 2; i++) await captureCpuProfile({ seconds: 0.01 }).catch(({ code, message }) => console.log(code, message));`;
  const flags = ["--permission", "--allow-fs-read=*", "--conditions=telltale-source", "--no-warnings"];
  const input = { encoding: "utf8", input: program } as const;
  const told = execFileSync(process.execPath, [...flags, "--input-type=module"], input)
    .trim()
    .split("\n");
  expect(told).toHaveLength(2);
  for (const line of told) expect(line).toMatch(/^TELLTALE_NO_PROFILER .*--allow-inspector/);
});

test("a debugger that takes a profile of its own gets it, and so do we", async () => {
  const debugging = new Session();
  debugging.connect();
  await debugging.post("Profiler.enable");
  await debugging.post("Profiler.start");
  expect((await decodePprof(await captureCpuProfile({ seconds: 0.01 }))).types).toHaveLength(2);
  expect((await debugging.post("Profiler.stop")).profile.nodes.length).toBeGreaterThan(0);
  debugging.disconnect();
});

test("a worker thread is profiled like the main one", async () => {
  const program = `
    const { parentPort } = require("node:worker_threads");
    import(${JSON.stringify(source)})
      .then(({ captureCpuProfile }) => captureCpuProfile({ seconds: 0.01 }))
      .then((bytes) => parentPort.postMessage(bytes));`;
  const worker = new Worker(program, { eval: true, execArgv: ["--conditions=telltale-source", "--no-warnings"] });
  const bytes = await new Promise<Uint8Array>((resolve, reject) =>
    worker.once("message", resolve).once("error", reject),
  );
  expect((await decodePprof(bytes)).types).toHaveLength(2);
  await worker.terminate();
});

test.each([
  ["file:///srv/app%20one.js", "/srv/app one.js"],
  ["file://elsewhere/app.js", "file://elsewhere/app.js"],
  ["file:///srv/a%2Fb.js", "file:///srv/a%2Fb.js"],
  ["node:fs", "node:fs"],
  ["", ""],
])("a script by the name %j is in the file %j", (url, file) => {
  expect(frameOf({ functionName: "", url, lineNumber: -1 })).toEqual({ name: "(anonymous)", file, line: 0 });
});

test.each([
  ["seconds", 0],
  ["seconds", Number.POSITIVE_INFINITY],
  ["seconds", Number.NaN],
  ["frequencyHz", 0],
  ["frequencyHz", 1e6],
])("a profile whose %s is %d is refused", async (option, value) => {
  const refused = {
    code: "TELLTALE_BAD_CAPTURE",
    message: expect.stringContaining(`${option} of a profile is ${value}`),
  };
  await expect(captureCpuProfile({ [option]: value })).rejects.toMatchObject(refused);
  if (option === "seconds") await expect(captureHeapProfile({ seconds: value })).rejects.toMatchObject(refused);
});
