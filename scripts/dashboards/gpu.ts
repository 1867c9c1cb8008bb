/** Long, as it is data that reads downwards as the page does. */
import { catalogue as gpu } from "../../packages/gpu/src/catalogue.ts";
import type { Dashboard } from "../dashboard.ts";
import {
  greatest,
  inRange,
  ON_PAGE,
  onPage,
  perSecond,
  quantile,
  quantiles,
  stateNumber,
  total,
} from "../page-queries.ts";
import { group } from "../rules/gpu.ts";
import { selectors } from "../series.ts";

const { series } = selectors([...ON_PAGE, 'hw_id=~"$hw_id"']);
/** A sensor has an id of its own; its device is its parent. */
const sensor = selectors([...ON_PAGE, 'hw_parent=~"$hw_id"']).series;
const { buckets } = selectors([...ON_PAGE, 'hw_id=~"$hw_id"']);

const states = [
  { value: 0, text: "ok", color: "green" },
  { value: 1, text: "degraded", color: "orange" },
  { value: 2, text: "predicted_failure", color: "orange" },
  { value: 3, text: "failed", color: "red" },
] as const;
const onOff = [
  { value: 0, text: "no", color: "green" },
  { value: 1, text: "yes", color: "orange" },
] as const;

export const dashboard: Dashboard = {
  name: "gpu",
  title: "GPU performance",
  description: "How busy, full, hot and hungry each device is, and what holds it back.",
  of: gpu.memoryLimit,
  choices: [{ variable: "hw_id", label: "GPU", attribute: "hw.id" }],
  alerts: group.alerts,
  rows: [
    {
      title: "Now",
      panels: [
        {
          kind: "number",
          title: "Status",
          description: "The worst state of a device.",
          unit: "short",
          states,
          queries: { status: `max(${stateNumber(gpu.status, "hw.state", states, "hw_id")})` },
        },
        {
          kind: "number",
          title: "Thermally throttled",
          description: "Whether a device is slowed down because it is too hot.",
          unit: "short",
          states: onOff,
          queries: {
            throttled: greatest(series(gpu.throttleActive, { "gpu.throttle.reason": ["hw_thermal", "sw_thermal"] })),
          },
        },
        {
          kind: "number",
          title: "Uncorrected errors",
          description: "In the time that is shown.",
          unit: "short",
          queries: { errors: inRange(series(gpu.errors, { "error.type": "uncorrected" })) },
        },
        {
          kind: "number",
          title: "XID events",
          description: "Errors that the NVIDIA driver told of, in the time that is shown.",
          unit: "short",
          queries: { events: inRange(series(gpu.xidErrors)) },
        },
        {
          kind: "number",
          title: "Energy in 24 h",
          description: "Of all devices together.",
          unit: "kwatth",
          queries: { energy: `sum(increase(${series(gpu.energy)}[24h])) / 3.6e6` },
        },
        {
          kind: "number",
          title: "Devices",
          description: "That are read.",
          unit: "short",
          queries: { devices: `count(${series(gpu.memoryLimit)})` },
        },
        {
          kind: "dial",
          title: "Utilization",
          description: "Share of the sample period in which the engine was busy.",
          unit: "percentunit",
          min: 0,
          max: 1,
          queries: { "{{hw_id}}": greatest(series(gpu.utilization, { "hw.gpu.task": "general" }), "hw_id") },
        },
        {
          kind: "dial",
          title: "Memory",
          description: "Allocated share.",
          unit: "percentunit",
          min: 0,
          max: 1,
          limits: ["GPUMemoryNearlyFull"],
          queries: { "{{hw_id}}": greatest(series(gpu.memoryUtilization), "hw_id") },
        },
        {
          kind: "dial",
          title: "Power of its cap",
          description: "Power drawn as a share of the cap in force.",
          unit: "percentunit",
          min: 0,
          max: 1,
          queries: {
            "{{hw_id}}": `max by (hw_id) (${series(gpu.power)}) / max by (hw_id) (${series(gpu.powerLimit)})`,
          },
        },
        {
          kind: "dial",
          title: "Temperature",
          description: "Of the chip.",
          unit: "celsius",
          min: 0,
          max: 110,
          limits: ["HighGPUTemperature"],
          queries: { "{{hw_parent}}": greatest(sensor(gpu.temperature, { "hw.sensor_location": "gpu" }), "hw_parent") },
        },
      ],
    },
    {
      title: "Load",
      panels: [
        {
          kind: "lines",
          title: "Utilization by task",
          description: "Of the compute engine, and of the encoder and decoder of video.",
          unit: "percentunit",
          min: 0,
          max: 1,
          queries: { "{{hw_id}} {{hw_gpu_task}}": greatest(series(gpu.utilization), "hw_id", "hw_gpu_task") },
        },
        {
          kind: "lines",
          title: "Memory",
          description: "Allocated, kept by the driver, and the size.",
          unit: "bytes",
          min: 0,
          queries: {
            "{{hw_id}} used": total(series(gpu.memoryUsage), "hw_id"),
            "{{hw_id}} reserved": total(series(gpu.memoryReserved), "hw_id"),
            "{{hw_id}} size": total(series(gpu.memoryLimit), "hw_id"),
          },
        },
        {
          kind: "lines",
          title: "Memory activity",
          description: "Share of time in which memory was read or written; not how full it is.",
          unit: "percentunit",
          min: 0,
          max: 1,
          queries: { "{{hw_id}}": greatest(series(gpu.memoryActivity), "hw_id") },
        },
        {
          kind: "lines",
          title: "Memory of this process and of MIG instances",
          description: "Who has how much of it.",
          unit: "bytes",
          min: 0,
          queries: {
            "{{hw_id}} this process": total(series(gpu.processMemoryUsage), "hw_id"),
            "{{hw_id}} instance {{gpu_instance_id}}": total(series(gpu.migMemoryUsage), "hw_id", "gpu_instance_id"),
          },
        },
        {
          kind: "lines",
          title: "Kernels",
          description: "Time on the device by type, as the application reported it.",
          unit: "s",
          min: 0,
          queries: quantiles([0.5, 0.99], buckets(gpu.kernelDuration), "gpu_kernel_type"),
        },
        {
          kind: "lines",
          title: "Kernel launches",
          description: "A second, by type.",
          unit: "cps",
          min: 0,
          queries: { "{{gpu_kernel_type}}": perSecond(series(gpu.kernelLaunches), "gpu_kernel_type") },
        },
      ],
    },
    {
      title: "Heat, power and clocks",
      panels: [
        {
          kind: "lines",
          title: "Temperature",
          description: "Of each sensor, with the limits of the device.",
          unit: "celsius",
          limits: ["HighGPUTemperature"],
          queries: {
            "{{hw_parent}} {{hw_sensor_location}}": greatest(
              sensor(gpu.temperature),
              "hw_parent",
              "hw_sensor_location",
            ),
            "{{hw_parent}} {{hw_limit_type}}": greatest(sensor(gpu.temperatureLimit), "hw_parent", "hw_limit_type"),
          },
        },
        {
          kind: "lines",
          title: "Power",
          description: "Now, averaged from the energy counter, and the cap.",
          unit: "watt",
          min: 0,
          queries: {
            "{{hw_id}}": total(series(gpu.power), "hw_id"),
            "{{hw_id}} mean": perSecond(series(gpu.energy), "hw_id"),
            "{{hw_id}} cap": total(series(gpu.powerLimit), "hw_id"),
          },
        },
        {
          kind: "lines",
          title: "Clocks",
          description: "Frequencies now.",
          unit: "hertz",
          min: 0,
          queries: { "{{hw_id}} {{gpu_clock}}": greatest(series(gpu.clockFrequency), "hw_id", "gpu_clock") },
        },
        {
          kind: "states",
          title: "Throttled by",
          description: "Reasons that limit the clocks; idle is none to worry about.",
          unit: "short",
          states: onOff,
          queries: {
            "{{hw_id}} {{gpu_throttle_reason}}": greatest(series(gpu.throttleActive), "hw_id", "gpu_throttle_reason"),
          },
        },
        {
          kind: "lines",
          title: "Time throttled",
          description: "Share of the time in which each reason limited the clocks.",
          unit: "percentunit",
          min: 0,
          queries: {
            "{{hw_id}} {{gpu_throttle_reason}}": perSecond(series(gpu.throttleTime), "hw_id", "gpu_throttle_reason"),
          },
        },
        {
          kind: "lines",
          title: "Fans",
          description: "Share of their greatest speed.",
          unit: "percentunit",
          min: 0,
          max: 1,
          queries: { "{{hw_parent}}": greatest(sensor(gpu.fanSpeed), "hw_parent") },
        },
      ],
    },
    {
      title: "Buses and errors",
      panels: [
        {
          kind: "lines",
          title: "PCIe and NVLink",
          description:
            "Bytes a second; PCIe from the byte counter, or else from samples of 20 ms where these are switched on.",
          unit: "Bps",
          min: 0,
          queries: {
            "{{hw_id}} PCIe {{network_io_direction}}": perSecond(series(gpu.pcieIo), "hw_id", "network_io_direction"),
            "{{hw_id}} PCIe {{network_io_direction}} (sampled)": greatest(
              series(gpu.pcieThroughput),
              "hw_id",
              "network_io_direction",
            ),
            "{{hw_id}} NVLink {{network_io_direction}}": perSecond(
              series(gpu.nvlinkIo),
              "hw_id",
              "network_io_direction",
            ),
          },
        },
        {
          kind: "lines",
          title: "PCIe link",
          description: "Generation and lanes; both fall when the device idles.",
          unit: "short",
          min: 0,
          queries: {
            "{{hw_id}} generation": greatest(series(gpu.pcieLinkGeneration), "hw_id"),
            "{{hw_id}} lanes": greatest(series(gpu.pcieLinkWidth), "hw_id"),
          },
        },
        {
          kind: "bars",
          title: "Hardware errors",
          description: "In the time that is shown.",
          unit: "short",
          queries: {
            "{{hw_id}} {{error_type}}": inRange(series(gpu.errors), "hw_id", "error_type"),
            "{{hw_id}} XID {{gpu_xid}}": inRange(series(gpu.xidErrors), "hw_id", "gpu_xid"),
          },
        },
        {
          kind: "lines",
          title: "Reading the devices",
          description: "How long one sample takes, and those that fail.",
          unit: "s",
          min: 0,
          queries: {
            "{{gpu_provider}} p99": quantile(0.99, onPage.buckets(gpu.collectDuration), "gpu_provider"),
            "{{gpu_provider}} failures a second": perSecond(onPage.series(gpu.collectFailures), "gpu_provider"),
          },
        },
      ],
    },
  ],
};
