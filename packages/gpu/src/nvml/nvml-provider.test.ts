import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { GpuProvider, ProviderOptions } from "../gpu-provider.ts";
import { type NvmlStandIn, noCompiler, nvmlStandIn } from "../stand-in/nvml-stand-in.ts";
import { loadFault, loadNvml } from "./nvml-library.ts";
import { nvmlProvider } from "./nvml-provider.ts";

const GIB = 2 ** 30;
const MIB = 2 ** 20;

describe.skipIf(noCompiler !== undefined)(`NVML${noCompiler === undefined ? "" : `: ${noCompiler}`}`, () => {
  let standIn: NvmlStandIn;
  const opened: GpuProvider[] = [];
  beforeAll(() => {
    standIn = nvmlStandIn();
  });
  beforeEach(() => standIn.set({}));
  afterAll(() => {
    for (const provider of opened) provider.close();
    standIn[Symbol.dispose]();
  });

  function provider(options: Partial<ProviderOptions> = {}): GpuProvider {
    const made = nvmlProvider({ ...optionsOf(standIn.library), ...options });
    opened.push(made);
    return made;
  }

  async function sampled(options: Partial<ProviderOptions> = {}) {
    const opened = provider(options);
    expect(await opened.probe()).toMatchObject({ ok: true });
    return await opened.sample();
  }

  test("devices are known by their UUID, with their PCI address as the kernel writes it", async () => {
    expect(await provider().probe()).toEqual({
      ok: true,
      devices: [0, 1].map((index) => ({
        id: `GPU-00000000-0000-0000-0000-00000000000${index}`,
        index,
        name: "NVIDIA Stand-in",
        model: "NVIDIA Stand-in",
        vendor: "nvidia",
        pciAddress: index === 0 ? "0000:3b:00.0" : "0000:3c:00.0",
      })),
    });
  });

  test("a device without UUID is known by its PCI address, never by its index", async () => {
    standIn.set({ nvmlDeviceGetUUID: 3 });
    expect(await provider().probe()).toMatchObject({ devices: [{ id: "0000:3b:00.0" }, { id: "0000:3c:00.0" }] });
  });

  test("a sample has every reading in the units of the catalogue", async () => {
    const [reading] = await sampled();
    expect(reading).toMatchObject({
      state: "ok",
      utilization: 0.37,
      encoderUtilization: 0.05,
      memoryActivity: 0.11,
      memoryTotal: 80 * GIB,
      memoryUsed: 20 * GIB,
      memoryReserved: 479 * MIB,
      powerWatts: 312.5,
      powerLimitWatts: 700,
      energyJoules: 9_000_000.001,
      clocksHz: { graphics: 1.98e9, sm: 1.98e9, memory: 2.619e9, video: 1.98e9 },
      throttleReasons: ["sw_power_cap"],
      throttleSeconds: { sw_power_cap: 1.5, sync_boost: 0, sw_thermal: 0.25 },
      errors: { corrected: 3, uncorrected: 0, pcie_replay: 2 },
      pcieBytes: { transmit: 7e9, receive: 9e9 },
      nvlinkBytes: { transmit: 1_000 * 1_024, receive: 2_000 * 1_024 },
      pcieLinkGeneration: 5,
      pcieLinkWidth: 16,
    });
    expect(reading?.temperatures).toEqual([
      { location: "gpu", celsius: 61, degradedAt: 87, criticalAt: 92 },
      { location: "memory", celsius: 70, degradedAt: undefined },
    ]);
  });

  test("time of access is not fullness: both are kept apart (G2)", async () => {
    const [reading] = await sampled();
    expect(reading?.memoryActivity).toBe(0.11);
    expect(reading!.memoryUsed! / reading!.memoryTotal!).toBe(0.25);
  });

  test("PCIe traffic is measured only when asked for, since each call blocks for 20 ms (G3)", async () => {
    expect((await sampled())[0]?.pcieThroughput).toBeUndefined();
    const [reading] = await sampled({ pcieThroughput: true });
    expect(reading?.pcieThroughput).toEqual({ receive: 2.5e6, transmit: 1.5e6 });
  });

  test("PCIe byte counters of 32 bits are not used: they overflow within a second (G3)", async () => {
    standIn.set({ pcie_bits: 32 });
    expect((await sampled())[0]?.pcieBytes).toEqual({});
  });

  test("what a call that failed left behind is not read: no reading becomes 0 (G4)", async () => {
    const opened = provider();
    await opened.probe();
    expect((await opened.sample())[0]).toMatchObject({ utilization: 0.37, powerWatts: 312.5 });
    standIn.set({ nvmlDeviceGetUtilizationRates: 999, nvmlDeviceGetPowerUsage: 999, nvmlDeviceGetFieldValues: 999 });
    const [reading] = await opened.sample();
    expect(reading?.utilization).toBeUndefined();
    expect(reading?.powerWatts).toBeUndefined();
    expect(reading?.throttleSeconds).toEqual({});
    expect(reading?.fanSpeed).toBeUndefined();
  });

  test("a record of fields that carries an error of its own has no value (G4, G7)", async () => {
    expect((await sampled())[0]?.errors?.nvlink_crc).toBeUndefined();
  });

  test("handles above 2^53 and masks of 64 bits arrive whole (G5)", async () => {
    const nvml = loadNvml(standIn.library);
    const handle = new BigUint64Array(1);
    expect(nvml.nvmlDeviceGetHandleByIndex_v2(1, handle)).toBe(0);
    expect(handle[0]).toBe(0x7fff_0000_0000_0001n);
    standIn.set({ reasons: 0xff });
    expect((await sampled())[1]?.throttleReasons).toHaveLength(8);
  });

  test("a driver without the second memory structure is read by the first (G6)", async () => {
    standIn.set({ nvmlDeviceGetMemoryInfo_v2: 25 });
    const [reading] = await sampled();
    expect(reading).toMatchObject({ memoryTotal: 80 * GIB, memoryUsed: 20 * GIB + 479 * MIB });
    expect(reading?.memoryReserved).toBeUndefined();
  });

  test("new functions are preferred, old ones used where a driver lacks them (G7)", async () => {
    using old = nvmlStandIn({ oldDriver: true });
    const opened = nvmlProvider(optionsOf(old.library));
    await opened.probe();
    expect((await opened.sample())[0]?.throttleReasons).toEqual(["idle"]);
    standIn.set({ nvmlDeviceGetTemperatureV: 25 });
    expect((await sampled())[0]?.temperatures?.[0]?.celsius).toBe(60);
    opened.close();
  });

  test("in MIG mode the parent has no utilization, and memory is told once for each GPU instance (G8)", async () => {
    standIn.set({ mig: 1 });
    const [parent, whole] = await sampled();
    expect(parent).not.toHaveProperty("utilization");
    expect(parent?.migMemory).toEqual([
      { instanceId: 1, used: MIB },
      { instanceId: 2, used: 2 * MIB },
    ]);
    expect(whole).toMatchObject({ utilization: 0.37, migMemory: undefined });
    expect((await sampled({ mig: false }))[0]?.migMemory).toBeUndefined();
  });

  test("what a device does not support is not asked again", async () => {
    const opened = provider();
    standIn.set({ nvmlDeviceGetPowerUsage: 3 });
    await opened.probe();
    expect((await opened.sample())[0]?.powerWatts).toBeUndefined();
    standIn.set({});
    expect((await opened.sample())[0]?.powerWatts).toBeUndefined();
    await opened.probe();
    expect((await opened.sample())[0]?.powerWatts).toBe(312.5);
  });

  test("a lost device has failed and has no readings; the others go on", async () => {
    const opened = provider();
    await opened.probe();
    standIn.set({ lost: 1 });
    const [first, second] = await opened.sample();
    expect(first).toMatchObject({ state: "ok", utilization: 0.37 });
    expect(second).toEqual({ device: second?.device, state: "failed", xids: [] });
  });

  test("a device that is still lost when devices are looked for again stays known as failed", async () => {
    const opened = provider();
    await opened.probe();
    standIn.set({ lost: 1, lost_handle: 1 });
    expect(await opened.probe()).toMatchObject({ ok: true, devices: [{ index: 0 }, { index: 1 }] });
    expect((await opened.sample()).map(({ state }) => state)).toEqual(["ok", "failed"]);
    standIn.set({});
    await opened.probe();
    expect((await opened.sample()).map(({ state }) => state)).toEqual(["ok", "ok"]);
  });

  test("heat that slows a device down makes it degraded, memory that waits to be mapped out a predicted failure", async () => {
    standIn.set({ reasons: 0x40 });
    expect((await sampled())[0]).toMatchObject({ state: "degraded", throttleReasons: ["hw_thermal"] });
    standIn.set({ remap_pending: 1 });
    expect((await sampled())[0]?.state).toBe("predicted_failure");
  });

  test("an XID event is told once, with its device", async () => {
    const opened = provider();
    await opened.probe();
    standIn.set({ xid: 79 });
    expect((await opened.sample()).map(({ xids }) => xids)).toEqual([[79], []]);
    expect((await opened.sample()).map(({ xids }) => xids)).toEqual([[], []]);
  });

  test("memory of this process is found among many, and absent where the driver cannot tell", async () => {
    standIn.set({ pid: process.pid, processes: 100 });
    expect((await sampled())[0]?.processMemory).toBe(512 * MIB);
    standIn.set({ pid: 1 });
    expect((await sampled())[0]?.processMemory).toBe(0);
    standIn.set({ pid: process.pid, process_memory: 0 });
    expect((await sampled())[0]?.processMemory).toBeUndefined();
    standIn.set({ pid: process.pid });
    expect((await sampled({ processMemory: false }))[0]?.processMemory).toBeUndefined();
  });

  test.each([
    [9, "DRIVER_NOT_LOADED", "modprobe nvidia"],
    [18, "DRIVER_MISMATCH", "reboot"],
    [4, "NO_PERMISSION", "/dev/nvidia"],
    [17, "DEVICE_BLOCKED", "container"],
    [15, "DEVICE_LOST", "dmesg"],
    [999, "FAILED", "nvml.h"],
  ])("return code %i at the start is %s, with what helps", async (returned, code, hint) => {
    standIn.set({ nvmlInit_v2: returned });
    const probe = await provider().probe();
    expect(probe).toMatchObject({ ok: false, code, hint: expect.stringContaining(hint) });
  });

  test("a driver without devices is told from no driver", async () => {
    standIn.set({ count: 0 });
    expect(await provider().probe()).toMatchObject({ ok: false, code: "NO_DEVICE" });
    const none = nvmlProvider(optionsOf("/nowhere/libnvidia-ml.so.1"));
    expect(await none.probe()).toMatchObject({ ok: false, code: "NO_DRIVER", hint: expect.stringContaining("driver") });
  });
});

test.each([
  [Object.assign(new Error("Cannot load native addon"), { code: "ERR_DLOPEN_DISABLED" }), "ADDONS_DISABLED"],
  [Object.assign(new Error("Cannot find module 'koffi'"), { code: "MODULE_NOT_FOUND" }), "NO_MODULE"],
  [new Error("Failed to load shared library: libnvidia-ml.so.1: cannot open shared object file"), "NO_DRIVER"],
  [new Error("Error relocating libnvidia-ml.so.1: __register_atfork: symbol not found"), "MUSL"],
])("%s is %s, with what helps", (error, code) => {
  const fault = loadFault(error, "libnvidia-ml.so.1");
  expect(fault).toMatchObject({ code });
  expect(fault.hint).not.toBe("");
});

function optionsOf(nvmlLibrary: string): ProviderOptions {
  return {
    intervalMs: 1_000,
    pcieThroughput: false,
    processMemory: true,
    mig: true,
    wakeSuspended: false,
    processId: process.pid,
    nvmlLibrary,
    nvidiaSmi: "nvidia-smi",
    sysfs: "/nowhere",
  };
}
