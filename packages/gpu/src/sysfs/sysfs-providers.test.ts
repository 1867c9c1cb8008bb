import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ProviderOptions } from "../gpu-provider.ts";
import type { GpuReading } from "../gpu-reading.ts";
import { nvidiaSmiProvider } from "../nvidia-smi/nvidia-smi-provider.ts";
import { nvmlProvider } from "../nvml/nvml-provider.ts";
import { amdgpuProvider } from "./amdgpu-provider.ts";
import { intelProvider } from "./intel-provider.ts";
import { pciDevices, pciVendors } from "./pci-devices.ts";

let sysfs: string;
beforeEach(() => {
  sysfs = mkdtempSync(join(tmpdir(), "telltale-sysfs-"));
});
afterEach(() => rmSync(sysfs, { recursive: true }));

/** Writes the files of one card, below its PCI device as in reality, and links them as the kernel does. */
function card(name: string, address: string, files: Readonly<Record<string, string | number>>): void {
  const device = join(sysfs, "devices/pci0000:00", address);
  write(device, { class: "0x030000", uevent: `DRIVER=x\nPCI_SLOT_NAME=${address}\n`, ...files });
  link(device, join(sysfs, "bus/pci/devices", address));
  mkdirSync(join(device, "drm", name), { recursive: true });
  symlinkSync(device, join(device, "drm", name, "device"));
  link(join(device, "drm", name), join(sysfs, "class/drm", name));
}

function write(folder: string, files: Readonly<Record<string, string | number>>): void {
  for (const [path, value] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `${value}\n`);
  }
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

function options(given: Partial<ProviderOptions> = {}): ProviderOptions {
  const own = { pcieThroughput: false, processMemory: true, mig: true, wakeSuspended: false, processId: 1 };
  return { ...own, intervalMs: 100, nvidiaSmi: "/nowhere", sysfs, ...given };
}

async function amd(given: Partial<ProviderOptions> = {}): Promise<readonly GpuReading[]> {
  const provider = amdgpuProvider(options(given));
  expect(await provider.probe()).toMatchObject({ ok: true });
  return await provider.sample();
}

async function intel(): Promise<readonly GpuReading[]> {
  const provider = intelProvider(options());
  expect(await provider.probe()).toMatchObject({ ok: true });
  return await provider.sample();
}

/** An RX 7900 XTX with the driver of Linux 6.6. */
const RX7900 = {
  vendor: "0x1002",
  device: "0x744c",
  gpu_busy_percent: 42,
  mem_busy_percent: 7,
  mem_info_vram_used: 2_147_483_648,
  mem_info_vram_total: 25_753_026_560,
  mem_info_gtt_used: 40_000_000,
  mem_info_gtt_total: 33_000_000_000,
  current_link_speed: "16.0 GT/s PCIe",
  current_link_width: 16,
  pcie_replay_count: 4,
  "ras/umc_err_count": "ue: 1\nce: 5",
  "hwmon/hwmon4/name": "amdgpu",
  "hwmon/hwmon4/temp1_input": 54_000,
  "hwmon/hwmon4/temp1_label": "edge",
  "hwmon/hwmon4/temp1_crit": 100_000,
  "hwmon/hwmon4/temp1_emergency": 105_000,
  "hwmon/hwmon4/temp2_input": 66_000,
  "hwmon/hwmon4/temp2_label": "junction",
  "hwmon/hwmon4/temp3_input": 72_000,
  "hwmon/hwmon4/temp3_label": "mem",
  "hwmon/hwmon4/power1_average": 95_000_000,
  "hwmon/hwmon4/power1_cap": 339_000_000,
  "hwmon/hwmon4/fan1_input": 900,
  "hwmon/hwmon4/pwm1": 51,
  "hwmon/hwmon4/pwm1_max": 255,
  "hwmon/hwmon4/freq1_input": 2_304_000_000,
  "hwmon/hwmon4/freq1_label": "sclk",
  "hwmon/hwmon4/freq2_input": 1_249_000_000,
  "hwmon/hwmon4/freq2_label": "mclk",
};

