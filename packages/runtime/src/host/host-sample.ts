import { loadavg } from "node:os";
import type { Battery } from "./batteries.ts";
import type { CgroupUse } from "./cgroup.ts";
import type { CoreTimes } from "./cpu-times.ts";
import type { DiskCount } from "./disks.ts";
import type { FileSystemUse } from "./file-systems.ts";
import type { MemoryUse } from "./memory.ts";
import type { NetworkCount } from "./networks.ts";
import type { Temperature } from "./sensors.ts";

/** What was read of the host at one moment. What could not be read is undefined or missing from its list, never 0. */
export interface HostReading {
  readonly cores: CoreTimes;
  /** On which of them this process may run; undefined where nobody tells. */
  readonly allowedCores: ReadonlySet<number> | undefined;
  /** Averages over 1, 5 and 15 minutes. */
  readonly load: readonly number[];
  readonly memory: MemoryUse | undefined;
  readonly cgroup: CgroupUse | undefined;
  readonly fileSystems: readonly FileSystemUse[];
  readonly disks: readonly DiskCount[];
  readonly networks: readonly NetworkCount[];
  readonly temperatures: readonly Temperature[];
  readonly batteries: readonly Battery[];
}

/** Reads the host. `busySeconds` is told how long the main thread was busy with it. */
export type HostReader = (busySeconds: (seconds: number) => void) => Promise<HostReading>;

export interface HostReaderOptions {
  /** Mount points whose space is told. @default one for each local device */
  readonly mounts?: readonly string[];
}

/** Windows has no load; Node.js says 0 there. */
export function loadAverages(): readonly number[] {
  return process.platform === "win32" ? [] : loadavg();
}
