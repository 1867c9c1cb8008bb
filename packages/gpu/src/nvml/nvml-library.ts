import { createRequire } from "node:module";
import { GpuError, type GpuFault } from "../gpu-provider.ts";

const require = createRequire(import.meta.url);

/** A device, as a pointer that fits no JavaScript number. */
export type Handle = bigint;

/** Where a function of NVML writes: read it only when the call returned 0. */
export type Out = Uint32Array | Int32Array | BigUint64Array | Uint8Array;

/** The functions by name. One that the driver does not have returns 13, as NVML itself does for what it does not know. */
export type Nvml = {
  readonly [K in keyof typeof SIGNATURES]: (...given: readonly (Handle | number | Out)[]) => number;
};

/** `p` for a pointer: a handle, or memory that is written to; `u` for an unsigned int, `q` for 64 bits of it. */
const SIGNATURES = {
  nvmlInit_v2: "",
  nvmlShutdown: "",
  nvmlDeviceGetCount_v2: "p",
  nvmlDeviceGetHandleByIndex_v2: "up",
  nvmlDeviceGetUUID: "ppu",
  nvmlDeviceGetName: "ppu",
  nvmlDeviceGetPciInfo_v3: "pp",
  nvmlDeviceGetUtilizationRates: "pp",
  nvmlDeviceGetEncoderUtilization: "ppp",
  nvmlDeviceGetDecoderUtilization: "ppp",
  nvmlDeviceGetMemoryInfo: "pp",
  nvmlDeviceGetMemoryInfo_v2: "pp",
  nvmlDeviceGetTemperature: "pup",
  nvmlDeviceGetTemperatureV: "pp",
  nvmlDeviceGetTemperatureThreshold: "pup",
  nvmlDeviceGetPowerUsage: "pp",
  nvmlDeviceGetEnforcedPowerLimit: "pp",
  nvmlDeviceGetTotalEnergyConsumption: "pp",
  nvmlDeviceGetFanSpeed: "pp",
  nvmlDeviceGetClockInfo: "pup",
  nvmlDeviceGetCurrentClocksEventReasons: "pp",
  nvmlDeviceGetCurrentClocksThrottleReasons: "pp",
  nvmlDeviceGetTotalEccErrors: "puup",
  nvmlDeviceGetPcieReplayCounter: "pp",
  nvmlDeviceGetRemappedRows: "ppppp",
  nvmlDeviceGetPcieThroughput: "pup",
  nvmlDeviceGetCurrPcieLinkGeneration: "pp",
  nvmlDeviceGetCurrPcieLinkWidth: "pp",
  nvmlDeviceGetFieldValues: "pup",
  nvmlDeviceGetMigMode: "ppp",
  nvmlDeviceGetMaxMigDeviceCount: "pp",
  nvmlDeviceGetMigDeviceHandleByIndex: "pup",
  nvmlDeviceGetGpuInstanceId: "pp",
  nvmlDeviceGetComputeRunningProcesses_v3: "ppp",
  nvmlEventSetCreate: "p",
  nvmlEventSetFree: "p",
  nvmlEventSetWait_v2: "ppu",
  nvmlDeviceRegisterEvents: "pqp",
} as const;

const TYPES: Readonly<Record<string, string>> = { p: "void *", u: "uint32_t", q: "uint64_t" };
const FUNCTION_NOT_FOUND = 13;

/**
 * Loads NVIDIA's library. It is never unloaded: a call into a library that is gone ends the process.
 * @throws GpuError that names the cause and the remedy
 */
export function loadNvml(path?: string): Nvml {
  const library = path === undefined ? loadFirst(libraryPaths()) : load(path);
  const functions = Object.entries(SIGNATURES).map(([name, signature]) => {
    const types = Array.from(signature, (one) => TYPES[one]!);
    try {
      return [name, library.func(name, "int", types)] as const;
    } catch {
      return [name, () => FUNCTION_NOT_FOUND] as const;
    }
  });
  return Object.fromEntries(functions) as unknown as Nvml;
}

/** What is used of koffi; its own types would be asked for wherever ours are. */
interface Koffi {
  load(path: string): {
    func(name: string, result: string, parameters: readonly string[]): (...given: unknown[]) => number;
  };
}

function load(path: string): ReturnType<Koffi["load"]> {
  try {
    return (require("koffi") as Koffi).load(path);
  } catch (error) {
    throw new GpuError(loadFault(error, path), error);
  }
}

/** Where the linker looks, and where WSL and NixOS have it. */
function libraryPaths(): readonly string[] {
  if (process.platform === "win32") return ["nvml.dll"];
  const name = "libnvidia-ml.so.1";
  return [name, `/usr/lib/wsl/lib/${name}`, `/run/opengl-driver/lib/${name}`];
}

/** The first that loads; when none does, the error of the first. */
function loadFirst(paths: readonly string[]): ReturnType<Koffi["load"]> {
  const errors: unknown[] = [];
  for (const path of paths) {
    try {
      return load(path);
    } catch (error) {
      errors.push(error);
    }
  }
  throw errors[0];
}

/** Why the library, or what loads it, cannot be loaded. Of koffi's own errors only the text tells. */
export function loadFault(error: unknown, path: string): GpuFault {
  const { code, message = String(error) } = (error ?? {}) as { readonly code?: string; readonly message?: string };
  const text = message.split("\n")[0]!;
  if (code === "ERR_DLOPEN_DISABLED") {
    return {
      code: "ADDONS_DISABLED",
      message: "native add-ons are switched off in this process",
      hint: "start node with --allow-addons, or install nvidia-smi",
    };
  }
  if (code === "MODULE_NOT_FOUND" || /Cannot find (module|package)|native Koffi module/i.test(text)) {
    return {
      code: "NO_MODULE",
      message: "the optional module koffi, which calls NVML, is not installed",
      hint: "npm install koffi; until then nvidia-smi is used where there is one",
    };
  }
  if (/relocating|symbol not found|GLIBC|ld-linux/i.test(text) || (process.platform === "linux" && !hasGlibc())) {
    return {
      code: "MUSL",
      message: `NVIDIA's library needs glibc, and this system has another C library: ${text}`,
      hint: "use an image with glibc (Debian, Ubuntu, UBI); nvidia-smi is tried next",
    };
  }
  if (/cannot open shared object|no such file|not found|LoadLibrary/i.test(text)) {
    return {
      code: "NO_DRIVER",
      message: `no GPU driver found: ${path} cannot be loaded`,
      hint: "install NVIDIA's driver; in a container, run it with the NVIDIA container toolkit (--gpus all)",
    };
  }
  return { code: "FAILED", message: `${path}: ${text}`, hint: "see the message; nvidia-smi is tried next" };
}

function hasGlibc(): boolean {
  const { header } = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime !== undefined;
}
