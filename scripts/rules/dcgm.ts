import { catalogue as gpu } from "../../packages/gpu/src/catalogue.ts";
import type { Recording, RuleGroup } from "../alert.ts";
import { selectors } from "../series.ts";

const { series } = selectors();

const MEBI = 2 ** 20;
const general = { "hw.gpu.task": "general" } as const;
const free = [gpu.memoryLimit, gpu.memoryUsage, gpu.memoryReserved].map((entry) => series(entry)).join(" - ");

/** The names and units of NVIDIA's DCGM exporter, for dashboards that are made for it, such as grafana.com 12239. */
export const group: RuleGroup = {
  domain: "dcgm",
  title: "Names of DCGM",
  recordings: [
    alias("DCGM_FI_DEV_GPU_TEMP", series(gpu.temperature, { "hw.sensor_location": "gpu" }), "hw_parent"),
    alias("DCGM_FI_DEV_MEMORY_TEMP", series(gpu.temperature, { "hw.sensor_location": "memory" }), "hw_parent"),
    alias("DCGM_FI_DEV_POWER_USAGE", series(gpu.power)),
    alias("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", `1000 * ${series(gpu.energy)}`),
    alias("DCGM_FI_DEV_SM_CLOCK", `${series(gpu.clockFrequency, { "gpu.clock": "sm" })} / 1e6`),
    alias("DCGM_FI_DEV_MEM_CLOCK", `${series(gpu.clockFrequency, { "gpu.clock": "memory" })} / 1e6`),
    alias("DCGM_FI_DEV_GPU_UTIL", `100 * ${series(gpu.utilization, general)}`),
    alias("DCGM_FI_DEV_ENC_UTIL", `100 * ${series(gpu.utilization, { "hw.gpu.task": "encoder" })}`),
    alias("DCGM_FI_DEV_DEC_UTIL", `100 * ${series(gpu.utilization, { "hw.gpu.task": "decoder" })}`),
    alias("DCGM_FI_DEV_MEM_COPY_UTIL", `100 * ${series(gpu.memoryActivity)}`),
    alias("DCGM_FI_DEV_FB_USED", `${series(gpu.memoryUsage)} / ${MEBI}`),
    alias("DCGM_FI_DEV_FB_RESERVED", `${series(gpu.memoryReserved)} / ${MEBI}`),
    alias("DCGM_FI_DEV_FB_FREE", `(${free}) / ${MEBI}`),
  ],
  alerts: [],
};

function alias(record: string, expression: string, device = "hw_id"): Recording {
  const expr = `label_replace(${expression}, "gpu", "$1", "${device}", "(.+)")`;
  return { record, expr, meaning: `\`${expression}\`` };
}
