import { catalogue as gpu } from "../../packages/gpu/src/catalogue.ts";
import type { RuleGroup } from "../alert.ts";
import { selectors, stored } from "../series.ts";

const { series } = selectors();

const sensor = { "hw.id": "GPU-0-gpu", "hw.parent": "GPU-0", "hw.sensor_location": "gpu" } as const;
const sensorLabels = { instance: "a", hw_id: "GPU-0-gpu", hw_parent: "GPU-0", hw_sensor_location: "gpu" };
const device = { "hw.id": "GPU-0" } as const;
const status = { ...device, "hw.type": "gpu", "hw.state": "failed" } as const;
const uncorrected = { ...device, "hw.type": "gpu", "error.type": "uncorrected" } as const;
const throttled = { ...device, "gpu.throttle.reason": "hw_thermal" } as const;
const failure = { "gpu.provider": "nvml", "error.type": "NO_PERMISSION" } as const;

export const group: RuleGroup = {
  domain: "gpu",
  title: "GPU",
  alerts: [
    {
      name: "HighGPUTemperature",
      expr: `${series(gpu.temperature, { "hw.sensor_location": "gpu" })} > 85`,
      for: "5m",
      severity: "warning",
      summary: "GPU {{ $labels.hw_parent }} above 85 C",
      meaning: "The chip is hot; it soon lowers its clocks, and its life is shortened.",
      steps: ["Check fans, air flow and the temperature of the room.", "Lower the power limit until that is mended."],
      fires: { samples: { [stored(gpu.temperature, sensor)]: "80x4 88x20" }, at: "8m", labels: sensorLabels },
      silent: { samples: { [stored(gpu.temperature, sensor)]: "80x30" }, at: "8m" },
    },
    {
      name: "GPUNearSlowdownTemperature",
      expr: `${series(gpu.temperature, { "hw.sensor_location": "gpu" })} > on (instance, hw_id) group_left () ${series(gpu.temperatureLimit, { "hw.limit_type": "high.degraded" })} - 3`,
      for: "5m",
      severity: "warning",
      summary: "GPU {{ $labels.hw_parent }} within 3 C of its own slowdown limit",
      meaning: "A little warmer, and the device lowers its clocks by itself.",
      steps: ["As for HighGPUTemperature; the limit is this model's own."],
      fires: { samples: temperatures("82x20"), at: "8m", labels: sensorLabels },
      silent: { samples: temperatures("70x20"), at: "8m" },
    },
    {
      name: "GPUMemoryNearlyFull",
      expr: `${series(gpu.memoryUtilization)} > 0.95`,
      for: "10m",
      severity: "warning",
      summary: "GPU {{ $labels.hw_id }} memory above 95 %",
      meaning: "The next allocation may fail with an out-of-memory error.",
      steps: ["Lower the batch size, or look for a process that kept its memory: gpu.process.memory.usage."],
      fires: {
        samples: { [stored(gpu.memoryUtilization, device)]: "0.97x40" },
        at: "15m",
        labels: { instance: "a", hw_id: "GPU-0" },
      },
      silent: { samples: { [stored(gpu.memoryUtilization, device)]: "0.9x40" }, at: "15m" },
    },
    {
      name: "GPUFailed",
      expr: `${series(gpu.status, { "hw.type": "gpu", "hw.state": "failed" })} == 1`,
      for: "1m",
      severity: "critical",
      summary: "GPU {{ $labels.hw_id }} failed or fell off the bus",
      meaning: "The driver has lost the device, or asks for a reset.",
      steps: ["Drain the node.", "Reset the device or reboot the node; if it comes back, have the card replaced."],
      fires: {
        samples: { [stored(gpu.status, status)]: "0 1x10" },
        at: "3m",
        labels: { instance: "a", hw_id: "GPU-0", hw_type: "gpu", hw_state: "failed" },
      },
      silent: { samples: { [stored(gpu.status, status)]: "0x10" }, at: "3m" },
    },
    {
      name: "GPUUncorrectedErrors",
      expr: `increase(${series(gpu.errors, { "hw.type": "gpu", "error.type": "uncorrected" })}[15m]) > 0`,
      severity: "critical",
      summary: "Uncorrected memory errors on GPU {{ $labels.hw_id }}",
      meaning: "Memory returned wrong bits that ECC could not mend: what ran on the device is not to be trusted.",
      steps: [
        "Stop the jobs on the device and run them anew elsewhere.",
        "Reset the device so that it retires the page.",
      ],
      fires: {
        samples: { [stored(gpu.errors, uncorrected)]: "0 0 1x10" },
        at: "3m",
        labels: { instance: "a", hw_id: "GPU-0", hw_type: "gpu", error_type: "uncorrected" },
      },
      silent: { samples: { [stored(gpu.errors, uncorrected)]: "3x10" }, at: "3m" },
    },
    {
      name: "GPUThermalThrottle",
      expr: `max by (instance, hw_id) (${series(gpu.throttleActive, { "gpu.throttle.reason": "hw_thermal" })}) == 1`,
      for: "5m",
      severity: "warning",
      summary: "GPU {{ $labels.hw_id }} thermally throttled",
      meaning: "The device runs slower than it could because it is too hot.",
      steps: ["As for HighGPUTemperature."],
      fires: {
        samples: { [stored(gpu.throttleActive, throttled)]: "1x20" },
        at: "8m",
        labels: { instance: "a", hw_id: "GPU-0" },
      },
      silent: { samples: { [stored(gpu.throttleActive, throttled)]: "1x2 0x20" }, at: "8m" },
    },
    {
      name: "GPUXidCritical",
      expr: `increase(${series(gpu.xidErrors, { "gpu.xid": ["48", "62", "64", "74", "79", "95", "119", "120"] })}[10m]) > 0`,
      severity: "critical",
      summary: "XID {{ $labels.gpu_xid }} on GPU {{ $labels.hw_id }}",
      meaning:
        "The NVIDIA driver told of an error that ends work on the device: 48 double-bit ECC, 79 fallen off the bus, 74 NVLink. A code that is seen for the first time makes no increase: the log record of the event has it.",
      steps: ["Look the code up in NVIDIA's table of XIDs.", "Drain the node; reset or replace the device."],
      fires: {
        samples: { [stored(gpu.xidErrors, { ...device, "gpu.xid": "79" })]: "1x4 2x10" },
        at: "4m",
        labels: { instance: "a", hw_id: "GPU-0", gpu_xid: "79" },
      },
      // 13 is an error of the application.
      silent: { samples: { [stored(gpu.xidErrors, { ...device, "gpu.xid": "13" })]: "0+1x10" }, at: "4m" },
    },
    {
      name: "GPUCollectionFailing",
      expr: `rate(${series(gpu.collectFailures)}[5m]) > 0`,
      for: "10m",
      severity: "warning",
      summary: "GPU metrics of {{ $labels.instance }} cannot be read ({{ $labels.error_type }})",
      meaning: "Samples of the devices fail again and again; the other GPU alerts are blind meanwhile.",
      steps: ["status() of the GPU instrumentation, and its log line, say what is missing and what to do."],
      fires: {
        samples: { [stored(gpu.collectFailures, failure)]: "0+1x40" },
        at: "15m",
        labels: { instance: "a", gpu_provider: "nvml", error_type: "NO_PERMISSION" },
      },
      silent: { samples: { [stored(gpu.collectFailures, failure)]: "0+1x4 4x40" }, at: "15m" },
    },
  ],
};

function temperatures(values: string): Record<string, string> {
  const limit = { ...sensor, "hw.limit_type": "high.degraded" } as const;
  return { [stored(gpu.temperature, sensor)]: values, [stored(gpu.temperatureLimit, limit)]: "84x30" };
}
