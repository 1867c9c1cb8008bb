import type { GpuDevice, GpuReading, ThrottleReason } from "../gpu-reading.ts";
import { stateOf } from "../gpu-reading.ts";
import { throttleReasonsOf } from "../nvml/throttle-reasons.ts";

/**
 * What is asked of nvidia-smi. `temperature.gpu.tlimit` is not among it: that is how far the temperature is from its limit.
 * @see https://nvidia.custhelp.com/app/answers/detail/a_id/3751
 */
export const SMI_FIELDS: readonly string[] = [
  "uuid",
  "index",
  "name",
  "pci.bus_id",
  "mig.mode.current",
  "utilization.gpu",
  "utilization.memory",
  "utilization.encoder",
  "utilization.decoder",
  "memory.total",
  "memory.reserved",
  "memory.used",
  "temperature.gpu",
  "temperature.memory",
  "power.draw",
  "enforced.power.limit",
  "fan.speed",
  "clocks.gr",
  "clocks.sm",
  "clocks.mem",
  "clocks.video",
  "clocks_event_reasons.active",
  "pcie.link.gen.current",
  "pcie.link.width.current",
  "ecc.errors.corrected.volatile.total",
  "ecc.errors.uncorrected.volatile.total",
];

/** What the tool says of a field of which it has nothing to say; some have brackets, some have not. */
const ABSENT =
  /^\[?(n\/a|not supported|not found|function not found|insufficient permissions|gpu is lost|gpu requires reset|no data|unknown error|requested functionality has been deprecated|err!?)\]?$/i;

/** A line by its fields; `undefined` when it has not as many values as were asked for. */
export function smiValues(line: string, fields: readonly string[]): ReadonlyMap<string, string> | undefined {
  const values = line.split(",").map((value) => value.trim());
  if (values.length !== fields.length) return undefined;
  return new Map(
    fields.map((field, i) => [field, values[i]!] as const).filter(([, value]) => value !== "" && !ABSENT.test(value)),
  );
}

/** A line as a reading; `undefined` when it does not say of which device. */
export function smiReading(line: string, fields: readonly string[]): GpuReading | undefined {
  const values = smiValues(line, fields);
  const device = values && deviceOf(values);
  if (values === undefined || device === undefined) return undefined;
  const number = (field: string, scale = 1): number | undefined => {
    const value = Number(values.get(field) ?? "x");
    return Number.isFinite(value) ? value * scale : undefined;
  };
  if (/gpu is lost|gpu requires reset/i.test(line)) return { device, state: "failed" };
  const throttleReasons = reasons(
    values.get("clocks_event_reasons.active") ?? values.get("clocks_throttle_reasons.active"),
  );
  const temperatures = (["gpu", "memory"] as const).flatMap((location) => {
    const celsius = number(`temperature.${location}`);
    return celsius === undefined ? [] : [{ location, celsius }];
  });
  const mebibyte = 2 ** 20;
  return {
    device,
    state: stateOf({ throttleReasons }),
    utilization: number("utilization.gpu", 0.01),
    memoryActivity: number("utilization.memory", 0.01),
    encoderUtilization: number("utilization.encoder", 0.01),
    decoderUtilization: number("utilization.decoder", 0.01),
    memoryTotal: number("memory.total", mebibyte),
    memoryReserved: number("memory.reserved", mebibyte),
    memoryUsed: number("memory.used", mebibyte),
    temperatures,
    powerWatts: number("power.draw"),
    powerLimitWatts: number("enforced.power.limit"),
    fanSpeed: number("fan.speed", 0.01),
    clocksHz: present({
      graphics: number("clocks.gr", 1e6),
      sm: number("clocks.sm", 1e6),
      memory: number("clocks.mem", 1e6),
      video: number("clocks.video", 1e6),
    }),
    throttleReasons,
    pcieLinkGeneration: number("pcie.link.gen.current"),
    pcieLinkWidth: number("pcie.link.width.current"),
    errors: present({
      corrected: number("ecc.errors.corrected.volatile.total"),
      uncorrected: number("ecc.errors.uncorrected.volatile.total"),
    }),
  };
}

/** NVIDIA writes a domain of eight digits in capitals, the kernel one of four in small letters. */
export function kernelPciAddress(busId: string): string {
  return busId.toLowerCase().replace(/^0000(?=[0-9a-f]{4}:)/, "");
}

function deviceOf(values: ReadonlyMap<string, string>): GpuDevice | undefined {
  const busId = values.get("pci.bus_id");
  const pciAddress = busId === undefined ? undefined : kernelPciAddress(busId);
  const id = values.get("uuid") ?? pciAddress;
  const index = Number(values.get("index") ?? "0");
  if (id === undefined || !Number.isInteger(index)) return undefined;
  const name = values.get("name") ?? "NVIDIA GPU";
  return { id, index, name, vendor: "nvidia", model: name, pciAddress };
}

/** "0x0000000000000004". */
function reasons(mask: string | undefined): readonly ThrottleReason[] | undefined {
  return mask !== undefined && /^0x[0-9a-f]+$/i.test(mask) ? throttleReasonsOf(BigInt(mask)) : undefined;
}

function present<K extends string>(record: Record<K, number | undefined>): Partial<Record<K, number>> {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<Record<K, number>>;
}
