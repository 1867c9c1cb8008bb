import { GpuError, type ProviderOptions } from "../gpu-provider.ts";
import { type GpuDevice, type GpuReading, type GpuTemperature, stateOf, type ThrottleReason } from "../gpu-reading.ts";
import { isSuspended } from "../sysfs/pci-devices.ts";
import { type FieldName, type FieldValue, fieldValues } from "./field-values.ts";
import { migMemory } from "./mig-memory.ts";
import type { Handle, Nvml, Out } from "./nvml-library.ts";
import { nvmlQuestions } from "./nvml-questions.ts";
import { processMemory } from "./process-memory.ts";
import { throttleReasonsOf } from "./throttle-reasons.ts";

export interface NvmlDevice {
  readonly handle: Handle;
  readonly device: GpuDevice;
  /** Everything but events. Blocks as long as the driver does. */
  read(): GpuReading;
}

type NumberCall = { [K in keyof Nvml]: K extends `nvmlDeviceGet${string}` ? K : never }[keyof Nvml];

/** `sizeof | 2 << 24`: nvml.h, NVML_STRUCT_VERSION. With 2 alone the driver answers 25. */
const MEMORY_V2 = 0x0200_0028;
const TEMPERATURE_V1 = 0x0100_000c;

export function nvmlDevice(
  nvml: Nvml,
  { handle, device }: { readonly handle: Handle; readonly device: GpuDevice },
  options: ProviderOptions,
): NvmlDevice {
  const questions = nvmlQuestions();
  const { ask } = questions;
  const u32 = new Uint32Array(2);
  const u64 = new BigUint64Array(1);
  const i32 = new Int32Array(3);
  const memory = new BigUint64Array(5);
  const rows = [new Uint32Array(1), new Uint32Array(1), new Uint32Array(1), new Uint32Array(1)] as const;
  const readFields = fieldValues(nvml, handle, questions);
  const readMig = migMemory(nvml, handle, questions);
  const readProcess = processMemory(nvml, handle, questions);
  const pciFolder = `${options.sysfs}/bus/pci/devices/${device.pciAddress}`;

  const number = (call: NumberCall, scale = 1): number | undefined =>
    ask(call, () => nvml[call](handle, u32)) ? u32[0]! * scale : undefined;
  const chosen = (call: NumberCall, which: number, scale = 1): number | undefined =>
    ask(`${call} ${which}`, () => nvml[call](handle, which, u32)) ? u32[0]! * scale : undefined;
  const engine = (call: NumberCall): number | undefined =>
    ask(call, () => nvml[call](handle, u32, new Uint32Array(1))) ? u32[0]! / 100 : undefined;
  const big = (call: string, invoke: (out: Out) => number): bigint | undefined =>
    ask(call, () => invoke(u64)) ? u64[0] : undefined;

  function utilization(): Pick<GpuReading, "utilization" | "memoryActivity"> {
    const call = "nvmlDeviceGetUtilizationRates";
    if (!ask(call, () => nvml[call](handle, u32))) return {};
    return { utilization: u32[0]! / 100, memoryActivity: u32[1]! / 100 };
  }

  /** The first version counts what the driver reserves as used: half a gigabyte on an idle H100. */
  function memoryInfo(): Pick<GpuReading, "memoryTotal" | "memoryReserved" | "memoryUsed"> {
    memory[0] = BigInt(MEMORY_V2);
    if (ask("nvmlDeviceGetMemoryInfo_v2", () => nvml.nvmlDeviceGetMemoryInfo_v2(handle, memory))) {
      return { memoryTotal: Number(memory[1]), memoryReserved: Number(memory[2]), memoryUsed: Number(memory[4]) };
    }
    if (!ask("nvmlDeviceGetMemoryInfo", () => nvml.nvmlDeviceGetMemoryInfo(handle, memory))) return {};
    return { memoryTotal: Number(memory[0]), memoryUsed: Number(memory[2]) };
  }

  function temperatures(fields: ReadonlyMap<FieldName, FieldValue>): readonly GpuTemperature[] {
    i32.set([TEMPERATURE_V1, 0, 0]);
    const current = ask("nvmlDeviceGetTemperatureV", () => nvml.nvmlDeviceGetTemperatureV(handle, i32))
      ? i32[2]
      : chosen("nvmlDeviceGetTemperature", 0);
    const threshold = (which: number): number | undefined => chosen("nvmlDeviceGetTemperatureThreshold", which);
    const memoryTemperature = fields.get("memoryTemperature")?.value;
    const found: GpuTemperature[] = [];
    // nvml.h, nvmlTemperatureThresholds_t: 0 shut-down, 1 slow-down, 2 of the memory.
    if (current !== undefined) {
      found.push({ location: "gpu", celsius: current, degradedAt: threshold(1), criticalAt: threshold(0) });
    }
    // 0 is what boards without such a sensor say.
    if (memoryTemperature) found.push({ location: "memory", celsius: memoryTemperature, degradedAt: threshold(2) });
    return found;
  }

  function throttleReasons(): readonly ThrottleReason[] | undefined {
    const mask =
      big("reasons", (out) => nvml.nvmlDeviceGetCurrentClocksEventReasons(handle, out)) ??
      big("reasons before 535", (out) => nvml.nvmlDeviceGetCurrentClocksThrottleReasons(handle, out));
    return mask === undefined ? undefined : throttleReasonsOf(mask);
  }

  function eccErrors(kind: 0 | 1): number | undefined {
    // 0: since the driver was loaded, as all other counters here.
    const errors = big(`ecc ${kind}`, (out) => nvml.nvmlDeviceGetTotalEccErrors(handle, kind, 0, out));
    return errors === undefined ? undefined : Number(errors);
  }

  function remap(): { readonly remapPending: boolean; readonly remapFailed: boolean } | undefined {
    const call = "nvmlDeviceGetRemappedRows";
    if (!ask(call, () => nvml[call](handle, ...rows))) return undefined;
    return { remapPending: rows[2][0] === 1, remapFailed: rows[3][0] === 1 };
  }

  function clock(which: number): number | undefined {
    return chosen("nvmlDeviceGetClockInfo", which, 1e6);
  }

  function readAll(): GpuReading {
    const fields = readFields();
    const reasons = throttleReasons();
    const energy = big("energy", (out) => nvml.nvmlDeviceGetTotalEnergyConsumption(handle, out));
    const bytes = (name: FieldName, scale: number): number | undefined => {
      const field = fields.get(name);
      return field?.is64Bit === true ? field.value * scale : undefined;
    };
    const seconds = (name: FieldName): number | undefined => bytes(name, 1e-9);
    return {
      device,
      state: stateOf({ throttleReasons: reasons, ...remap() }),
      ...utilization(),
      encoderUtilization: engine("nvmlDeviceGetEncoderUtilization"),
      decoderUtilization: engine("nvmlDeviceGetDecoderUtilization"),
      ...memoryInfo(),
      processMemory: options.processMemory ? readProcess(options.processId) : undefined,
      migMemory: options.mig ? readMig() : undefined,
      temperatures: temperatures(fields),
      powerWatts: number("nvmlDeviceGetPowerUsage", 1e-3),
      powerLimitWatts: number("nvmlDeviceGetEnforcedPowerLimit", 1e-3),
      energyJoules: energy === undefined ? undefined : Number(energy) / 1e3,
      fanSpeed: number("nvmlDeviceGetFanSpeed", 0.01),
      clocksHz: { graphics: clock(0), sm: clock(1), memory: clock(2), video: clock(3) },
      throttleReasons: reasons,
      throttleSeconds: {
        sw_power_cap: seconds("powerCapTime"),
        sync_boost: seconds("syncBoostTime"),
        sw_thermal: seconds("softwareThermalTime"),
        hw_thermal: seconds("hardwareThermalTime"),
        hw_power_brake: seconds("powerBrakeTime"),
      },
      errors: {
        corrected: eccErrors(0),
        uncorrected: eccErrors(1),
        pcie_replay: number("nvmlDeviceGetPcieReplayCounter"),
        nvlink_crc: fields.get("nvlinkCrcErrors")?.value,
        row_remap: remapped(fields),
      },
      pcieBytes: { receive: bytes("pcieReceived", 1), transmit: bytes("pcieTransmitted", 1) },
      pcieThroughput: options.pcieThroughput
        ? // Each call blocks for the 20 ms that it measures. KB/s.
          {
            receive: chosen("nvmlDeviceGetPcieThroughput", 1, 1e3),
            transmit: chosen("nvmlDeviceGetPcieThroughput", 0, 1e3),
          }
        : undefined,
      pcieLinkGeneration: number("nvmlDeviceGetCurrPcieLinkGeneration"),
      pcieLinkWidth: number("nvmlDeviceGetCurrPcieLinkWidth"),
      nvlinkBytes: { receive: bytes("nvlinkReceived", 1_024), transmit: bytes("nvlinkTransmitted", 1_024) },
    };
  }

  return {
    handle,
    device,
    read() {
      if (!options.wakeSuspended && device.pciAddress !== undefined && isSuspended(pciFolder))
        return { device, state: "ok" };
      try {
        return readAll();
      } catch (error) {
        if (error instanceof GpuError && error.fault.code === "DEVICE_LOST") return { device, state: "failed" };
        throw error;
      }
    },
  };
}

function remapped(fields: ReadonlyMap<FieldName, FieldValue>): number | undefined {
  const [corrected, uncorrected] = [fields.get("remappedCorrected"), fields.get("remappedUncorrected")];
  if (corrected === undefined && uncorrected === undefined) return undefined;
  return (corrected?.value ?? 0) + (uncorrected?.value ?? 0);
}