describe("amdgpu", () => {
  test("a card has every reading in the units of the catalogue", async () => {
    card("card1", "0000:03:00.0", RX7900);
    card("card1-DP-1", "0000:03:00.1", { vendor: "0x1002", class: "0x040300" });
    const readings = await amd();
    expect(readings).toHaveLength(1);
    expect(readings[0]).toMatchObject({
      device: { id: "0000:03:00.0", vendor: "amd", model: "0x744c", index: 0 },
      utilization: 0.42,
      memoryActivity: 0.07,
      memoryUsed: 2_147_483_648,
      memoryTotal: 25_753_026_560,
      powerWatts: 95,
      powerLimitWatts: 339,
      fanSpeed: 0.2,
      clocksHz: { graphics: 2.304e9, memory: 1.249e9 },
      errors: { corrected: 5, uncorrected: 1, pcie_replay: 4 },
      pcieLinkGeneration: 4,
      pcieLinkWidth: 16,
    });
    expect(readings[0]?.temperatures).toEqual([
      { location: "gpu", celsius: 54, degradedAt: 100, criticalAt: 105 },
      { location: "junction", celsius: 66, degradedAt: undefined, criticalAt: undefined },
      { location: "memory", celsius: 72, degradedAt: undefined, criticalAt: undefined },
    ]);
  });

  test("power is that of power1_input where there is no average (G12)", async () => {
    const { "hwmon/hwmon4/power1_average": _, ...others } = RX7900;
    card("card0", "0000:03:00.0", { ...others, "hwmon/hwmon4/power1_input": 88_000_000 });
    expect((await amd())[0]?.powerWatts).toBe(88);
  });

  test("a memory sensor that reads 0 is none (G12)", async () => {
    card("card0", "0000:03:00.0", { ...RX7900, "hwmon/hwmon4/temp3_input": 0 });
    expect((await amd())[0]?.temperatures?.map(({ location }) => location)).toEqual(["gpu", "junction"]);
  });

  test("files that end in NUL bytes are read (G12)", async () => {
    card("card0", "0000:03:00.0", { ...RX7900, gpu_busy_percent: "42\n\0\0\0" });
    expect((await amd())[0]?.utilization).toBe(0.42);
  });

  test("fan speed is on a scale of 255 where none is given (G12)", async () => {
    const { "hwmon/hwmon4/pwm1_max": _, ...others } = RX7900;
    card("card0", "0000:03:00.0", others);
    expect((await amd())[0]?.fanSpeed).toBe(0.2);
  });

  test("a processor's graphics unit has main memory added to its small video memory (G12)", async () => {
    const apu = { mem_info_vram_used: 100, mem_info_vram_total: 512 * 2 ** 20 };
    const shared = { mem_info_gtt_used: 50, mem_info_gtt_total: 8 * 2 ** 30 };
    card("card0", "0000:05:00.0", { vendor: "0x1002", ...apu, ...shared, "hwmon/hwmon2/name": "amdgpu" });
    expect((await amd())[0]).toMatchObject({ memoryUsed: 150, memoryTotal: 8.5 * 2 ** 30 });
  });

  test("pcie_bw, which blocks for a second, is never read (G3)", async () => {
    // A pipe without a writer blocks whoever opens it.
    card("card0", "0000:03:00.0", RX7900);
    const { execFileSync } = await import("node:child_process");
    execFileSync("mkfifo", [join(sysfs, "devices/pci0000:00/0000:03:00.0/pcie_bw")]);
    expect((await amd({ pcieThroughput: true }))[0]?.utilization).toBe(0.42);
  });

  test("a file that is empty or holds no number is an absent reading", async () => {
    card("card0", "0000:03:00.0", { ...RX7900, gpu_busy_percent: "", mem_busy_percent: "n/a" });
    const [reading] = await amd();
    expect(reading?.utilization).toBeUndefined();
    expect(reading?.memoryActivity).toBeUndefined();
  });

  test("a card that sleeps is not read, unless it shall be woken up (G11)", async () => {
    card("card0", "0000:03:00.0", { ...RX7900, "power/runtime_status": "suspended" });
    expect(await amd()).toEqual([{ device: expect.objectContaining({ id: "0000:03:00.0" }), state: "ok" }]);
    expect((await amd({ wakeSuspended: true }))[0]?.utilization).toBe(0.42);
  });

  test("a card that is unplugged has failed, and one whose files vanish one by one has what is left", async () => {
    card("card0", "0000:03:00.0", RX7900);
    const provider = amdgpuProvider(options());
    await provider.probe();
    const device = join(sysfs, "devices/pci0000:00/0000:03:00.0");
    rmSync(join(device, "hwmon"), { recursive: true });
    expect((await provider.sample())[0]).toMatchObject({ state: "ok", utilization: 0.42 });
    rmSync(device, { recursive: true });
    expect(await provider.sample()).toEqual([
      { device: expect.objectContaining({ id: "0000:03:00.0" }), state: "failed" },
    ]);
  });

  test("without a card it says what to load", async () => {
    expect(await amdgpuProvider(options()).probe()).toMatchObject({
      ok: false,
      code: "NO_DEVICE",
      hint: expect.stringContaining("modprobe amdgpu"),
    });
  });
});

