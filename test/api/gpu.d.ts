export { catalogue } from "./catalogue.ts";
export declare const catalogue: {
    readonly utilization: {
        readonly kind: "gauge";
        readonly name: "hw.gpu.utilization";
        readonly unit: "1";
        readonly description: "Share of the driver's last sample period in which the engine was busy.";
        readonly attributes: {
            readonly "hw.gpu.task": readonly ["general", "encoder", "decoder"];
            readonly "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.name": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.model": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.vendor": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly memoryUsage: {
        readonly kind: "upDownCounter";
        readonly name: "hw.gpu.memory.usage";
        readonly unit: "By";
        readonly description: "Device memory that is allocated, without what the driver reserves.";
        readonly attributes: {
            "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            "hw.name": import("@telltale/metrics").OpenAttribute<string>;
            "hw.model": import("@telltale/metrics").OpenAttribute<string>;
            "hw.vendor": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly memoryLimit: {
        readonly kind: "upDownCounter";
        readonly name: "hw.gpu.memory.limit";
        readonly unit: "By";
        readonly description: "Size of the device's memory.";
        readonly attributes: {
            "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            "hw.name": import("@telltale/metrics").OpenAttribute<string>;
            "hw.model": import("@telltale/metrics").OpenAttribute<string>;
            "hw.vendor": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly memoryUtilization: {
        readonly kind: "gauge";
        readonly name: "hw.gpu.memory.utilization";
        readonly unit: "1";
        readonly description: "Allocated share of the device's memory.";
        readonly attributes: {
            "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            "hw.name": import("@telltale/metrics").OpenAttribute<string>;
            "hw.model": import("@telltale/metrics").OpenAttribute<string>;
            "hw.vendor": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly pcieIo: {
        readonly kind: "counter";
        readonly name: "hw.gpu.io";
        readonly unit: "By";
        readonly description: "Bytes over PCIe, where the driver counts them in 64 bits.";
        readonly attributes: {
            readonly "network.io.direction": readonly ["receive", "transmit"];
            readonly "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.name": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.model": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.vendor": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly temperature: {
        readonly kind: "gauge";
        readonly name: "hw.temperature";
        readonly unit: "Cel";
        readonly description: "Temperature that a sensor reads.";
        readonly attributes: {
            "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            "hw.parent": import("@telltale/metrics").OpenAttribute<string>;
            "hw.sensor_location": readonly ["gpu", "memory", "junction"];
        };
    };
    readonly temperatureLimit: {
        readonly kind: "gauge";
        readonly name: "hw.temperature.limit";
        readonly unit: "Cel";
        readonly description: "Temperature at which the device slows down (high.degraded) or is switched off (high.critical).";
        readonly attributes: {
            readonly "hw.limit_type": readonly ["high.degraded", "high.critical"];
            readonly "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.parent": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.sensor_location": readonly ["gpu", "memory", "junction"];
        };
    };
    readonly power: {
        readonly kind: "gauge";
        readonly name: "hw.power";
        readonly unit: "W";
        readonly description: "Power that the device draws now.";
        readonly attributes: {
            "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            "hw.name": import("@telltale/metrics").OpenAttribute<string>;
            "hw.model": import("@telltale/metrics").OpenAttribute<string>;
            "hw.vendor": import("@telltale/metrics").OpenAttribute<string>;
            "hw.type": readonly ["gpu"];
        };
    };
    readonly energy: {
        readonly kind: "counter";
        readonly name: "hw.energy";
        readonly unit: "J";
        readonly description: "Energy since the driver was loaded.";
        readonly attributes: {
            "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            "hw.name": import("@telltale/metrics").OpenAttribute<string>;
            "hw.model": import("@telltale/metrics").OpenAttribute<string>;
            "hw.vendor": import("@telltale/metrics").OpenAttribute<string>;
            "hw.type": readonly ["gpu"];
        };
    };
    readonly fanSpeed: {
        readonly kind: "gauge";
        readonly name: "hw.fan.speed_ratio";
        readonly unit: "1";
        readonly description: "Speed of the fan as a share of its greatest.";
        readonly attributes: {
            readonly "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.parent": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly errors: {
        readonly kind: "counter";
        readonly name: "hw.errors";
        readonly unit: "{error}";
        readonly description: "Errors that the hardware counted since the driver was loaded.";
        readonly attributes: {
            readonly "error.type": readonly ["corrected", "uncorrected", "pcie_replay", "nvlink_crc", "row_remap"];
            readonly "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.name": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.model": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.vendor": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.type": readonly ["gpu"];
        };
    };
    readonly status: {
        readonly kind: "upDownCounter";
        readonly name: "hw.status";
        readonly unit: "1";
        readonly description: "1 for the state that the device is in, 0 for the others.";
        readonly attributes: {
            readonly "hw.state": readonly ["ok", "degraded", "failed", "predicted_failure"];
            readonly "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.name": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.model": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.vendor": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.type": readonly ["gpu"];
        };
    };
    readonly powerLimit: {
        readonly kind: "gauge";
        readonly name: "gpu.power.limit";
        readonly unit: "W";
        readonly description: "Power cap in force.";
        readonly attributes: {
            "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            "hw.name": import("@telltale/metrics").OpenAttribute<string>;
            "hw.model": import("@telltale/metrics").OpenAttribute<string>;
            "hw.vendor": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly clockFrequency: {
        readonly kind: "gauge";
        readonly name: "gpu.clock.frequency";
        readonly unit: "Hz";
        readonly description: "Frequency of a clock now.";
        readonly attributes: {
            readonly "gpu.clock": readonly ["graphics", "sm", "memory", "video"];
            readonly "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.name": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.model": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.vendor": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly memoryActivity: {
        readonly kind: "gauge";
        readonly name: "gpu.memory.activity";
        readonly unit: "1";
        readonly description: "Share of time in which device memory was read or written; not how full it is.";
        readonly attributes: {
            "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            "hw.name": import("@telltale/metrics").OpenAttribute<string>;
            "hw.model": import("@telltale/metrics").OpenAttribute<string>;
            "hw.vendor": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly memoryReserved: {
        readonly kind: "upDownCounter";
        readonly name: "gpu.memory.reserved";
        readonly unit: "By";
        readonly description: "Device memory that driver and firmware keep for themselves.";
        readonly attributes: {
            "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            "hw.name": import("@telltale/metrics").OpenAttribute<string>;
            "hw.model": import("@telltale/metrics").OpenAttribute<string>;
            "hw.vendor": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly throttleActive: {
        readonly kind: "upDownCounter";
        readonly name: "gpu.throttle.active";
        readonly unit: "1";
        readonly description: "1 while the reason limits the clocks.";
        readonly attributes: {
            readonly "gpu.throttle.reason": readonly ["sw_power_cap", "hw_slowdown", "sw_thermal", "hw_thermal", "hw_power_brake", "sync_boost", "app_clocks", "idle"];
            readonly "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.name": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.model": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.vendor": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly throttleTime: {
        readonly kind: "counter";
        readonly name: "gpu.throttle.time";
        readonly unit: "s";
        readonly description: "Time for which the reason limited the clocks.";
        readonly attributes: {
            readonly "gpu.throttle.reason": readonly ["sw_power_cap", "hw_slowdown", "sw_thermal", "hw_thermal", "hw_power_brake", "sync_boost", "app_clocks", "idle"];
            readonly "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.name": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.model": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.vendor": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly pcieThroughput: {
        readonly kind: "gauge";
        readonly name: "gpu.pcie.throughput";
        readonly unit: "By/s";
        readonly description: "PCIe traffic in one window of 20 ms; only with the option pcieThroughput.";
        readonly attributes: {
            readonly "network.io.direction": readonly ["receive", "transmit"];
            readonly "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.name": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.model": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.vendor": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly pcieLinkGeneration: {
        readonly kind: "gauge";
        readonly name: "gpu.pcie.link.generation";
        readonly unit: "{generation}";
        readonly description: "PCIe generation of the link now; it falls when the device idles.";
        readonly attributes: {
            "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            "hw.name": import("@telltale/metrics").OpenAttribute<string>;
            "hw.model": import("@telltale/metrics").OpenAttribute<string>;
            "hw.vendor": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly pcieLinkWidth: {
        readonly kind: "gauge";
        readonly name: "gpu.pcie.link.width";
        readonly unit: "{lane}";
        readonly description: "PCIe lanes of the link now.";
        readonly attributes: {
            "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            "hw.name": import("@telltale/metrics").OpenAttribute<string>;
            "hw.model": import("@telltale/metrics").OpenAttribute<string>;
            "hw.vendor": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly nvlinkIo: {
        readonly kind: "counter";
        readonly name: "gpu.nvlink.io";
        readonly unit: "By";
        readonly description: "Payload over all NVLinks of the device.";
        readonly attributes: {
            readonly "network.io.direction": readonly ["receive", "transmit"];
            readonly "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.name": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.model": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.vendor": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly migMemoryUsage: {
        readonly kind: "upDownCounter";
        readonly name: "gpu.mig.memory.usage";
        readonly unit: "By";
        readonly description: "Memory in use of a MIG GPU instance, once for each instance.";
        readonly attributes: {
            readonly "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            readonly "gpu.instance.id": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly processMemoryUsage: {
        readonly kind: "upDownCounter";
        readonly name: "gpu.process.memory.usage";
        readonly unit: "By";
        readonly description: "Device memory of this process.";
        readonly attributes: {
            readonly "hw.id": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly xidErrors: {
        readonly kind: "counter";
        readonly name: "gpu.xid.errors";
        readonly unit: "{error}";
        readonly description: "XID events of the NVIDIA driver that came while this process watched.";
        readonly attributes: {
            readonly "hw.id": import("@telltale/metrics").OpenAttribute<string>;
            readonly "gpu.xid": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly kernelLaunches: {
        readonly kind: "counter";
        readonly name: "gpu.kernel.launches";
        readonly unit: "{launch}";
        readonly description: "Kernels that the application reported.";
        readonly attributes: {
            readonly "gpu.kernel.type": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.id": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly kernelDuration: {
        readonly kind: "histogram";
        readonly name: "gpu.kernel.duration";
        readonly unit: "s";
        readonly description: "Time that a kernel took on the device, as the application reported it.";
        readonly attributes: {
            readonly "gpu.kernel.type": import("@telltale/metrics").OpenAttribute<string>;
            readonly "hw.id": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: readonly [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
    };
    readonly collectDuration: {
        readonly kind: "histogram";
        readonly name: "gpu.collect.duration";
        readonly unit: "s";
        readonly description: "Time that a provider took for one sample of all its devices.";
        readonly attributes: {
            readonly "gpu.provider": readonly ["nvml", "nvidia-smi", "amdgpu-sysfs", "intel-sysfs"];
        };
        readonly boundaries: readonly number[];
    };
    readonly collectFailures: {
        readonly kind: "counter";
        readonly name: "gpu.collect.failures";
        readonly unit: "{failure}";
        readonly description: "Samples that failed.";
        readonly attributes: {
            readonly "gpu.provider": readonly ["nvml", "nvidia-smi", "amdgpu-sysfs", "intel-sysfs"];
            readonly "error.type": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
};
export { type Gpu, type GpuHandle, gpu, startGpu } from "./gpu.ts";
export interface Gpu {
    device(which: number | string): Partial<GpuReading>;
    collectAll(): Promise<ReadonlyMap<string, GpuReading>>;
    status(): GpuStatus;
    kernel(type: string, options?: {
        readonly device?: number | string;
    }): GpuKernel;
}
export interface GpuHandle extends Gpu {
    stop(options?: {
        readonly deadlineMs?: number;
    }): Promise<void>;
}
export declare const gpu: Gpu;
export declare function startGpu(options?: GpuOptions): GpuHandle;
export { GpuInstrumentation, type GpuInstrumentationConfig } from "./gpu-instrumentation.ts";
export interface GpuInstrumentationConfig extends GpuOptions {
    readonly enabled?: boolean;
}
export declare class GpuInstrumentation {
    #private;
    readonly instrumentationName: string;
    readonly instrumentationVersion: string;
    constructor(config?: GpuInstrumentationConfig);
    get gpu(): Gpu;
    enable(): void;
    disable(): void;
    setConfig(config: GpuInstrumentationConfig): void;
    getConfig(): GpuInstrumentationConfig;
    setTracerProvider(_tracerProvider: TracerProvider): void;
    setMeterProvider(_meterProvider: MeterProvider): void;
}
export type { GpuKernel } from "./gpu-kernel.ts";
export interface GpuKernel {
    record(seconds: number): void;
    launched(count?: number): void;
}
export type { GpuOptions } from "./gpu-options.ts";
export interface GpuOptions {
    readonly providers?: "auto" | readonly GpuProviderName[];
    readonly intervalMs?: number;
    readonly probeIntervalMs?: number;
    readonly deadlineMs?: number;
    readonly isolation?: "process" | "worker";
    readonly pcieThroughput?: boolean;
    readonly processes?: "self" | "none";
    readonly mig?: boolean;
    readonly wakeSuspended?: boolean;
    readonly nvmlLibrary?: string | undefined;
    readonly nvidiaSmi?: string;
    readonly sysfs?: string;
}
export type { GpuFaultCode, GpuProviderName } from "./gpu-provider.ts";
export type GpuProviderName = "nvml" | "nvidia-smi" | "amdgpu-sysfs" | "intel-sysfs";
export type GpuFaultCode = "NO_DEVICE" | "NO_DRIVER" | "NO_MODULE" | "NO_PERMISSION" | "NO_TOOL" | "ADDONS_DISABLED" | "DRIVER_NOT_LOADED" | "DRIVER_MISMATCH" | "DEVICE_BLOCKED" | "DEVICE_LOST" | "MUSL" | "SUSPENDED" | "TIMEOUT" | "UNSUPPORTED" | "FAILED";
export type { GpuClock, GpuDevice, GpuErrorKind, GpuReading, GpuState, GpuTemperature, MigMemory, ThrottleReason, Traffic, } from "./gpu-reading.ts";
export interface GpuReading {
    readonly device: GpuDevice;
    readonly state: GpuState;
    readonly utilization?: number | undefined;
    readonly encoderUtilization?: number | undefined;
    readonly decoderUtilization?: number | undefined;
    readonly memoryActivity?: number | undefined;
    readonly memoryUsed?: number | undefined;
    readonly memoryTotal?: number | undefined;
    readonly memoryReserved?: number | undefined;
    readonly processMemory?: number | undefined;
    readonly migMemory?: readonly MigMemory[] | undefined;
    readonly temperatures?: readonly GpuTemperature[] | undefined;
    readonly powerWatts?: number | undefined;
    readonly powerLimitWatts?: number | undefined;
    readonly energyJoules?: number | undefined;
    readonly fanSpeed?: number | undefined;
    readonly clocksHz?: Readonly<Partial<Record<GpuClock, number | undefined>>> | undefined;
    readonly throttleReasons?: readonly ThrottleReason[] | undefined;
    readonly throttleSeconds?: Readonly<Partial<Record<ThrottleReason, number | undefined>>> | undefined;
    readonly errors?: Readonly<Partial<Record<GpuErrorKind, number | undefined>>> | undefined;
    readonly pcieBytes?: Traffic | undefined;
    readonly pcieThroughput?: Traffic | undefined;
    readonly pcieLinkGeneration?: number | undefined;
    readonly pcieLinkWidth?: number | undefined;
    readonly nvlinkBytes?: Traffic | undefined;
    readonly xids?: readonly number[] | undefined;
}
export interface GpuDevice {
    readonly id: string;
    readonly index: number;
    readonly name: string;
    readonly vendor: "nvidia" | "amd" | "intel";
    readonly model?: string | undefined;
    readonly pciAddress?: string | undefined;
}
export interface GpuTemperature {
    readonly location: "gpu" | "memory" | "junction";
    readonly celsius: number;
    readonly degradedAt?: number | undefined;
    readonly criticalAt?: number | undefined;
}
export interface MigMemory {
    readonly instanceId: number;
    readonly used: number;
}
export interface Traffic {
    readonly receive?: number | undefined;
    readonly transmit?: number | undefined;
}
export type GpuState = "ok" | "degraded" | "failed" | "predicted_failure";
export type GpuClock = "graphics" | "sm" | "memory" | "video";
export type GpuErrorKind = "corrected" | "uncorrected" | "pcie_replay" | "nvlink_crc" | "row_remap";
export type ThrottleReason = "sw_power_cap" | "hw_slowdown" | "sw_thermal" | "hw_thermal" | "hw_power_brake" | "sync_boost" | "app_clocks" | "idle";
export type { GpuStatus, GpuTried } from "./gpu-status.ts";
export interface GpuStatus {
    readonly state: "off" | "probing" | "running" | "none";
    readonly provider: string;
    readonly devices: readonly GpuDevice[];
    readonly code?: GpuFaultCode | undefined;
    readonly message: string;
    readonly hint: string;
    readonly tried: readonly GpuTried[];
}
export interface GpuTried {
    readonly provider: GpuProviderName;
    readonly ok: boolean;
    readonly devices: number;
    readonly code?: GpuFaultCode | undefined;
    readonly message: string;
    readonly hint: string;
}
