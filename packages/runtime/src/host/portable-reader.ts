import { createRequire } from "node:module";
import { freemem, totalmem } from "node:os";
import type { Systeminformation } from "systeminformation";
import type { Battery } from "./batteries.ts";
import { portableCpuTimes } from "./cpu-times.ts";
import type { FileSystemUse } from "./file-systems.ts";
import { type HostReader, type HostReaderOptions, loadAverages } from "./host-sample.ts";
import { memoryUse } from "./memory.ts";

const require = createRequire(import.meta.url);

/** For systems without /proc. systeminformation starts child processes, so it is loaded only there and asked for little. */
export function portableReader({ mounts }: HostReaderOptions): HostReader {
  const load = () => require("systeminformation") as typeof import("systeminformation");
  let loaded: ReturnType<typeof load> | undefined;
  return async (busySeconds) => {
    const began = performance.now();
    loaded ??= load();
    const si = loaded;
    const cores = portableCpuTimes();
    const asked = Promise.all([
      quiet(si.mem()),
      quiet(si.fsSize()),
      quiet(si.networkStats("*")),
      quiet(si.cpuTemperature()),
      quiet(si.battery()),
    ]);
    busySeconds((performance.now() - began) / 1_000);
    const [memory, sizes = [], networks = [], temperature, battery] = await asked;
    const available = { machineBytes: totalmem(), availableBytes: memory?.available ?? freemem() };
    return {
      cores,
      allowedCores: undefined,
      load: loadAverages(),
      memory: memoryUse(available),
      cgroup: undefined,
      fileSystems: sizes.filter(({ mount }) => mounts?.includes(mount) ?? true).map(fileSystemOf),
      // disksIO has no names, and what is told of all disks together cannot be told of one.
      disks: [],
      networks: networks.map((one) => ({
        name: one.iface,
        receivedBytes: one.rx_bytes,
        // It counts no packets.
        receivedPackets: Number.NaN,
        receiveErrors: one.rx_errors,
        transmittedBytes: one.tx_bytes,
        transmittedPackets: Number.NaN,
        transmitErrors: one.tx_errors,
      })),
      temperatures: temperature?.main ? [{ id: "cpu", name: "cpu", location: "cpu", celsius: temperature.main }] : [],
      batteries: battery?.hasBattery ? [batteryOf(battery)] : [],
    };
  };
}

function fileSystemOf({ fs, mount, type, size, used, available }: Systeminformation.FsSizeData): FileSystemUse {
  const reservedBytes = Math.max(0, size - used - available);
  return { device: fs, mountpoint: mount, type, sizeBytes: size, usedBytes: used, freeBytes: available, reservedBytes };
}

function batteryOf({
  isCharging,
  acConnected,
  percent,
  timeRemaining,
  ...battery
}: Systeminformation.BatteryData): Battery {
  const state = isCharging ? "charging" : acConnected ? undefined : "discharging";
  return {
    id: "battery",
    name: "battery",
    model: battery.model,
    vendor: battery.manufacturer,
    chemistry: battery.type,
    charge: percent / 100,
    state,
    // In minutes, until it is empty.
    secondsLeft: state === "discharging" && timeRemaining > 0 ? timeRemaining * 60 : undefined,
  };
}

/** What a system does not answer is absent. */
async function quiet<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch {
    return undefined;
  }
}