describe("Intel", () => {
  test("i915 gives clock, throttling, energy and temperature, and no utilization", async () => {
    card("card0", "0000:03:00.0", {
      vendor: "0x8086",
      device: "0x56a0",
      "drm/card0/gt/gt0/rps_act_freq_mhz": 2_050,
      "drm/card0/gt/gt0/throttle_reason_pl1": 1,
      "drm/card0/gt/gt0/throttle_reason_thermal": 0,
      "hwmon/hwmon3/name": "i915",
      "hwmon/hwmon3/energy1_input": 7_000_000_000,
      "hwmon/hwmon3/power1_max": 190_000_000,
      "hwmon/hwmon3/temp1_input": 49_000,
    });
    const [reading] = await intel();
    expect(reading).toMatchObject({
      device: { id: "0000:03:00.0", vendor: "intel" },
      state: "ok",
      clocksHz: { graphics: 2.05e9 },
      throttleReasons: ["sw_power_cap"],
      energyJoules: 7_000,
      powerLimitWatts: 190,
      temperatures: [{ location: "gpu", celsius: 49 }],
    });
    expect(reading).not.toHaveProperty("utilization");
  });

  test("xe has the same in other places, and heat makes it degraded", async () => {
    card("card0", "0000:03:00.0", {
      vendor: "0x8086",
      "tile0/gt0/freq0/act_freq": 1_900,
      "tile0/gt0/freq0/throttle/reason_thermal": 1,
      "hwmon/hwmon3/name": "xe",
      "hwmon/hwmon3/temp2_input": 51_000,
      "hwmon/hwmon3/temp2_label": "pkg",
      "hwmon/hwmon3/temp3_input": 58_000,
      "hwmon/hwmon3/temp3_label": "vram",
    });
    const [reading] = await intel();
    expect(reading).toMatchObject({
      state: "degraded",
      clocksHz: { graphics: 1.9e9 },
      throttleReasons: ["hw_thermal"],
    });
    expect(reading?.temperatures?.map(({ location }) => location)).toEqual(["gpu", "memory"]);
  });

  test("an older i915 has its clock beside the card", async () => {
    card("card0", "0000:00:02.0", { vendor: "0x8086", "drm/card0/gt_act_freq_mhz": 350 });
    const [reading] = await intel();
    expect(reading?.clocksHz).toEqual({ graphics: 3.5e8 });
    expect(reading?.throttleReasons).toBeUndefined();
  });
});

describe("NVIDIA's device of a laptop that sleeps", () => {
  beforeEach(() => card("card1", "0000:01:00.0", { vendor: "0x10de", "power/runtime_status": "suspended" }));

  test("is not woken up: neither a session is begun nor the tool started (G11)", async () => {
    expect(await nvmlProvider(options({ nvmlLibrary: "/nowhere" })).probe()).toMatchObject({ code: "SUSPENDED" });
    expect(await nvidiaSmiProvider(options()).probe()).toMatchObject({ code: "SUSPENDED" });
  });

  test("is woken up when that is asked for", async () => {
    const awake = options({ wakeSuspended: true, nvmlLibrary: "/nowhere" });
    expect(await nvmlProvider(awake).probe()).toMatchObject({ code: "NO_DRIVER" });
    expect(await nvidiaSmiProvider(awake).probe()).toMatchObject({ code: "NO_TOOL" });
  });
});

test("the PCI bus tells the vendors of all GPUs, and nothing of other devices", async () => {
  card("card0", "0000:00:02.0", { vendor: "0x8086" });
  card("card1", "0000:01:00.0", { vendor: "0x10de", class: "0x030200" });
  card("card2", "0000:02:00.0", { vendor: "0x1002", class: "0x120000" });
  card("card3", "0000:03:00.0", { vendor: "0x8086", class: "0x020000" });
  expect(pciDevices(sysfs)?.map(({ vendor }) => vendor)).toEqual(["intel", "nvidia", "amd"]);
  expect(pciDevices("/nowhere")).toBeUndefined();
  expect(await pciVendors(sysfs)).toEqual(new Set(["intel", "nvidia", "amd"]));
  expect(await pciVendors("/nowhere")).toBeUndefined();
});

test("a bus of many devices is looked at with pauses for whatever else there is to do", async () => {
  for (let i = 0; i < 100; i++) card(`card${i}`, `0000:00:${i}.0`, { vendor: "0x8086", class: "0x020000" });
  let turns = 0;
  let isLooking = true;
  setImmediate(function turn() {
    turns++;
    if (isLooking) setImmediate(turn);
  });
  expect(await pciVendors(sysfs)).toEqual(new Set());
  isLooking = false;
  expect(turns).toBeGreaterThanOrEqual(100);
});
