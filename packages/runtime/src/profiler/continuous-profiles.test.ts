import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { captureCpuProfile } from "./capture.ts";
import { continuousProfiles } from "./continuous-profiles.ts";
import { decodePprof } from "./pprof.ts";

test("profiles are taken again and again, the latest are kept, and none after the end", async () => {
  const folder = mkdtempSync(join(tmpdir(), "telltale-profiles-"));
  writeFileSync(join(folder, "cpu-2020-01-01T00-00-00-000Z.pprof"), "old");
  writeFileSync(join(folder, "mine.pprof"), "kept");
  const profiles = () => readdirSync(folder).filter((name) => /^cpu-.*\.pprof$/.test(name));
  const running = continuousProfiles({ folder, intervalMs: 60, seconds: 0.03, keep: 2 });
  await expect.poll(() => profiles().filter((name) => !name.startsWith("cpu-2020")).length, { interval: 10 }).toBe(2);
  running[Symbol.dispose]();
  running[Symbol.dispose]();
  // A capture that was under way lets go at once.
  await expect.poll(isFree, { interval: 10 }).toBe(true);
  // What had been captured by then is still written, and the oldest go.
  await expect.poll(profiles, { interval: 10 }).toHaveLength(2);
  const kept = profiles();
  expect((await decodePprof(readFileSync(join(folder, kept[0]!)))).types).toHaveLength(2);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(profiles()).toEqual(kept);
  expect(readdirSync(folder)).toContain("mine.pprof");
  rmSync(folder, { recursive: true });
});

test("profiles of a clock that was ahead do not take the place of new ones", async () => {
  const folder = mkdtempSync(join(tmpdir(), "telltale-profiles-"));
  for (const year of [2090, 2091]) writeFileSync(join(folder, `cpu-${year}-01-01T00-00-00-000Z-1.pprof`), "ahead");
  const running = continuousProfiles({ folder, intervalMs: 60, seconds: 0.03, keep: 2 });
  const profiles = () => readdirSync(folder).filter((name) => /^cpu-.*\.pprof$/.test(name));
  await expect.poll(() => profiles().filter((name) => !name.startsWith("cpu-209")).length, { interval: 10 }).toBe(2);
  running[Symbol.dispose]();
  await expect.poll(isFree, { interval: 10 }).toBe(true);
  rmSync(folder, { recursive: true });
});

test("a profile that is being taken keeps no process alive", () => {
  const program = `
    // The first profile at once instead of ten minutes later.
    const { setInterval: later } = globalThis;
    globalThis.setInterval = (fn, ms) => later(fn, ms === 600_000 ? 1 : ms);
    const { continuousProfiles } = await import(${JSON.stringify(join(import.meta.dirname, "continuous-profiles.ts"))});
    const { captureHeapProfile } = await import(${JSON.stringify(join(import.meta.dirname, "capture.ts"))});
    continuousProfiles({ folder: "nowhere", intervalMs: 600_000, seconds: 599 });
    const isBusy = () => captureHeapProfile({ seconds: 0.001 }).then(() => false, () => true);
    while (!(await isBusy())) await new Promise((resolve) => setTimeout(resolve, 5));
    console.log("it is being taken");`;
  const args = ["--conditions=telltale-source", "--no-warnings", "--input-type=module"];
  expect(execFileSync(process.execPath, args, { encoding: "utf8", input: program })).toBe("it is being taken\n");
});

test.each([
  [{ intervalMs: 5_000, seconds: 10 }, "TELLTALE_BAD_INTERVAL"],
  [{ intervalMs: 2 ** 31 }, "TELLTALE_BAD_INTERVAL"],
  [{ frequencyHz: 0 }, "TELLTALE_BAD_CAPTURE"],
  [{ frequencyHz: 1e6 }, "TELLTALE_BAD_CAPTURE"],
  [{ keep: 0 }, "TELLTALE_BAD_CAPTURE"],
])("profiles by %j are refused with %s", (options, code) => {
  expect(() => continuousProfiles({ folder: ".", ...options })).toThrow(expect.objectContaining({ code }));
});

/** Whether nobody takes a profile. */
function isFree(): Promise<boolean> {
  return captureCpuProfile({ seconds: 0.01 }).then(
    () => true,
    () => false,
  );
}
