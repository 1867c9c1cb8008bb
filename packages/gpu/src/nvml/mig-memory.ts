import type { MigMemory } from "../gpu-reading.ts";
import { NVML } from "./nvml-code.ts";
import type { Handle, Nvml } from "./nvml-library.ts";
import type { NvmlQuestions } from "./nvml-questions.ts";

/**
 * The memory of each GPU instance of a device in MIG mode. A MIG device is a compute slice; slices of one GPU instance share its
 * memory and all report it.
 */
export function migMemory(nvml: Nvml, handle: Handle, { ask }: NvmlQuestions): () => readonly MigMemory[] | undefined {
  const current = new Uint32Array(1);
  const pending = new Uint32Array(1);
  const slice = new BigUint64Array(1);
  const instance = new Uint32Array(1);
  const memory = new BigUint64Array(3);
  return () => {
    if (!ask("nvmlDeviceGetMigMode", () => nvml.nvmlDeviceGetMigMode(handle, current, pending))) return undefined;
    if (current[0] !== 1) return undefined;
    const count = new Uint32Array(1);
    if (!ask("nvmlDeviceGetMaxMigDeviceCount", () => nvml.nvmlDeviceGetMaxMigDeviceCount(handle, count)))
      return undefined;
    const found = new Map<number, number>();
    for (let i = 0; i < count[0]!; i++) {
      // Places without a slice answer "not found".
      if (nvml.nvmlDeviceGetMigDeviceHandleByIndex(handle, i, slice) !== NVML.success) continue;
      if (nvml.nvmlDeviceGetGpuInstanceId(slice[0]!, instance) !== NVML.success || found.has(instance[0]!)) continue;
      if (nvml.nvmlDeviceGetMemoryInfo(slice[0]!, memory) !== NVML.success) continue;
      found.set(instance[0]!, Number(memory[2]));
    }
    return Array.from(found, ([instanceId, used]) => ({ instanceId, used }));
  };
}
