import type { CgroupUse } from "./cgroup.ts";

export interface MemoryUse {
  /** What this process can have: the cgroup's limit where it is lower than the machine's memory. */
  readonly limitBytes: number;
  readonly usedBytes: number;
  readonly freeBytes: number;
  /** The machine's, whatever the cgroup says. */
  readonly availableBytes: number;
  readonly machineBytes: number;
}

/** Memory by the text of /proc/meminfo, and by the cgroup where its limit is lower. */
export function parseMemory(meminfo: string, cgroup?: CgroupUse): MemoryUse | undefined {
  const total = kibibytes(meminfo, "MemTotal");
  // Before Linux 3.14 there was no MemAvailable.
  const available = kibibytes(meminfo, "MemAvailable") ?? kibibytes(meminfo, "MemFree");
  if (total === undefined || available === undefined) return undefined;
  return memoryUse({ machineBytes: total, availableBytes: available }, cgroup);
}

export function memoryUse(
  { machineBytes, availableBytes }: { readonly machineBytes: number; readonly availableBytes: number },
  cgroup?: CgroupUse,
): MemoryUse {
  const limit = cgroup?.memoryLimitBytes;
  const isLimited = limit !== undefined && limit < machineBytes && cgroup?.memoryUsedBytes !== undefined;
  const limitBytes = isLimited ? limit : machineBytes;
  const usedBytes = isLimited ? Math.min(cgroup.memoryUsedBytes, limit) : machineBytes - availableBytes;
  return { limitBytes, usedBytes, freeBytes: limitBytes - usedBytes, availableBytes, machineBytes };
}

function kibibytes(meminfo: string, name: string): number | undefined {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(meminfo)?.[1];
  return found === undefined ? undefined : Number(found) * 1_024;
}
