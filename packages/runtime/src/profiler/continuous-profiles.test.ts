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
  await expect.poll(() => profiles().filter((name) => !name.includes("2020")).length, { interval: 10 }).toBe(2);
  running[Symbol.dispose]();
  running[Symbol.dispose]();
  // A capture that was under way lets go at once.
  await expect
    .poll(
      () =>
        captureCpuProfile({ seconds: 0.01 }).then(
          () => true,
          () => false,
        ),
      { interval: 10 },
    )
    .toBe(true);
  // What had been captured by then is still written, and the oldest go.
  await expect.poll(profiles, { interval: 10 }).toHaveLength(2);
  const kept = profiles();
  expect((await decodePprof(readFileSync(join(folder, kept[0]!)))).types).toHaveLength(2);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(profiles()).toEqual(kept);
  expect(readdirSync(folder)).toContain("mine.pprof");
  rmSync(folder, { recursive: true });
});

test("an interval in which a profile would not be done is refused", () => {
  expect(() => continuousProfiles({ folder: ".", intervalMs: 5_000, seconds: 10 })).toThrow(
    expect.objectContaining({ code: "TELLTALE_BAD_INTERVAL" }),
  );
});
