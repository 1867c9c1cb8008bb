import { isLasting, NVML } from "./nvml-code.ts";
import type { Handle, Nvml } from "./nvml-library.ts";
import type { NvmlQuestions } from "./nvml-questions.ts";

/** nvml.h, nvmlProcessInfo_t: pid, used memory, GPU and compute instance. */
const RECORD_BYTES = 24;
/** What the driver says when it cannot tell, as on Windows. */
const NOT_AVAILABLE = 0xffff_ffff_ffff_ffffn;

/** The memory that one process has on the device: 0 when it has none, `undefined` when that cannot be told. */
export function processMemory(nvml: Nvml, handle: Handle, { ask }: NvmlQuestions): (pid: number) => number | undefined {
  let room = 32;
  return (pid) => {
    for (let attempt = 0; attempt < 3; attempt++) {
      const count = new Uint32Array([room]);
      const records = Buffer.alloc(room * RECORD_BYTES);
      let code: number = NVML.success;
      const asked = ask("nvmlDeviceGetComputeRunningProcesses_v3", () => {
        code = nvml.nvmlDeviceGetComputeRunningProcesses_v3(handle, count, records);
        return code;
      });
      if (asked) return memoryOf(pid, records, Math.min(count[0]!, room));
      if (code !== NVML.insufficientSize || isLasting(code)) return undefined;
      // It may grow between two calls.
      room = count[0]! + 8;
    }
    return undefined;
  };
}

function memoryOf(pid: number, records: Buffer, count: number): number | undefined {
  let used = 0;
  for (let at = 0; at < count * RECORD_BYTES; at += RECORD_BYTES) {
    if (records.readUInt32LE(at) !== pid) continue;
    const memory = records.readBigUInt64LE(at + 8);
    if (memory === NOT_AVAILABLE) return undefined;
    used += Number(memory);
  }
  return used;
}
