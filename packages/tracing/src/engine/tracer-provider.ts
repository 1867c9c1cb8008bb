import { createRequire } from "node:module";
import type { Tracer, TracerProvider } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import type { IdGenerator, Sampler, SpanLimits, SpanProcessor } from "@opentelemetry/sdk-trace";
import { alwaysOnSampler } from "../samplers/constant-sampler.ts";
import { parentBasedSampler } from "../samplers/parent-based-sampler.ts";
import { spanSettings } from "./span-settings.ts";
import { EngineTracer } from "./tracer.ts";

const require = createRequire(import.meta.url);

/** The SDK's TracerProviderOptions, of which all but `meterProvider` mean the same here. */
export interface TracerProviderOptions {
  /** @default the SDK's `defaultResource()` */
  readonly resource?: Resource;
  /** @default what the parent decided, else always */
  readonly sampler?: Sampler;
  /** @default 128 of everything, texts of any length */
  readonly spanLimits?: SpanLimits;
  /** Any IdGenerator; without one, ids are random, which trace flags then say as W3C asks. */
  readonly idGenerator?: IdGenerator;
  readonly spanProcessors?: readonly SpanProcessor[];
}

/** A tracer provider with the two operations that whoever made it calls. */
export interface EngineTracerProvider extends TracerProvider {
  /** Rejects with the errors of all processors that failed or took longer than `timeoutMillis`, 30 s by default. */
  forceFlush(options?: { readonly timeoutMillis?: number }): Promise<void>;
  shutdown(): Promise<void>;
}

/**
 * telltale's own tracer provider: what `new TracerProvider(options)` of @opentelemetry/sdk-trace is, for a fraction of the
 * cost a span (`npm run bench:tracing`). Takes the SDK's processors, exporters, samplers and id generators.
 */
export function createTracerProvider(options: TracerProviderOptions = {}): EngineTracerProvider {
  const { spanProcessors = [] } = options;
  const settings = spanSettings({
    resource: options.resource ?? defaultResource(),
    sampler: options.sampler ?? parentBasedSampler({ root: alwaysOnSampler() }),
    idGenerator: options.idGenerator,
    spanLimits: options.spanLimits ?? {},
    spanProcessors,
  });
  const tracers = new Map<string, Tracer>();
  return {
    getTracer(name, version, { schemaUrl } = {}) {
      const key = `${name}@${version ?? ""}:${schemaUrl ?? ""}`;
      let tracer = tracers.get(key);
      if (tracer === undefined) {
        const scope = {
          name,
          ...(version !== undefined && { version }),
          ...(schemaUrl !== undefined && { schemaUrl }),
        };
        tracer = new EngineTracer(scope, settings);
        tracers.set(key, tracer);
      }
      return tracer;
    },
    async forceFlush({ timeoutMillis = 30_000 } = {}) {
      const results = await Promise.allSettled(
        spanProcessors.map((processor) => withTimeout(processor.forceFlush(), timeoutMillis)),
      );
      const errors = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
      if (errors.length > 0) throw errors;
    },
    async shutdown() {
      await Promise.all(spanProcessors.map((processor) => processor.shutdown()));
    },
  };
}

function defaultResource(): Resource {
  return (require("@opentelemetry/resources") as typeof import("@opentelemetry/resources")).defaultResource();
}

function withTimeout(work: Promise<void>, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`A span processor was not flushed within ${timeoutMs} ms`)),
      timeoutMs,
    );
    work.then(resolve, reject).finally(() => clearTimeout(late));
  });
}
