import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { diag } from "@opentelemetry/api";
import { batteryReader } from "./batteries.ts";
import { cgroupReader, type KernelFiles } from "./cgroup.ts";
import { type CoreTimes, parseAllowedCores, parseCpuTimes, steadyCpuTimes } from "./cpu-times.ts";
import { parseDisks } from "./disks.ts";
import { fileSystemReader, type Mount, parseMounts } from "./file-systems.ts";
import { type HostReader, type HostReaderOptions, type HostReading, loadAverages } from "./host-sample.ts";
import { inTime } from "./in-time.ts";
import { parseMemory } from "./memory.ts";
import { parseNetworks } from "./networks.ts";
import { temperatureReader } from "./sensors.ts";

/** How often mounts and disks are listed anew, in samples. */
const LISTED_EVERY = 6;

/**
 * Reads /proc and /sys, and starts no process. What the kernel answers from memory is read at once, in some 20 to 40 µs a file;
 * what may wait for a device, which are sensors, batteries and file systems, off the main thread.
 */
export function linuxReader(
  { mounts: asked }: HostReaderOptions,
  kernel: KernelFiles = { proc: "/proc", sys: "/sys" },
): HostReader {
  const { proc, sys } = kernel;
  const cgroup = cgroupReader(kernel);
  const readFileSystems = fileSystemReader();
  const readTemperatures = inTime(temperatureReader(sys), "a temperature sensor");
  const readBatteries = inTime(batteryReader(sys), "a battery");
  const told = new Set<string>();
  let mounts: readonly Mount[] = [];
  let disks: ReadonlySet<string> = new Set();
  let allowedCores: ReadonlySet<number> | undefined;
  let lastTimes: CoreTimes = new Map();
  let round = 0;
  const text = (path: string): string => {
    try {
      // Node.js reads a file as UTF-8 in one call of its own, and with every other encoding in five.
      return readFileSync(join(proc, path), "utf8");
    } catch {
      return "";
    }
  };
  return async (busySeconds) => {
    const began = performance.now();
    if (round++ % LISTED_EVERY === 0) {
      mounts = parseMounts(text("self/mounts"), asked);
      tellOfMissing(asked ?? [], { mounts, told });
      disks = new Set(namesIn(join(sys, "block")));
      allowedCores = parseAllowedCores(text("self/status"));
    }
    const cores = steadyCpuTimes(parseCpuTimes(text("stat")), lastTimes);
    if (cores.size > 0) lastTimes = cores;
    const limits = cgroup?.();
    const atOnce: Omit<HostReading, "fileSystems" | "temperatures" | "batteries"> = {
      cores,
      allowedCores,
      load: loadAverages(),
      memory: parseMemory(text("meminfo"), limits),
      cgroup: limits,
      disks: parseDisks(text("diskstats"), disks),
      networks: parseNetworks(text("net/dev")),
    };
    const others = Promise.all([readFileSystems(mounts), readTemperatures(), readBatteries()]);
    busySeconds((performance.now() - began) / 1_000);
    const [fileSystems, temperatures, batteries] = await others;
    return { ...atOnce, fileSystems, temperatures, batteries };
  };
}

/** A folder inside a file system is none, and a disk may be mounted later: it is looked for again, and told once. */
function tellOfMissing(
  asked: readonly string[],
  { mounts, told }: { readonly mounts: readonly Mount[]; readonly told: Set<string> },
): void {
  for (const path of asked) {
    if (told.has(path) || mounts.some(({ mountpoint }) => mountpoint === path)) continue;
    told.add(path);
    diag.warn(`telltale: mounts names ${path}, where nothing is mounted; give mount points as findmnt lists them`);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
