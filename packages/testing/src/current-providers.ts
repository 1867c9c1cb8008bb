/**
 * The API hands out tracers that bind to the first provider they meet and keep it. A module of the tested application
 * makes its tracer once, while tests come and go, so what is registered here always asks the telemetry of the moment.
 */
import { type LoggerProvider, logs, type TracerProvider, trace } from "@opentelemetry/api";

export interface Providers {
  readonly tracer: TracerProvider;
  readonly logger: LoggerProvider;
}

let current: Providers | undefined;

export const currentTracerProvider: TracerProvider = {
  getTracer(name, version, options) {
    const tracer = () => (current?.tracer ?? trace.getTracerProvider()).getTracer(name, version, options);
    return {
      startSpan: (...parameters) => tracer().startSpan(...parameters),
      startActiveSpan: (...parameters: unknown[]) => {
        const target = tracer();
        return Reflect.apply(target.startActiveSpan, target, parameters);
      },
    };
  },
};

export const currentLoggerProvider: LoggerProvider = {
  getLogger(name, version, options) {
    const logger = () => (current?.logger ?? logs.getLoggerProvider()).getLogger(name, version, options);
    return {
      emit: (record) => logger().emit(record),
      enabled: (enabledOptions) => logger().enabled(enabledOptions),
    };
  },
};

export function setCurrentProviders(providers: Providers | undefined): void {
  current = providers;
}
