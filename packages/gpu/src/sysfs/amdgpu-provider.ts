import type { GpuProvider, ProviderOptions } from "../gpu-provider.ts";
import type { GpuReading } from "../gpu-reading.ts";
import { cardProvider } from "./card-provider.ts";
import { type Card, cards } from "./cards.ts";
import { fanSpeed, power, temperatures } from "./sensor-readings.ts";
import { entries, readNumber, readScaled, readText } from "./sysfs-file.ts";

/** A processor's graphics unit has a small window of video memory and takes the rest from main memory. */
const SMALL_VRAM_BYTES = 4 * 2 ** 30;

/**
 * AMD's GPUs, as the driver amdgpu shows them in sysfs. `pcie_bw` is never read: it blocks for a second.
 * @see https://docs.kernel.org/gpu/amdgpu/driver-misc.html
 */
export function amdgpuProvider(options: ProviderOptions): GpuProvider {
  return cardProvider({
    name: "amdgpu-sysfs",
    find: () => cards(options.sysfs, "amd", ["amdgpu"]),
    read: readCard,
    wakeSuspended: options.wakeSuspended,
    driver: "amdgpu",
  });
}

function readCard({ device, deviceFolder, hwmon }: Card): GpuReading {
  return {
    device,
    state: "ok",
    utilization: readScaled(0.01, deviceFolder, "gpu_busy_percent"),
    memoryActivity: readScaled(0.01, deviceFolder, "mem_busy_percent"),
    ...memory(deviceFolder, hwmon),
    errors: errors(deviceFolder),
    pcieLinkGeneration: linkGeneration(readText(deviceFolder, "current_link_speed")),
    pcieLinkWidth: positive(readNumber(deviceFolder, "current_link_width")),
    ...(hwmon !== undefined && sensors(hwmon)),
  };
}

function sensors(hwmon: string): Partial<GpuReading> {
  return {
    temperatures: temperatures(hwmon),
    powerWatts: power(hwmon),
    powerLimitWatts: readScaled(1e-6, hwmon, "power1_cap"),
    energyJoules: readScaled(1e-6, hwmon, "energy1_input"),
    fanSpeed: fanSpeed(hwmon),
    clocksHz: clocks(hwmon),
  };
}

function memory(deviceFolder: string, hwmon: string | undefined): Partial<GpuReading> {
  const used = readNumber(deviceFolder, "mem_info_vram_used");
  const total = readNumber(deviceFolder, "mem_info_vram_total");
  if (used === undefined || total === undefined) return {};
  const integrated = total < SMALL_VRAM_BYTES && !(hwmon !== undefined && hasFan(hwmon));
  const more = (name: string): number => (integrated ? (readNumber(deviceFolder, name) ?? 0) : 0);
  return { memoryUsed: used + more("mem_info_gtt_used"), memoryTotal: total + more("mem_info_gtt_total") };
}

function hasFan(hwmon: string): boolean {
  return entries(hwmon).some((name) => name === "fan1_input" || name === "pwm1");
}

function clocks(hwmon: string): GpuReading["clocksHz"] {
  const found: { graphics?: number; memory?: number } = {};
  for (const number of [1, 2]) {
    const hertz = readNumber(hwmon, `freq${number}_input`);
    const label = readText(hwmon, `freq${number}_label`);
    if (hertz !== undefined && label === "sclk") found.graphics = hertz;
    if (hertz !== undefined && label === "mclk") found.memory = hertz;
  }
  return found;
}

/** `umc` is the memory controller: "ue: 0\nce: 3". */
function errors(deviceFolder: string): GpuReading["errors"] {
  const [ras, replays] = [readText(deviceFolder, "ras/umc_err_count"), readNumber(deviceFolder, "pcie_replay_count")];
  const count = (kind: string): number | undefined => {
    const text = new RegExp(`^${kind}: (\\d+)$`, "m").exec(ras ?? "")?.[1];
    return text === undefined ? undefined : Number(text);
  };
  const found = { corrected: count("ce"), uncorrected: count("ue"), pcie_replay: replays };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

/** Gigatransfers a second of each PCIe generation: "16.0 GT/s PCIe". */
export function linkGeneration(speed: string | undefined): number | undefined {
  const generation = [2.5, 5, 8, 16, 32, 64].indexOf(Number.parseFloat(speed ?? ""));
  return generation === -1 ? undefined : generation + 1;
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}
