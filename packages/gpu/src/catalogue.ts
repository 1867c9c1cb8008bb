import { bounded, type Catalogue, DURATION_BOUNDARIES } from "@telltale/metrics";

/**
 * Every metric of this package; the table in README.md is made from it. `hw.*` is OpenTelemetry's semantic convention, `gpu.*`
 * what that lacks. The `hw.id` of a device is its UUID or PCI address, never its index, which changes when it is reset.
 */
export const catalogue = {
  utilization: {
    kind: "gauge",
    name: "hw.gpu.utilization",
    unit: "1",
    description: "Share of the driver's last sample period in which the engine was busy.",
    attributes: { ...device(), "hw.gpu.task": ["general", "encoder", "decoder"] },
  },
  memoryUsage: {
    kind: "upDownCounter",
    name: "hw.gpu.memory.usage",
    unit: "By",
    description: "Device memory that is allocated, without what the driver reserves.",
    attributes: device(),
  },
  memoryLimit: {
    kind: "upDownCounter",
    name: "hw.gpu.memory.limit",
    unit: "By",
    description: "Size of the device's memory.",
    attributes: device(),
  },
  memoryUtilization: {
    kind: "gauge",
    name: "hw.gpu.memory.utilization",
    unit: "1",
    description: "Allocated share of the device's memory.",
    attributes: device(),
  },
  pcieIo: {
    kind: "counter",
    name: "hw.gpu.io",
    unit: "By",
    description: "Bytes over PCIe, where the driver counts them in 64 bits.",
    attributes: { ...device(), "network.io.direction": ["receive", "transmit"] },
  },
  temperature: {
    kind: "gauge",
    name: "hw.temperature",
    unit: "Cel",
    description: "Temperature that a sensor reads.",
    attributes: sensor(),
  },
  temperatureLimit: {
    kind: "gauge",
    name: "hw.temperature.limit",
    unit: "Cel",
    description: "Temperature at which the device slows down (high.degraded) or is switched off (high.critical).",
    attributes: { ...sensor(), "hw.limit_type": ["high.degraded", "high.critical"] },
  },
  power: {
    kind: "gauge",
    name: "hw.power",
    unit: "W",
    description: "Power that the device draws now.",
    attributes: typedDevice(),
  },
  energy: {
    kind: "counter",
    name: "hw.energy",
    unit: "J",
    description: "Energy since the driver was loaded.",
    attributes: typedDevice(),
  },
  fanSpeed: {
    kind: "gauge",
    name: "hw.fan.speed_ratio",
    unit: "1",
    description: "Speed of the fan as a share of its greatest.",
    attributes: { "hw.id": bounded(64), "hw.parent": bounded(64) },
  },
  errors: {
    kind: "counter",
    name: "hw.errors",
    unit: "{error}",
    description: "Errors that the hardware counted since the driver was loaded.",
    attributes: {
      ...typedDevice(),
      "error.type": ["corrected", "uncorrected", "pcie_replay", "nvlink_crc", "row_remap"],
    },
  },
  status: {
    kind: "upDownCounter",
    name: "hw.status",
    unit: "1",
    description: "1 for the state that the device is in, 0 for the others.",
    attributes: { ...typedDevice(), "hw.state": ["ok", "degraded", "failed", "predicted_failure"] },
  },
  powerLimit: {
    kind: "gauge",
    name: "gpu.power.limit",
    unit: "W",
    description: "Power cap in force.",
    attributes: device(),
  },
  clockFrequency: {
    kind: "gauge",
    name: "gpu.clock.frequency",
    unit: "Hz",
    description: "Frequency of a clock now.",
    attributes: { ...device(), "gpu.clock": ["graphics", "sm", "memory", "video"] },
  },
  memoryActivity: {
    kind: "gauge",
    name: "gpu.memory.activity",
    unit: "1",
    description: "Share of time in which device memory was read or written; not how full it is.",
    attributes: device(),
  },
  memoryReserved: {
    kind: "upDownCounter",
    name: "gpu.memory.reserved",
    unit: "By",
    description: "Device memory that driver and firmware keep for themselves.",
    attributes: device(),
  },
  throttleActive: {
    kind: "upDownCounter",
    name: "gpu.throttle.active",
    unit: "1",
    description: "1 while the reason limits the clocks.",
    attributes: { ...device(), "gpu.throttle.reason": throttleReasons() },
  },
  throttleTime: {
    kind: "counter",
    name: "gpu.throttle.time",
    unit: "s",
    description: "Time for which the reason limited the clocks.",
    attributes: { ...device(), "gpu.throttle.reason": throttleReasons() },
  },
  pcieThroughput: {
    kind: "gauge",
    name: "gpu.pcie.throughput",
    unit: "By/s",
    description: "PCIe traffic in one window of 20 ms; only with the option pcieThroughput.",
    attributes: { ...device(), "network.io.direction": ["receive", "transmit"] },
  },
  pcieLinkGeneration: {
    kind: "gauge",
    name: "gpu.pcie.link.generation",
    unit: "{generation}",
    description: "PCIe generation of the link now; it falls when the device idles.",
    attributes: device(),
  },
  pcieLinkWidth: {
    kind: "gauge",
    name: "gpu.pcie.link.width",
    unit: "{lane}",
    description: "PCIe lanes of the link now.",
    attributes: device(),
  },
  nvlinkIo: {
    kind: "counter",
    name: "gpu.nvlink.io",
    unit: "By",
    description: "Payload over all NVLinks of the device.",
    attributes: { ...device(), "network.io.direction": ["receive", "transmit"] },
  },
  migMemoryUsage: {
    kind: "upDownCounter",
    name: "gpu.mig.memory.usage",
    unit: "By",
    description: "Memory in use of a MIG GPU instance, once for each instance.",
    attributes: { "hw.id": bounded(64), "gpu.instance.id": bounded(64) },
  },
  processMemoryUsage: {
    kind: "upDownCounter",
    name: "gpu.process.memory.usage",
    unit: "By",
    description: "Device memory of this process.",
    attributes: { "hw.id": bounded(64) },
  },
  xidErrors: {
    kind: "counter",
    name: "gpu.xid.errors",
    unit: "{error}",
    description: "XID events of the NVIDIA driver that came while this process watched.",
    attributes: { "hw.id": bounded(64), "gpu.xid": bounded(50) },
  },
  kernelLaunches: {
    kind: "counter",
    name: "gpu.kernel.launches",
    unit: "{launch}",
    description: "Kernels that the application reported.",
    attributes: { "gpu.kernel.type": bounded(100), "hw.id": bounded(64) },
  },
  kernelDuration: {
    kind: "histogram",
    name: "gpu.kernel.duration",
    unit: "s",
    description: "Time that a kernel took on the device, as the application reported it.",
    attributes: { "gpu.kernel.type": bounded(100), "hw.id": bounded(64) },
    boundaries: [1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
  },
  collectDuration: {
    kind: "histogram",
    name: "gpu.collect.duration",
    unit: "s",
    description: "Time that a provider took for one sample of all its devices.",
    attributes: { "gpu.provider": providers() },
    boundaries: DURATION_BOUNDARIES,
  },
  collectFailures: {
    kind: "counter",
    name: "gpu.collect.failures",
    unit: "{failure}",
    description: "Samples that failed.",
    attributes: { "gpu.provider": providers(), "error.type": bounded(50) },
  },
} as const satisfies Catalogue;

function device() {
  return { "hw.id": bounded(64), "hw.name": bounded(64), "hw.model": bounded(64), "hw.vendor": bounded(8) };
}

function typedDevice() {
  return { ...device(), "hw.type": ["gpu"] as const };
}

function sensor() {
  return {
    "hw.id": bounded(200),
    "hw.parent": bounded(64),
    "hw.sensor_location": ["gpu", "memory", "junction"] as const,
  };
}

function throttleReasons() {
  return [
    "sw_power_cap",
    "hw_slowdown",
    "sw_thermal",
    "hw_thermal",
    "hw_power_brake",
    "sync_boost",
    "app_clocks",
    "idle",
  ] as const;
}

function providers() {
  return ["nvml", "nvidia-smi", "amdgpu-sysfs", "intel-sysfs"] as const;
}
