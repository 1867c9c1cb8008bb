import { context, logs, metrics, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  type ReadableLogRecord,
  SimpleLogRecordProcessor,
} from "@opentelemetry/sdk-logs";
import {
  AggregationTemporality,
  InstrumentType,
  MeterProvider,
  type MetricProducer,
  MetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  AlwaysOnSampler,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  type SpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { type CollectedMetric, metricStore } from "./collected-metrics.ts";
import { currentLoggerProvider, currentTracerProvider, setCurrentProviders } from "./current-providers.ts";
import { nearNames } from "./near-names.ts";

export interface InMemoryTelemetryOptions {
  /** Resource attributes; `service.name` is `test` unless given. */
  readonly resource?: Readonly<Record<string, string>>;
  /** @default every span is kept */
  readonly sampler?: Sampler;
  /** Run before the span is kept, such as a processor under test. */
  readonly spanProcessors?: readonly SpanProcessor[];
  /** Sources of metrics beside the API's instruments. */
  readonly metricProducers?: readonly MetricProducer[];
}

/** What the code under test recorded, kept in memory. */
export interface InMemoryTelemetry extends AsyncDisposable {
  /** Spans in the order in which they ended. */
  finishedSpans(): readonly ReadableSpan[];
  /**
   * The one finished span of this name.
   * @throws Error with code `TELLTALE_NO_SUCH_SPAN` when there is none, with the names that come near, and
   * `TELLTALE_MANY_SPANS` when there are several.
   */
  span(name: string): ReadableSpan;
  /**
   * Collects now, and resolves with the metric of this name: its points since the last reset.
   * @throws Error with code `TELLTALE_NO_SUCH_METRIC` when nothing was recorded, with the names that come near.
   */
  metric(name: string): Promise<CollectedMetric>;
  /** Collects now, and resolves with every metric that recorded anything since the last reset. */
  metrics(): Promise<readonly CollectedMetric[]>;
  logs(): readonly ReadableLogRecord[];
  /** Forgets everything recorded; providers, tracers and instruments stay in use. For `afterEach`. */
  reset(): Promise<void>;
  /** Unregisters everything, so that another telemetry can be set up. A second call does nothing. */
  shutdown(): Promise<void>;
}

/**
 * Registers tracer, meter and logger providers, W3C propagators and a context manager that keep everything in memory.
 * Spans, metrics and log records can be asked for as soon as they ended or were recorded, without a flush.
 *
 * Tracers and loggers follow from one in-memory telemetry to the next. The API binds an instrument for ever to the meter
 * provider it was made with, so a file whose module under test makes instruments once sets up one telemetry
 * (`beforeAll`) and calls `reset()` between tests.
 * @throws Error with code `TELLTALE_GLOBAL_TAKEN` when another SDK is registered.
 */
export function inMemoryTelemetry(options: InMemoryTelemetryOptions = {}): InMemoryTelemetry {
  const resource = resourceFromAttributes({ "service.name": "test", ...options.resource });
  const spanExporter = new InMemorySpanExporter();
  const logExporter = new InMemoryLogRecordExporter();
  const reader = new OnDemandReader([...(options.metricProducers ?? [])]);
  const store = metricStore();
  const tracerProvider = new TracerProvider({
    resource,
    sampler: options.sampler ?? new AlwaysOnSampler(),
    spanProcessors: [...(options.spanProcessors ?? []), new SimpleSpanProcessor({ exporter: spanExporter })],
  });
  const meterProvider = new MeterProvider({ resource, readers: [reader] });
  const loggerProvider = new LoggerProvider({
    resource,
    processors: [new SimpleLogRecordProcessor({ exporter: logExporter })],
  });
  register(meterProvider);
  setCurrentProviders({ tracer: tracerProvider, logger: loggerProvider });

  const collect = async (): Promise<void> => {
    const { resourceMetrics, errors } = await reader.collect();
    if (errors.length > 0) throw new AggregateError(errors, "an observable callback failed during collection");
    store.add(resourceMetrics.scopeMetrics);
  };
  let stopped: Promise<void> | undefined;

  const telemetry: InMemoryTelemetry = {
    finishedSpans: () => spanExporter.getFinishedSpans(),
    span: (name) => onlySpan(name, spanExporter.getFinishedSpans()),
    async metric(name) {
      await collect();
      return store.get(name) ?? fail("TELLTALE_NO_SUCH_METRIC", missing("metric", name, store.all()));
    },
    async metrics() {
      await collect();
      return store.all();
    },
    logs: () => logExporter.getFinishedLogRecords(),
    async reset() {
      spanExporter.reset();
      logExporter.reset();
      await collect();
      store.clear();
    },
    shutdown() {
      stopped ??= stop(tracerProvider, meterProvider, loggerProvider);
      return stopped;
    },
    [Symbol.asyncDispose]: () => telemetry.shutdown(),
  };
  return telemetry;
}

/** A class because the SDK asks for one. Deltas for what is added up, present values for up-down counters. */
class OnDemandReader extends MetricReader {
  constructor(metricProducers: MetricProducer[]) {
    super({
      metricProducers,
      aggregationTemporalitySelector: (type) =>
        type === InstrumentType.UP_DOWN_COUNTER || type === InstrumentType.OBSERVABLE_UP_DOWN_COUNTER
          ? AggregationTemporality.CUMULATIVE
          : AggregationTemporality.DELTA,
    });
  }

  protected override async onShutdown(): Promise<void> {}

  protected override async onForceFlush(): Promise<void> {}
}

function register(meterProvider: MeterProvider): void {
  const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()];
  const globals = [
    { name: "tracer provider", api: trace, set: () => trace.setGlobalTracerProvider(currentTracerProvider) },
    { name: "meter provider", api: metrics, set: () => metrics.setGlobalMeterProvider(meterProvider) },
    { name: "logger provider", api: logs, set: () => logs.setGlobalLoggerProvider(currentLoggerProvider) },
    {
      name: "context manager",
      api: context,
      set: () => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()),
    },
    {
      name: "propagator",
      api: propagation,
      set: () => propagation.setGlobalPropagator(new CompositePropagator({ propagators })),
    },
  ];
  const attempts = globals.map((global) => ({ ...global, registered: global.set() }));
  const taken = attempts.filter(({ registered }) => !registered).map(({ name }) => name);
  if (taken.length === 0) return;
  for (const { api, registered } of attempts) if (registered) api.disable();
  fail(
    "TELLTALE_GLOBAL_TAKEN",
    `another SDK has registered a global ${taken.join(", ")}; shut it down first, ` +
      "such as an earlier inMemoryTelemetry() by its shutdown()",
  );
}

async function stop(tracer: TracerProvider, meter: MeterProvider, logger: LoggerProvider): Promise<void> {
  setCurrentProviders(undefined);
  trace.disable();
  metrics.disable();
  logs.disable();
  context.disable();
  propagation.disable();
  await Promise.all([tracer.shutdown(), meter.shutdown(), logger.shutdown()]);
}

function onlySpan(name: string, spans: readonly ReadableSpan[]): ReadableSpan {
  const found = spans.filter((span) => span.name === name);
  if (found.length === 1) return found[0]!;
  if (found.length === 0) fail("TELLTALE_NO_SUCH_SPAN", missing("finished span", name, spans));
  return fail("TELLTALE_MANY_SPANS", `${found.length} finished spans are named "${name}"; use finishedSpans()`);
}

function missing(what: string, name: string, named: readonly { readonly name: string }[]): string {
  const near = nearNames(
    name,
    named.map((one) => one.name),
  );
  const there = near.length === 0 ? "there is none at all" : `there are ${near.map((one) => `"${one}"`).join(", ")}`;
  return `no ${what} is named "${name}"; ${there}`;
}

function fail(code: string, message: string): never {
  throw Object.assign(new Error(message), { code });
}
