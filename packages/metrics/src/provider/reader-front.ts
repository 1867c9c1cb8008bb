import { diag } from "@opentelemetry/api";
import type {
  CollectionResult,
  IMetricReader,
  MetricProducer,
  ResourceMetrics,
  ScopeMetrics,
} from "@opentelemetry/sdk-metrics";
import type { InstrumentProducer } from "../metric-producer.ts";
import { scopeKey } from "./stream-registry.ts";

/** How long callbacks and producers may take, each. */
const COLLECT_LIMIT_MS = 5_000;

/** What stands for a reader towards the SDK, so that the reader gets our series with the SDK's own. */
export function readerFront(reader: IMetricReader, ours: InstrumentProducer): IMetricReader {
  return {
    setMetricProducer: (sdk) => reader.setMetricProducer(joined(sdk, ours)),
    selectAggregation: (type) => reader.selectAggregation(type),
    selectAggregationTemporality: (type) => reader.selectAggregationTemporality(type),
    selectCardinalityLimit: (type) => reader.selectCardinalityLimit(type),
    collect: (options) => reader.collect(options),
    forceFlush: (options) => reader.forceFlush(options),
    shutdown: (options) => reader.shutdown(options),
  };
}

/** The SDK's metrics and ours. Whatever fails or hangs is told and left out; the rest is there. */
export function joined(sdk: MetricProducer, ours: InstrumentProducer): MetricProducer {
  return {
    async collect(options) {
      const timeoutMillis = Math.min(options?.timeoutMillis ?? COLLECT_LIMIT_MS, COLLECT_LIMIT_MS);
      const theirs = await sdk.collect({ timeoutMillis });
      // After the SDK's, so that a collection nobody lives to see takes nothing that `collectNow` could still give.
      const { resourceMetrics, errors } = ours.collectNow();
      return {
        resourceMetrics: {
          resource: theirs.resourceMetrics.resource,
          scopeMetrics: joinScopes([...theirs.resourceMetrics.scopeMetrics, ...resourceMetrics.scopeMetrics]),
        },
        errors: [...theirs.errors, ...errors],
      };
    },
  };
}

/** One entry a scope. */
export function joinScopes(scopeMetrics: readonly ScopeMetrics[]): ScopeMetrics[] {
  const scopes = new Map<string, ScopeMetrics>();
  for (const { scope, metrics } of scopeMetrics) {
    const key = scopeKey(scope);
    const before = scopes.get(key);
    scopes.set(
      key,
      before === undefined ? { scope, metrics } : { ...before, metrics: [...before.metrics, ...metrics] },
    );
  }
  return [...scopes.values()];
}

/**
 * Keeps a producer that rejects or hangs from taking everything else of its reader along, as it does in the SDK. Returns
 * false when the reader is not built as we know it.
 */
export function guardProducers(reader: IMetricReader): boolean {
  const producers = producersOf(reader);
  if (producers === undefined) return false;
  producers.forEach((producer, i) => {
    if (!guarded.has(producer)) producers[i] = guard(producer);
  });
  return true;
}

/** What the reader's own producers can say at once. */
export function collectProducersNow(reader: IMetricReader): readonly ScopeMetrics[] {
  return (producersOf(reader) ?? []).flatMap((producer) => {
    const { collectNow } = (guarded.get(producer) ?? producer) as Partial<InstrumentProducer>;
    return collectNow?.().resourceMetrics.scopeMetrics ?? [];
  });
}

/** The producer behind each guard. */
const guarded = new WeakMap<MetricProducer, MetricProducer>();

function guard(producer: MetricProducer): MetricProducer {
  const guarding: MetricProducer = {
    async collect(options) {
      try {
        return await withinLimit(producer.collect(options));
      } catch (error) {
        diag.error("telltale: a metric producer failed; its metrics are left out this time", error);
        return { resourceMetrics: NOTHING, errors: [error] };
      }
    },
  };
  guarded.set(guarding, producer);
  return guarding;
}

const NOTHING = { resource: { attributes: {} }, scopeMetrics: [] } as unknown as ResourceMetrics;

function producersOf(reader: IMetricReader): MetricProducer[] | undefined {
  const { _metricProducers: producers } = reader as { readonly _metricProducers?: unknown };
  return Array.isArray(producers) ? producers : undefined;
}

function withinLimit(result: Promise<CollectionResult>): Promise<CollectionResult> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${COLLECT_LIMIT_MS / 1_000} seconds`)),
      COLLECT_LIMIT_MS,
    ).unref();
  });
  return Promise.race([result, late]).finally(() => clearTimeout(timer));
}
