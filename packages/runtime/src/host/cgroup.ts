import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a control group leaves to this process; a limit that is not set is undefined, and so is what is used of it. */
export interface CgroupUse {
  readonly memoryLimitBytes: number | undefined;
  /** Without the page cache that the kernel can give back. */
  readonly memoryUsedBytes: number | undefined;
  /** In CPUs: 1.5 is one and a half. */
  readonly cpuLimit: number | undefined;
  /** CPU time of everything in the group, in seconds. */
  readonly cpuSeconds: number | undefined;
}

/** Where the file systems of the kernel are mounted: elsewhere in tests, and in a container that sees its host. */
export interface KernelFiles {
  readonly proc: string;
  readonly sys: string;
}

/** Reads the limits of the groups that this process is in, of cgroup v2 or v1; `undefined` where there is no cgroup. */
export function cgroupReader({ proc, sys }: KernelFiles): (() => CgroupUse) | undefined {
  const lines = textOf(join(proc, "self/cgroup"))?.trim().split("\n") ?? [];
  const root = join(sys, "fs/cgroup");
  const pathOf = (wanted: (controllers: string) => boolean): string | undefined => {
    for (const line of lines) {
      const [, controllers = "", path = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
      if (wanted(controllers)) return path;
    }
    return undefined;
  };
  const own = pathOf((controllers) => controllers === "");
  if (own !== undefined && existsSync(join(root, "cgroup.controllers"))) return version2(ancestors(root, own));
  const of = (name: string): string[] => {
    const path = pathOf((controllers) => controllers.split(",").includes(name));
    const mount = [name, "cpu,cpuacct"].map((folder) => join(root, folder)).find((folder) => existsSync(folder));
    return path === undefined || mount === undefined ? [] : ancestors(mount, path);
  };
  const [memory, cpu] = [of("memory"), of("cpu")];
  return memory.length === 0 && cpu.length === 0 ? undefined : version1({ memory, cpu, cpuacct: of("cpuacct") });
}

function version2(folders: readonly string[]): () => CgroupUse {
  // Above memory.high a process is slowed down until it hardly runs, so that it never gets to memory.max.
  const memoryLimit = (folder: string) =>
    lower(limit(textOf(join(folder, "memory.max"))), limit(textOf(join(folder, "memory.high"))));
  const cpuLimit = (folder: string) => {
    const [quota, period] = (textOf(join(folder, "cpu.max")) ?? "").trim().split(" ");
    return quotient(limit(quota), period);
  };
  const limits = everySoOften(() => ({ memory: tightest(folders, memoryLimit), cpu: tightest(folders, cpuLimit) }));
  return () => {
    const { memory, cpu } = limits();
    return {
      memoryLimitBytes: memory?.limit,
      memoryUsedBytes: memory && used(memory.folder, ["memory.current", "inactive_file"]),
      cpuLimit: cpu?.limit,
      cpuSeconds: cpu && scaled(field(textOf(join(cpu.folder, "cpu.stat")), "usage_usec"), 1e-6),
    };
  };
}

function version1(groups: {
  readonly memory: readonly string[];
  readonly cpu: readonly string[];
  readonly cpuacct: readonly string[];
}): () => CgroupUse {
  const memoryLimit = (folder: string) => limit(textOf(join(folder, "memory.limit_in_bytes")));
  const cpuLimit = (folder: string) =>
    quotient(limit(textOf(join(folder, "cpu.cfs_quota_us"))), textOf(join(folder, "cpu.cfs_period_us")));
  const limits = everySoOften(() => ({
    memory: tightest(groups.memory, memoryLimit),
    cpu: tightest(groups.cpu, cpuLimit),
  }));
  return () => {
    const { memory, cpu } = limits();
    // The same group in the other hierarchy, counted from its root.
    const accounting = cpu && groups.cpuacct.at(groups.cpu.indexOf(cpu.folder) - groups.cpu.length);
    const usage = (folder: string): number => Number(textOf(join(folder, "cpuacct.usage")) || Number.NaN);
    return {
      memoryLimitBytes: memory?.limit,
      memoryUsedBytes: memory && used(memory.folder, ["memory.usage_in_bytes", "total_inactive_file"]),
      cpuLimit: cpu?.limit,
      cpuSeconds: accounting === undefined ? undefined : scaled(usage(accounting), 1e-9),
    };
  };
}

interface Limited {
  readonly folder: string;
  readonly limit: number;
}

/** The group with the lowest limit, of this process's own and those above it; undefined when none has one. */
function tightest(folders: readonly string[], limitOf: (folder: string) => number | undefined): Limited | undefined {
  let found: Limited | undefined;
  for (const folder of folders) {
    const limit = limitOf(folder);
    if (limit !== undefined && limit < (found?.limit ?? Number.POSITIVE_INFINITY)) found = { folder, limit };
  }
  return found;
}

/** Limits hardly ever change, and reading those of every group costs more than all else. */
const LIMITS_EVERY = 6;

function everySoOften<T>(read: () => T): () => T {
  let value = read();
  let round = 0;
  return () => {
    if (++round % LIMITS_EVERY === 0) value = read();
    return value;
  };
}

/** The group's folder and those above it, whose limits hold as well. Inside a container the path may lead nowhere. */
function ancestors(mount: string, path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "" && part !== "..");
  const folders = parts.map((_, i) => join(mount, ...parts.slice(0, parts.length - i)));
  return [...folders, mount].filter((folder) => existsSync(folder));
}

/** An unlimited group says `max`, `-1`, or in v1 a number that no machine has. */
function limit(text: string | undefined): number | undefined {
  const value = Number(text?.trim() || Number.NaN);
  return value > 0 && value < 2 ** 60 ? value : undefined;
}

function lower(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

function quotient(quota: number | undefined, period: string | undefined): number | undefined {
  return quota !== undefined && Number(period) > 0 ? quota / Number(period) : undefined;
}

function used(folder: string, [current, cache]: readonly [file: string, field: string]): number | undefined {
  const bytes = textOf(join(folder, current));
  if (bytes === undefined) return undefined;
  return Math.max(0, Number(bytes) - (field(textOf(join(folder, "memory.stat")), cache) ?? 0));
}

function scaled(value: number | undefined, factor: number): number | undefined {
  return value === undefined || Number.isNaN(value) ? undefined : value * factor;
}

function field(text: string | undefined, name: string): number | undefined {
  const found = new RegExp(`^${name} (\\d+)$`, "m").exec(text ?? "")?.[1];
  return found === undefined ? undefined : Number(found);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
