import { type GpuProviderName, PROVIDER_NAMES } from "./gpu-provider.ts";

/** How devices are looked for and sampled. */
export interface GpuOptions {
  /** Which sources to try. `auto`: for each vendor whose devices are on the PCI bus, the best that works. @default "auto" */
  readonly providers?: "auto" | readonly GpuProviderName[];
  /** @default 5000 */
  readonly intervalMs?: number;
  /** How often devices are looked for, those that there are included. @default 600000 */
  readonly probeIntervalMs?: number;
  /** A sample that takes longer has failed, and the process that takes it is ended. @default 10000 */
  readonly deadlineMs?: number;
  /**
   * Where the drivers are called. A `worker` thread takes some 30 MB instead of 45, but while a call hangs in a driver the application
   * cannot end, `process.exit()` included. @default "process"
   */
  readonly isolation?: "process" | "worker";
  /** Whether PCIe traffic is measured, which takes NVIDIA's driver 40 ms a device. @default false */
  readonly pcieThroughput?: boolean;
  /** Whose memory on the devices is reported. @default "self" */
  readonly processes?: "self" | "none";
  /** Whether the memory of MIG instances is reported. @default true */
  readonly mig?: boolean;
  /** Whether devices that sleep to save power are woken up to be measured. @default false */
  readonly wakeSuspended?: boolean;
  /** The path of NVIDIA's library. @default libnvidia-ml.so.1, on Windows nvml.dll */
  readonly nvmlLibrary?: string | undefined;
  /** The command; its path where it is not in a usual place, since PATH is not looked at. @default "nvidia-smi" */
  readonly nvidiaSmi?: string;
  /** Where sysfs is mounted. @default "/sys" */
  readonly sysfs?: string;
}

export type ResolvedGpuOptions = Required<GpuOptions>;

const defaults: ResolvedGpuOptions = {
  providers: "auto",
  intervalMs: 5_000,
  probeIntervalMs: 600_000,
  deadlineMs: 10_000,
  isolation: "process",
  pcieThroughput: false,
  processes: "self",
  mig: true,
  wakeSuspended: false,
  nvmlLibrary: undefined,
  nvidiaSmi: "nvidia-smi",
  sysfs: "/sys",
};

/** Shorter, and NVIDIA's driver repeats itself: its own sample periods are 16 ms to a second. */
const LEAST_INTERVAL_MS = 100;

/** @throws TypeError with code TELLTALE_BAD_GPU_OPTION that names the option */
export function resolveOptions(options: GpuOptions = {}): ResolvedGpuOptions {
  for (const key of Object.keys(options)) {
    if (!(key in defaults)) throw bad(key, "is not an option", `the options are ${Object.keys(defaults).join(", ")}`);
  }
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const resolved = { ...defaults, ...given } as ResolvedGpuOptions;
  for (const key of ["intervalMs", "probeIntervalMs", "deadlineMs"] as const) {
    const ms: unknown = resolved[key];
    if (typeof ms === "number" && ms >= LEAST_INTERVAL_MS && ms < 2 ** 31) continue;
    throw bad(key, `is ${String(ms)}`, `give milliseconds from ${LEAST_INTERVAL_MS}, such as ${defaults[key]}`);
  }
  const { providers } = resolved;
  const named = Array.isArray(providers) && providers.length > 0 ? providers : undefined;
  if (providers !== "auto" && named?.every((name) => PROVIDER_NAMES.includes(name)) !== true) {
    throw bad("providers", `is ${JSON.stringify(providers)}`, `give "auto", or a list of ${PROVIDER_NAMES.join(", ")}`);
  }
  oneOf("isolation", resolved.isolation, ["process", "worker"]);
  oneOf("processes", resolved.processes, ["self", "none"]);
  for (const key of ["pcieThroughput", "mig", "wakeSuspended"] as const) oneOf(key, resolved[key], [true, false]);
  for (const key of ["nvidiaSmi", "sysfs"] as const) {
    if (typeof resolved[key] !== "string" || resolved[key] === "") {
      throw bad(key, `is ${JSON.stringify(resolved[key])}`, `give a path, such as "${defaults[key]}"`);
    }
  }
  return resolved;
}

function oneOf(key: string, value: unknown, allowed: readonly unknown[]): void {
  if (allowed.includes(value)) return;
  const list = allowed.map((one) => JSON.stringify(one)).join(" or ");
  throw bad(key, `is ${JSON.stringify(value)}`, `give ${list}`);
}

function bad(key: string, what: string, remedy: string): TypeError {
  return Object.assign(new TypeError(`gpu option ${key} ${what}; ${remedy}`), { code: "TELLTALE_BAD_GPU_OPTION" });
}
