import { catalogue as host } from "../../packages/runtime/src/catalogue.ts";
import type { Dashboard } from "../dashboard.ts";
import { greatest, inRange, onPage, perSecond, quantile, stateNumber, total } from "../page-queries.ts";
import { group } from "../rules/host.ts";

const { series, buckets } = onPage;

const health = [
  { value: 0, text: "healthy", color: "green" },
  { value: 1, text: "degraded", color: "orange" },
  { value: 2, text: "unhealthy", color: "red" },
] as const;

const busy = `1 - avg(rate(${series(host.cpuTime, { "cpu.mode": "idle" })}[$__rate_interval]))`;

export const dashboard: Dashboard = {
  name: "system",
  title: "System overview",
  description: "How the host and this process are: CPU, memory, disks, network, event loop, heap.",
  of: host.uptime,
  alerts: group.alerts,
  rows: [
    {
      title: "Now",
      panels: [
        {
          kind: "number",
          title: "CPU",
          description: "Share of the CPU time of all cores that is not idle.",
          unit: "percentunit",
          queries: { busy },
        },
        {
          kind: "number",
          title: "Memory",
          description: "Share of the memory that is not available to new work.",
          unit: "percentunit",
          queries: { used: greatest(series(host.memoryUtilization, { "system.memory.state": "used" })) },
          limits: ["HostMemoryHigh", "HostMemoryCritical"],
        },
        {
          kind: "number",
          title: "Fullest disk",
          description: "Used share of the file system that has the least space left.",
          unit: "percentunit",
          queries: { used: greatest(series(host.fileSystemUtilization)) },
          limits: ["HostDiskHigh", "HostDiskCritical"],
        },
        {
          kind: "number",
          title: "File descriptors",
          description: "Open descriptors as a share of this process's limit.",
          unit: "percentunit",
          queries: { used: `max(${series(host.fileDescriptors)} / ${series(host.fileDescriptorLimit)})` },
          limits: ["FileDescriptorsNearLimit"],
        },
        {
          kind: "number",
          title: "Event loop delay",
          description: "Delay that 99 % of the last interval's did not exceed.",
          unit: "s",
          queries: { p99: greatest(series(host.eventLoopDelayP99)) },
        },
        {
          kind: "number",
          title: "Up for",
          description: "Age of the youngest process: a fall is a restart.",
          unit: "s",
          queries: { age: `min(${series(host.uptime)})` },
        },
      ],
    },
    {
      title: "Host",
      panels: [
        {
          kind: "lines",
          title: "CPU by mode",
          description: "Cores in each mode.",
          unit: "short",
          stacked: true,
          min: 0,
          queries: { "{{cpu_mode}}": perSecond(series(host.cpuTime, { "cpu.mode": { not: "idle" } }), "cpu_mode") },
        },
        {
          kind: "lines",
          title: "Load",
          description: "Threads that ran or waited, against the CPUs that may be used.",
          unit: "short",
          min: 0,
          queries: {
            "{{telltale_window}}": greatest(series(host.load), "telltale_window"),
            CPUs: greatest(series(host.cpuLimit)),
          },
        },
        {
          kind: "lines",
          title: "Memory",
          description: "Used memory and its limit.",
          unit: "bytes",
          min: 0,
          queries: {
            "{{system_memory_state}}": greatest(series(host.memoryUsage), "system_memory_state"),
            limit: greatest(series(host.memoryLimit)),
          },
        },
        {
          kind: "lines",
          title: "File systems",
          description: "Used share of each.",
          unit: "percentunit",
          min: 0,
          max: 1,
          limits: ["HostDiskHigh", "HostDiskCritical"],
          queries: {
            "{{system_filesystem_mountpoint}}": greatest(
              series(host.fileSystemUtilization),
              "system_filesystem_mountpoint",
            ),
          },
        },
        {
          kind: "lines",
          title: "Disk traffic",
          description: "Bytes read and written a second.",
          unit: "Bps",
          min: 0,
          queries: {
            "{{system_device}} {{disk_io_direction}}": perSecond(
              series(host.diskIo),
              "system_device",
              "disk_io_direction",
            ),
          },
        },
        {
          kind: "lines",
          title: "Disk operations",
          description: "Reads and writes a second.",
          unit: "iops",
          min: 0,
          queries: {
            "{{system_device}} {{disk_io_direction}}": perSecond(
              series(host.diskOperations),
              "system_device",
              "disk_io_direction",
            ),
          },
        },
        {
          kind: "lines",
          title: "Temperatures",
          description: "What the sensors of the host read.",
          unit: "celsius",
          queries: {
            "{{hw_name}} {{hw_sensor_location}}": greatest(series(host.temperature), "hw_name", "hw_sensor_location"),
          },
        },
        {
          kind: "lines",
          title: "Battery",
          description: "Charge, on machines that have one.",
          unit: "percentunit",
          min: 0,
          max: 1,
          queries: { "{{hw_name}}": greatest(series(host.batteryCharge), "hw_name") },
        },
      ],
    },
    {
      title: "Process",
      panels: [
        {
          kind: "lines",
          title: "CPU of the process",
          description: "Share of the CPUs that it may use.",
          unit: "percentunit",
          stacked: true,
          min: 0,
          queries: { "{{instance}} {{cpu_mode}}": total(series(host.processCpuUtilization), "instance", "cpu_mode") },
        },
        {
          kind: "lines",
          title: "Memory of the process",
          description: "Resident memory, the heap in use, and the size at which the heap is full.",
          unit: "bytes",
          min: 0,
          queries: {
            "{{instance}} resident": total(series(host.processMemory), "instance"),
            "{{instance}} heap": total(series(host.heapUsed), "instance"),
            "{{instance}} heap limit": total(series(host.heapLimit), "instance"),
          },
        },
        {
          kind: "lines",
          title: "Event loop delay",
          description: "How late a timer is: what every request waits besides.",
          unit: "s",
          min: 0,
          queries: {
            "{{instance}} p50": greatest(series(host.eventLoopDelayP50), "instance"),
            "{{instance}} p99": greatest(series(host.eventLoopDelayP99), "instance"),
            "{{instance}} max": greatest(series(host.eventLoopDelayMax), "instance"),
          },
        },
        {
          kind: "lines",
          title: "Event loop utilization",
          description: "Share of the time in which it was busy; near 1, requests queue.",
          unit: "percentunit",
          min: 0,
          max: 1,
          queries: { "{{instance}}": greatest(series(host.eventLoopUtilization), "instance") },
        },
        {
          kind: "lines",
          title: "Garbage collection",
          description: "p99 of the pauses by type.",
          unit: "s",
          min: 0,
          queries: { "{{v8js_gc_type}} p99": quantile(0.99, buckets(host.garbageCollection), "v8js_gc_type") },
        },
        {
          kind: "lines",
          title: "What keeps the event loop alive",
          description: "Open handles and requests by type: one that only grows is a leak.",
          unit: "short",
          min: 0,
          queries: { "{{v8js_resource_type}}": total(series(host.activeResources), "v8js_resource_type") },
        },
      ],
    },
    {
      title: "Health",
      panels: [
        {
          kind: "states",
          title: "Resources by their thresholds",
          description: "healthy, degraded or unhealthy.",
          unit: "short",
          states: health,
          queries: {
            "{{telltale_check}}": stateNumber(host.hostHealth, "telltale.health.state", health, "telltale_check"),
          },
        },
        {
          kind: "states",
          title: "Health checks",
          description: "What the application's own checks say.",
          unit: "short",
          states: health,
          queries: {
            "{{telltale_check}}": stateNumber(host.healthCheck, "telltale.health.state", health, "telltale_check"),
          },
        },
        {
          kind: "bars",
          title: "Errors by component",
          description: "In the time that is shown.",
          unit: "short",
          width: 24,
          queries: {
            "{{telltale_component}} {{error_type}}": inRange(
              series(host.componentErrors),
              "telltale_component",
              "error_type",
            ),
          },
        },
      ],
    },
  ],
};
