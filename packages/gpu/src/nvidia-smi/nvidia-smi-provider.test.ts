import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import type { GpuError, GpuProvider } from "../gpu-provider.ts";
import { nvidiaSmiProvider } from "./nvidia-smi-provider.ts";
import { SMI_FIELDS } from "./smi-fields.ts";

const folder = mkdtempSync(join(tmpdir(), "telltale-smi-"));
const opened: GpuProvider[] = [];
afterEach(() => {
  for (const provider of opened.splice(0)) provider.close();
});
afterEach(() => rmSync(join(folder, "calls"), { force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

/** The tool as a shell script that writes its parameters down, then does as it is told. */
function tool(script: string, intervalMs = 60_000): GpuProvider {
  const path = join(folder, "nvidia-smi");
  writeFileSync(path, `#!/bin/sh\necho "$*" >> ${folder}/calls\n${script}\n`);
  chmodSync(path, 0o755);
  const own = { pcieThroughput: false, processMemory: true, mig: true, wakeSuspended: false, processId: 1 };
  const provider = nvidiaSmiProvider({ ...own, intervalMs, nvidiaSmi: path, sysfs: "/nowhere" });
  opened.push(provider);
  return provider;
}

function calls(): readonly string[] {
  return readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
}

/** As the tool writes on an H100 with `--query-gpu` of all our fields. */
const H100 =
  "GPU-1f0e, 0, NVIDIA H100 80GB HBM3, 00000000:1B:00.0, Disabled, 98, 61, 0, 0, 81559, 479, 19838, 61, 70, 612.40, 700.00, [N/A], 1980, 1980, 2619, 1545, 0x0000000000000004, 5, 16, 0, 0";
const MIG =
  "GPU-2f0e, 1, NVIDIA H100 80GB HBM3, 00000000:2B:00.0, Enabled, [N/A], [N/A], [N/A], [N/A], 81559, 479, 87, 35, 41, 71.20, 700.00, [N/A], 345, 345, 2619, 765, 0x0000000000000001, 5, 16, 0, 0";

test("one child writes the lines of all samples", async () => {
  const provider = tool(`while :; do printf "%s\\n" "${H100}" "${MIG}"; sleep 0.1; done`);
  expect(H100.split(",")).toHaveLength(SMI_FIELDS.length);
  expect(await provider.probe()).toMatchObject({ ok: true, devices: [{ id: "GPU-1f0e" }, { id: "GPU-2f0e" }] });
  const [whole] = await provider.sample();
  await provider.sample();
  expect(whole).toMatchObject({ utilization: 0.98, powerWatts: 612.4, throttleReasons: ["sw_power_cap"] });
  expect(calls()).toEqual([`--query-gpu=${SMI_FIELDS.join(",")} --format=csv,noheader,nounits --loop-ms=60000`]);
});

test("a device in MIG mode has no utilization (G8)", async () => {
  const provider = tool(`printf "%s\\n" "${H100}" "${MIG}"; sleep 60`);
  await provider.probe();
  const mig = (await provider.sample())[1];
  expect(mig).toMatchObject({ memoryUsed: 87 * 2 ** 20, powerWatts: 71.2 });
  expect(mig?.utilization).toBeUndefined();
  expect(mig?.memoryActivity).toBeUndefined();
});

test("ragged lines between whole ones are passed over (G9)", async () => {
  const provider = tool(`echo "GPU-1f0e, 0, NVIDIA"; echo; echo "${H100}"; sleep 60`);
  expect(await provider.probe()).toMatchObject({ ok: true, devices: [{ id: "GPU-1f0e" }] });
});

test("a field that the driver does not know is asked by its old word, or not at all", async () => {
  const script = `case "$*" in
    *clocks_event_reasons*) echo 'Field "clocks_event_reasons.active" is not a valid field to query.'; exit 2;;
    *memory.reserved*) echo 'Field "memory.reserved" is not a valid field to query.'; exit 2;;
  esac
  echo "${H100.replace(" 479,", "")}"; sleep 60`;
  const provider = tool(script);
  expect(await provider.probe()).toMatchObject({ ok: true });
  const [reading] = await provider.sample();
  expect(reading).toMatchObject({ memoryUsed: 19_838 * 2 ** 20, throttleReasons: ["sw_power_cap"] });
  expect(reading?.memoryReserved).toBeUndefined();
  expect(calls()).toHaveLength(3);
});

test.each([
  ["echo NVIDIA-SMI has failed because it couldn\\'t communicate with the NVIDIA driver.; exit 9", "DRIVER_NOT_LOADED"],
  ["echo Failed to initialize NVML: Driver/library version mismatch; exit 18", "DRIVER_MISMATCH"],
  ["echo No devices were found; exit 6", "NO_DEVICE"],
  ["exit 1", "FAILED"],
])("a tool that says %s is no source, with what helps", async (script, code) => {
  const probe = await tool(script).probe();
  expect(probe).toMatchObject({ ok: false, code });
  expect(probe).toHaveProperty("hint");
});

test("a machine without the tool is told so", async () => {
  const own = { pcieThroughput: false, processMemory: true, mig: true, wakeSuspended: false, processId: 1 };
  const none = nvidiaSmiProvider({ ...own, intervalMs: 100, nvidiaSmi: "/nowhere/nvidia-smi", sysfs: "/nowhere" });
  expect(await none.probe()).toMatchObject({ ok: false, code: "NO_TOOL" });
});

test("a child that ends is started again, and until it writes there is no sample", async () => {
  const provider = tool(`echo "${H100}"; while [ ! -e ${folder}/end ]; do sleep 0.02; done; rm ${folder}/end`, 100);
  await provider.probe();
  expect(calls()).toHaveLength(1);
  appendFileSync(join(folder, "end"), "");
  await expect.poll(() => calls().length).toBe(2);
  await expect.poll(() => provider.sample().catch(() => [])).toHaveLength(1);
});

test("lines of three intervals ago are no sample any more", async () => {
  const provider = tool(`echo "${H100}"; sleep 60`, 100);
  await provider.probe();
  await expect.poll(() => provider.sample().then(Boolean, (error) => error.name)).toBe("GpuError");
});

test("a tool that falls silent is told as that, whatever its end before was", async () => {
  const script = `echo "${H100}"
  if [ -e ${folder}/again ]; then rm ${folder}/again; exec sleep 60; fi
  while [ ! -e ${folder}/again ]; do sleep 0.02; done; echo "No devices were found"; exit 6`;
  const provider = tool(script, 100);
  await provider.probe();
  appendFileSync(join(folder, "again"), "");
  await expect.poll(() => calls().length).toBe(2);
  const said = () =>
    provider.sample().then(
      () => "a sample",
      (error: GpuError) => error.fault.code,
    );
  await expect.poll(said).toBe("a sample");
  await expect.poll(said).toBe("TIMEOUT");
});

test("of a tool that says much, the last is told", async () => {
  const warnings = "i=0; while [ $i -lt 500 ]; do echo a warning >&2; i=$((i+1)); done";
  const probe = await tool(`${warnings}; echo No devices were found >&2; exit 6`).probe();
  expect(probe).toMatchObject({
    ok: false,
    code: "NO_DEVICE",
    message: expect.stringMatching(/No devices were found$/),
  });
});

test("closing ends the child", async () => {
  const provider = tool(`echo $$ > ${folder}/pid; echo "${H100}"; exec sleep 60`);
  await provider.probe();
  const pid = Number(readFileSync(join(folder, "pid"), "utf8"));
  expect(isAlive(pid)).toBe(true);
  provider.close();
  await expect.poll(() => isAlive(pid)).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
