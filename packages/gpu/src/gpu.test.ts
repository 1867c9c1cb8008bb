import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DiagLogLevel, diag } from "@opentelemetry/api";
import type { Instrumentation } from "@opentelemetry/instrumentation";
import { instrumentProducer } from "@telltale/metrics";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { type GpuHandle, gpu, startGpu } from "./gpu.ts";
import { GpuInstrumentation } from "./gpu-instrumentation.ts";
import type { GpuOptions } from "./gpu-options.ts";
import { SMI_FIELDS } from "./nvidia-smi/smi-fields.ts";
import { type NvmlStandIn, noCompiler, nvmlStandIn } from "./stand-in/nvml-stand-in.ts";

/** For what hangs in a driver, in seconds: whoever waited for its end would wait in vain. */
const LONGER_THAN_A_TEST = 600;

const handles: GpuHandle[] = [];
const folders: string[] = [];
const said: string[] = [];
beforeEach(() => {
  const log = (...words: unknown[]) => void said.push(words.join(" "));
  const logger = { error: log, warn: log, info: log, debug: () => {}, verbose: () => {} };
  diag.setLogger(logger, { logLevel: DiagLogLevel.INFO, suppressOverrideMessage: true });
});
afterEach(async () => {
  await Promise.all(handles.splice(0).map((handle) => handle.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  said.length = 0;
  diag.disable();
});

function started(options: GpuOptions): GpuHandle {
  const handle = startGpu(options);
  handles.push(handle);
  return handle;
}

/** A sysfs with a PCI bus and cards of AMD, which have a number and nothing else. */
function sysfs(cards: number): string {
  const root = mkdtempSync(join(tmpdir(), "telltale-sysfs-"));
  folders.push(root);
  for (let i = 0; i < cards; i++) {
    for (const folder of [`bus/pci/devices/0000:0${i}:00.0`, `class/drm/card${i}/device`]) {
      mkdirSync(join(root, folder), { recursive: true });
      const files = {
        vendor: "0x1002",
        class: "0x030000",
        uevent: `PCI_SLOT_NAME=0000:0${i}:00.0`,
        gpu_busy_percent: "42",
      };
      for (const [name, text] of Object.entries(files)) writeFileSync(join(root, folder, name), text);
    }
  }
  mkdirSync(join(root, "bus/pci/devices/0000:1f:00.0"), { recursive: true });
  return root;
}

interface Point {
  readonly value: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** The points of all metrics of this package that have any. */
async function metrics(): Promise<Readonly<Record<string, readonly Point[]>>> {
  const { resourceMetrics } = await instrumentProducer().collect();
  const own = resourceMetrics.scopeMetrics.filter(({ scope }) => scope.name === "@telltale/gpu");
  const all = own.flatMap((scope) => scope.metrics).filter(({ dataPoints }) => dataPoints.length > 0);
  return Object.fromEntries(all.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints as readonly Point[]]));
}

describe("without a GPU", () => {
  test("there is one line of information, no series, no process, and a status that says what would help", async () => {
    const before = await metrics();
    const handle = started({ sysfs: sysfs(0) });
    expect(await handle.collectAll()).toEqual(new Map());
    expect(said).toEqual([
      expect.stringMatching(/^telltale: no GPU metrics: there is none of NVIDIA, AMD or Intel \(NO_DEVICE\); .+/),
    ]);
    expect(await metrics()).toEqual(before);
    expect(handle.device(0).memoryUsed).toBeUndefined();
    const status = handle.status();
    expect(status).toMatchObject({ state: "none", provider: "none", code: "NO_DEVICE", devices: [] });
    expect(status.tried.map(({ provider }) => provider)).toEqual(["nvml", "nvidia-smi", "amdgpu-sysfs", "intel-sysfs"]);
  });

  test("a device whose driver is missing is told from no device", async () => {
    const handle = started({ providers: ["nvml", "nvidia-smi"], nvmlLibrary: "/nowhere.so", nvidiaSmi: "/nowhere" });
    await handle.collectAll();
    expect(handle.status()).toMatchObject({
      state: "none",
      code: "NO_DRIVER",
      hint: expect.stringContaining("driver"),
    });
    expect(handle.status().tried.map(({ code }) => code)).toEqual(["NO_DRIVER", "NO_TOOL"]);
  });

  test.each([
    ["--allow-fs-read=*", "NO_PERMISSION", "start node with --allow-child-process"],
    ["--allow-child-process", "ADDONS_DISABLED", "start node with --allow-addons"],
  ])("under node --permission %s the flag that is missing is named", async (flag, code, hint) => {
    const folder = mkdtempSync(join(tmpdir(), "telltale-gpu-"));
    folders.push(folder);
    const source = `
      import { startGpu } from ${JSON.stringify(join(import.meta.dirname, "gpu.ts"))};
      const gpu = startGpu({ providers: ["nvml"] });
      await gpu.collectAll();
      console.log(JSON.stringify(gpu.status()));
      await gpu.stop();`;
    writeFileSync(join(folder, "program.mts"), source);
    const flags = ["--permission", "--allow-fs-read=*", flag, "--no-warnings", "--conditions=telltale-source"];
    const output = execFileSync(process.execPath, [...flags, join(folder, "program.mts")], { encoding: "utf8" });
    expect(JSON.parse(output)).toMatchObject({ state: "none", code, hint: expect.stringContaining(hint) });
  });

  test("a device that comes later is found at the next look", async () => {
    const root = sysfs(0);
    const handle = started({ sysfs: root, probeIntervalMs: 100 });
    await handle.collectAll();
    const [later] = [sysfs(1)];
    for (const part of ["bus", "class"]) {
      rmSync(join(root, part), { recursive: true, force: true });
      const { cpSync } = await import("node:fs");
      cpSync(join(later, part), join(root, part), { recursive: true });
    }
    await expect.poll(() => handle.status().state).toBe("running");
    expect((await handle.collectAll()).get("0000:00:00.0")?.utilization).toBe(0.42);
    expect(said).toHaveLength(1);
  });
});

test("where NVIDIA's library cannot be loaded its tool is asked", async () => {
  const folder = mkdtempSync(join(tmpdir(), "telltale-gpu-"));
  folders.push(folder);
  const nvidiaSmi = join(folder, "nvidia-smi");
  const absent = Array.from(SMI_FIELDS.slice(2), () => "[N/A]").join(", ");
  writeFileSync(nvidiaSmi, `#!/bin/sh\necho "GPU-1f0e, 0, ${absent}"; exec sleep 60\n`, { mode: 0o755 });
  const handle = started({ providers: ["nvml", "nvidia-smi"], nvmlLibrary: "/nowhere.so", nvidiaSmi });
  expect((await handle.collectAll()).get("GPU-1f0e")).toMatchObject({ state: "ok" });
  expect(handle.status().tried).toMatchObject([
    { provider: "nvml", code: "NO_DRIVER" },
    { provider: "nvidia-smi", ok: true },
  ]);
  // The device said nothing of itself but who it is: no series of zeros.
  const found = Object.keys(await metrics()).filter((name) => !name.startsWith("gpu."));
  expect(found).toEqual(["hw.status"]);
});

test("before it is started all is empty, and the status says how to start it", async () => {
  expect(gpu.status()).toMatchObject({ state: "off", hint: expect.stringContaining("startGpu") });
  expect(await gpu.collectAll()).toEqual(new Map());
  expect(gpu.device(0)).toEqual({});
});

test.each([
  [{ interval: 5 }, /gpu option interval is not an option; the options are providers,/],
  [{ intervalMs: 5 }, /gpu option intervalMs is 5; give milliseconds from 100/],
  [{ providers: ["cuda"] }, /gpu option providers is \["cuda"\]; give "auto"/],
  [{ isolation: "thread" }, /gpu option isolation is "thread"; give "process" or "worker"/],
  [{ mig: "yes" }, /gpu option mig is "yes"/],
])("wrong options %j throw at once and name what to give", (options, message) => {
  expect(() => startGpu(options as GpuOptions)).toThrow(message);
  expect(() => startGpu(options as GpuOptions)).toThrow(expect.objectContaining({ code: "TELLTALE_BAD_GPU_OPTION" }));
});

test("kernels are counted and timed as the application reports them, on a device once it is known (G13)", async () => {
  const multiply = gpu.kernel("matrix_mul", { device: 0 });
  multiply.record(0.0031);
  multiply.launched(2);
  multiply.record(Number.NaN);
  const handle = started({ providers: ["amdgpu-sysfs"], sysfs: sysfs(1) });
  await handle.collectAll();
  multiply.record(0.5);
  const found = await metrics();
  expect(found["gpu.kernel.launches"]).toEqual([
    expect.objectContaining({ value: 4, attributes: { "gpu.kernel.type": "matrix_mul" } }),
    expect.objectContaining({ value: 1, attributes: { "gpu.kernel.type": "matrix_mul", "hw.id": "0000:00:00.0" } }),
  ]);
  expect(found["gpu.kernel.duration"]?.map(({ value }) => (value as { sum: number }).sum)).toEqual([0.0031, 0.5]);
});

describe.skipIf(noCompiler !== undefined)(`with devices${noCompiler === undefined ? "" : `: ${noCompiler}`}`, () => {
  let standIn: NvmlStandIn;
  beforeAll(() => {
    standIn = nvmlStandIn();
  });
  beforeEach(() => standIn.set({}));
  afterAll(() => standIn[Symbol.dispose]());

  const nvml = (more: GpuOptions = {}): GpuOptions => ({ providers: ["nvml"], nvmlLibrary: standIn.library, ...more });

  test.each(["process", "worker"] as const)("a %s gives the readings of all devices", async (isolation) => {
    standIn.set({ pid: process.pid });
    const handle = started(nvml({ isolation }));
    const readings = await handle.collectAll();
    expect([...readings.keys()]).toEqual([0, 1].map((i) => `GPU-00000000-0000-0000-0000-00000000000${i}`));
    expect(handle.status()).toMatchObject({ state: "running", provider: "nvml", message: "2 GPU(s) by nvml" });
    expect(handle.device(0).memoryUsed).toBe(20 * 2 ** 30);
    expect(handle.device("GPU-00000000-0000-0000-0000-000000000001").powerWatts).toBe(312.5);
    expect(handle.device(0).processMemory).toBe(512 * 2 ** 20);
    expect(gpu.device(0)).toEqual(handle.device(0));
    await handle.stop();
    expect(handle.device(0)).toEqual({});
    expect(gpu.status().state).toBe("off");
  });

  test("devices of all vendors are sampled at once", async () => {
    const handle = started(nvml({ providers: ["nvml", "nvidia-smi", "amdgpu-sysfs", "intel-sysfs"], sysfs: sysfs(2) }));
    const readings = await handle.collectAll();
    expect(Array.from(readings.values(), ({ device }) => device.vendor)).toEqual(["nvidia", "nvidia", "amd", "amd"]);
    // The tool was not asked, since the library works; of Intel there is nothing.
    expect(handle.status().tried.map(({ provider, ok }) => [provider, ok])).toEqual([
      ["nvml", true],
      ["amdgpu-sysfs", true],
      ["intel-sysfs", false],
    ]);
  });

  test("every metric of the catalogue that NVML gives has series, in the catalogue's units", async () => {
    standIn.set({ pid: process.pid, mig: 1, xid: 48 });
    const handle = started(nvml({ pcieThroughput: true }));
    await handle.collectAll();
    const found = await metrics();
    // A board without a fan has none; kernels are the application's.
    expect(
      Object.keys(found)
        .filter((name) => !name.startsWith("gpu.kernel"))
        .sort(),
    ).toEqual([
      "gpu.clock.frequency",
      "gpu.collect.duration",
      "gpu.memory.activity",
      "gpu.memory.reserved",
      "gpu.mig.memory.usage",
      "gpu.nvlink.io",
      "gpu.pcie.link.generation",
      "gpu.pcie.link.width",
      "gpu.pcie.throughput",
      "gpu.power.limit",
      "gpu.process.memory.usage",
      "gpu.throttle.active",
      "gpu.throttle.time",
      "gpu.xid.errors",
      "hw.energy",
      "hw.errors",
      "hw.gpu.io",
      "hw.gpu.memory.limit",
      "hw.gpu.memory.usage",
      "hw.gpu.memory.utilization",
      "hw.gpu.utilization",
      "hw.power",
      "hw.status",
      "hw.temperature",
      "hw.temperature.limit",
    ]);
    const [id0, id1] = [0, 1].map((i) => `GPU-00000000-0000-0000-0000-00000000000${i}`);
    const device = { "hw.name": "NVIDIA Stand-in", "hw.model": "NVIDIA Stand-in", "hw.vendor": "NVIDIA" };
    const of = (name: string, id = id1) =>
      found[name]!.filter(({ attributes }) => attributes["hw.id"] === id).map(({ attributes, value }) => ({
        attributes,
        value,
      }));
    const about = (more: object = {}) => ({ "hw.id": id1, ...device, ...more });
    // In MIG mode the first device has no utilization: nothing, not 0.
    expect(of("hw.gpu.utilization", id0)).toEqual([
      { attributes: { "hw.id": id0, ...device, "hw.gpu.task": "encoder" }, value: 0.05 },
    ]);
    expect(of("hw.gpu.utilization")).toEqual([
      { attributes: about({ "hw.gpu.task": "general" }), value: 0.37 },
      { attributes: about({ "hw.gpu.task": "encoder" }), value: 0.05 },
    ]);
    expect(of("hw.gpu.memory.utilization")).toEqual([{ attributes: about(), value: 0.25 }]);
    expect(of("gpu.memory.activity")).toEqual([{ attributes: about(), value: 0.11 }]);
    expect(of("hw.energy")).toEqual([{ attributes: about({ "hw.type": "gpu" }), value: 9_000_000.001 }]);
    const states = of("hw.status").map(({ attributes, value }) => [attributes["hw.state"], value]);
    expect(states).toEqual([
      ["ok", 1],
      ["degraded", 0],
      ["failed", 0],
      ["predicted_failure", 0],
    ]);
    const reasons = of("gpu.throttle.active");
    expect(reasons).toHaveLength(8);
    expect(
      reasons.filter(({ value }) => value === 1).map(({ attributes }) => attributes["gpu.throttle.reason"]),
    ).toEqual(["sw_power_cap"]);
    expect(found["hw.temperature"]?.map(({ attributes }) => attributes)).toContainEqual({
      "hw.id": `${id1}:memory`,
      "hw.parent": id1,
      "hw.sensor_location": "memory",
    });
    expect(found["gpu.xid.errors"]).toMatchObject([{ value: 1, attributes: { "hw.id": id0, "gpu.xid": "48" } }]);
    expect(of("gpu.mig.memory.usage", id0).map(({ attributes }) => attributes["gpu.instance.id"])).toEqual(["1", "2"]);
    // No other value anywhere: an index would change its device (G10).
    const ids = new Set(Object.values(found).flatMap((points) => points.map(({ attributes }) => attributes["hw.id"])));
    expect([...ids].filter((id) => typeof id === "string" && !/^(GPU-|0000:)/.test(id))).toEqual([]);
  });

  test("a lost device has the state failed and nothing else", async () => {
    const handle = started(nvml());
    await handle.collectAll();
    standIn.set({ lost: 1 });
    await handle.collectAll();
    const found = await metrics();
    const failed = found["hw.status"]?.find(
      ({ attributes, value }) => attributes["hw.state"] === "failed" && value === 1,
    );
    expect(failed?.attributes["hw.id"]).toMatch(/1$/);
    expect(found["hw.power"]).toHaveLength(1);
  });

  test("a driver that hangs is a failure, what was read before is no longer reported, and it is ended", async () => {
    const handle = started(nvml({ deadlineMs: 2_000 }));
    await handle.collectAll();
    standIn.set({ hang: LONGER_THAN_A_TEST });
    expect(await handle.collectAll()).toEqual(new Map());
    expect(handle.status()).toMatchObject({ state: "none", code: "TIMEOUT", hint: expect.stringContaining("dmesg") });
    expect((await metrics())["hw.power"]).toBeUndefined();
    expect((await metrics())["gpu.collect.failures"]).toMatchObject([
      { value: 1, attributes: { "gpu.provider": "nvml", "error.type": "TIMEOUT" } },
    ]);
  });

  test("a driver that goes on hanging is told once, and is what it was when it answers again", async () => {
    const handle = started(nvml({ deadlineMs: 2_000, probeIntervalMs: 100 }));
    await handle.collectAll();
    standIn.set({ hang: LONGER_THAN_A_TEST });
    const failures = async () => (await metrics())["gpu.collect.failures"]?.[0]?.value as number | undefined;
    await expect.poll(failures).toBeGreaterThanOrEqual(3);
    expect(said.filter((text) => text.includes("no GPU reading within"))).toHaveLength(1);
    standIn.set({});
    await expect.poll(() => handle.status().state).toBe("running");
    await expect.poll(() => handle.device(0).powerWatts).toBe(312.5);
  });

  test("while a call hangs in a driver that nothing can end, no other is begun beside it", async () => {
    let threads = 0;
    const count = (): void => void threads++;
    process.on("worker", count);
    onTestFinished(() => void process.off("worker", count));
    const handle = started(nvml({ isolation: "worker", deadlineMs: 300, probeIntervalMs: 100 }));
    await handle.collectAll();
    standIn.set({ hang: 5 });
    await expect.poll(() => handle.status().message).toContain("still hangs");
    expect(handle.status()).toMatchObject({ state: "none", code: "TIMEOUT", hint: expect.stringContaining("dmesg") });
    expect(threads).toBe(1);
    standIn.set({});
    await expect.poll(() => handle.status().state).toBe("running");
    expect(threads).toBe(2);
  });

  test("what is ended before it has begun begins nothing", async () => {
    let threads = 0;
    const count = (): void => void threads++;
    process.on("worker", count);
    onTestFinished(() => void process.off("worker", count));
    const handle = started(nvml({ isolation: "worker" }));
    await handle.stop();
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(threads).toBe(0);
  });

  test("while a call hangs, readings of three intervals ago are gone", async () => {
    const handle = started(nvml({ intervalMs: 100 }));
    await handle.collectAll();
    standIn.set({ hang: LONGER_THAN_A_TEST });
    await expect.poll(() => handle.device(0).powerWatts).toBeUndefined();
    expect((await metrics())["hw.power"]).toBeUndefined();
  });

  test("the instrumentation is the same, by the names that OpenTelemetry has for it", async () => {
    const instrumentation = new GpuInstrumentation({ enabled: false, ...nvml() }) satisfies Instrumentation;
    expect(gpu.status().state).toBe("off");
    instrumentation.enable();
    await gpu.collectAll();
    expect(instrumentation.gpu.status().devices).toHaveLength(2);
    instrumentation.disable();
    expect(gpu.status().state).toBe("off");
  });

  const program = (end: string): string => `
    import { startGpu } from ${JSON.stringify(join(import.meta.dirname, "gpu.ts"))};
    import { writeFileSync } from "node:fs";
    const gpu = startGpu(${JSON.stringify(nvml({ intervalMs: 100 }))});
    await gpu.collectAll();
    console.log(gpu.status().message);
    process.stdin.once("data", () => { process.stdin.unref(); ${end} });`;

  test("a program that has nothing else to do may wait for a sample and for the end", async () => {
    const folder = mkdtempSync(join(tmpdir(), "telltale-gpu-"));
    folders.push(folder);
    const source = `
      import { startGpu } from ${JSON.stringify(join(import.meta.dirname, "gpu.ts"))};
      const gpu = startGpu(${JSON.stringify(nvml())});
      await gpu.collectAll();
      await gpu.stop();
      console.log(gpu.status().state);`;
    writeFileSync(join(folder, "program.mts"), source);
    const args = ["--conditions=telltale-source", join(folder, "program.mts")];
    expect(execFileSync(process.execPath, args, { encoding: "utf8" })).toBe("off\n");
  });

  test.each([
    ["process.exit()", "process.exit(3)", 3],
    ["ending by itself", "process.stdin.destroy()", 0],
    ["stop()", "process.stdin.destroy(); void gpu.stop()", 0],
  ])("a call that hangs in the driver does not keep the process from %s (G1)", async (_, end, code) => {
    const folder = mkdtempSync(join(tmpdir(), "telltale-gpu-"));
    folders.push(folder);
    writeFileSync(join(folder, "program.mts"), program(end));
    const child = spawn(process.execPath, ["--conditions=telltale-source", join(folder, "program.mts")], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    standIn.set({ hang: LONGER_THAN_A_TEST });
    await expect.poll(() => standIn.isHanging()).toBe(true);
    child.stdin.end("end\n");
    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(code);
  });
});
