import { isLasting, NVML } from "./nvml-code.ts";
import type { Handle, Nvml } from "./nvml-library.ts";
import type { NvmlQuestions } from "./nvml-questions.ts";

/** Field ids of nvml.h that are read in one call. */
export const FIELD = {
  nvlinkCrcErrors: 38,
  powerCapTime: 74,
  syncBoostTime: 76,
  memoryTemperature: 82,
  nvlinkTransmitted: 138,
  nvlinkReceived: 139,
  remappedCorrected: 142,
  remappedUncorrected: 143,
  pcieTransmitted: 197,
  pcieReceived: 198,
  softwareThermalTime: 269,
  hardwareThermalTime: 270,
  powerBrakeTime: 271,
} as const;

/** nvml.h, nvmlFieldValue_t: id, scope, time, latency, type, return code, value. */
const RECORD_BYTES = 40;
const ALL_LINKS = 0xffff_ffff;

export type FieldName = keyof typeof FIELD;

export interface FieldValue {
  readonly value: number;
  /** Counters of fewer bits overflow within a second. */
  readonly is64Bit: boolean;
}

/** Reads the fields that a device has. */
export function fieldValues(
  nvml: Nvml,
  handle: Handle,
  { ask }: NvmlQuestions,
): () => ReadonlyMap<FieldName, FieldValue> {
  let names = Object.keys(FIELD) as FieldName[];
  return () => {
    const records = Buffer.alloc(names.length * RECORD_BYTES);
    for (const [i, name] of names.entries()) {
      records.writeUInt32LE(FIELD[name], i * RECORD_BYTES);
      if (name.startsWith("nvlink") && name !== "nvlinkCrcErrors")
        records.writeUInt32LE(ALL_LINKS, i * RECORD_BYTES + 4);
    }
    const found = new Map<FieldName, FieldValue>();
    if (names.length === 0) return found;
    const invoke = (): number => nvml.nvmlDeviceGetFieldValues(handle, names.length, records);
    if (!ask("nvmlDeviceGetFieldValues", invoke)) return found;
    const lasting = new Set<FieldName>();
    for (const [i, name] of names.entries()) {
      const record = records.subarray(i * RECORD_BYTES, (i + 1) * RECORD_BYTES);
      const code = record.readInt32LE(28);
      if (isLasting(code)) lasting.add(name);
      const value = code === NVML.success ? decode(record) : undefined;
      if (value !== undefined) found.set(name, value);
    }
    if (lasting.size > 0) names = names.filter((name) => !lasting.has(name));
    return found;
  };
}

/** nvml.h, nvmlValueType_t. */
function decode(record: Buffer): FieldValue | undefined {
  switch (record.readInt32LE(24)) {
    case 0:
      return { value: record.readDoubleLE(32), is64Bit: true };
    case 1:
      return { value: record.readUInt32LE(32), is64Bit: false };
    case 2:
      // unsigned long: 32 bits on Windows.
      if (process.platform === "win32") return { value: record.readUInt32LE(32), is64Bit: false };
      return { value: Number(record.readBigUInt64LE(32)), is64Bit: true };
    case 3:
      return { value: Number(record.readBigUInt64LE(32)), is64Bit: true };
    case 4:
      return { value: Number(record.readBigInt64LE(32)), is64Bit: true };
    case 5:
      return { value: record.readInt32LE(32), is64Bit: false };
    case 6:
      return { value: record.readUInt16LE(32), is64Bit: false };
    default:
      return undefined;
  }
}
