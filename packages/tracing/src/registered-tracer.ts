import { ProxyTracerProvider, type Tracer, trace } from "@opentelemetry/api";

/** The tracer of that name, or `undefined` while no tracer provider has been registered. */
export function registeredTracer(name: string): Tracer | undefined {
  const provider = trace.getTracerProvider();
  // The API answers with this proxy from the start; it has tracers of its own only once a provider stands behind it.
  if (provider instanceof ProxyTracerProvider) return provider.getDelegateTracer(name);
  return provider.getTracer(name);
}
