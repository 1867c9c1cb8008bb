/** Spans as the example's trace page shows them. */
export interface ViewedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the root. */
  readonly parentSpanId: string;
  readonly service: string;
  readonly name: string;
  /** 2 is server, 3 is client, as in OTLP. */
  readonly kind: number;
  readonly startMs: number;
  readonly durationMs: number;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface TraceStore {
  /** Takes the JSON body of an OTLP `POST /v1/traces`. */
  receive(body: unknown): void;
  /** How many traces have ended, since the start. */
  finishedCount(): number;
  /** The newest finished trace whose root has this name and that reached at least two services. */
  latest(rootName: string): readonly ViewedSpan[] | undefined;
  find(traceId: string): readonly ViewedSpan[] | undefined;
}

const TRACES_KEPT = 500;
/** Each process sends its spans once a second, so the parts of a trace arrive up to that far apart. */
const SETTLED_AFTER_MS = 1_500;

interface Trace {
  readonly spans: ViewedSpan[];
  receivedAtMs: number;
}

/** Keeps the last few hundred traces, in memory. It understands as much OTLP as it needs. */
export function traceStore(): TraceStore {
  const traces = new Map<string, Trace>();
  let finished = 0;
  return {
    receive(body) {
      for (const span of spansIn(body)) {
        const trace = traces.get(span.traceId) ?? { spans: [], receivedAtMs: 0 };
        trace.spans.push(span);
        trace.receivedAtMs = Date.now();
        traces.set(span.traceId, trace);
        if (span.parentSpanId === "") finished += 1;
      }
      for (const traceId of traces.keys()) {
        if (traces.size <= TRACES_KEPT) break;
        traces.delete(traceId);
      }
    },
    finishedCount: () => finished,
    latest(rootName) {
      return [...traces.values()].reverse().find((trace) => isWorthShowing(trace, rootName))?.spans;
    },
    find: (traceId) => traces.get(traceId)?.spans,
  };
}

function isWorthShowing({ spans, receivedAtMs }: Trace, rootName: string): boolean {
  const settled = Date.now() - receivedAtMs > SETTLED_AFTER_MS;
  const hasRoot = spans.some((span) => span.parentSpanId === "" && span.name === rootName);
  return settled && hasRoot && new Set(spans.map((span) => span.service)).size > 1;
}

interface OtlpAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly OtlpAttribute[];
  readonly status?: { readonly code?: number };
}

interface OtlpTraces {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly OtlpAttribute[] };
    readonly scopeSpans?: readonly { readonly spans?: readonly OtlpSpan[] }[];
  }[];
}

function* spansIn(body: unknown): Generator<ViewedSpan> {
  for (const { resource, scopeSpans = [] } of (body as OtlpTraces).resourceSpans ?? []) {
    const service = textOf(resource?.attributes)["service.name"] ?? "unknown";
    for (const { spans = [] } of scopeSpans) {
      for (const span of spans) yield viewed(span, service);
    }
  }
}

function viewed(span: OtlpSpan, service: string): ViewedSpan {
  const startNs = BigInt(span.startTimeUnixNano);
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? "",
    service,
    name: span.name,
    kind: span.kind,
    startMs: Number(startNs / 1000n) / 1000,
    durationMs: Number(BigInt(span.endTimeUnixNano) - startNs) / 1e6,
    failed: span.status?.code === 2,
    attributes: textOf(span.attributes),
  };
}

function textOf(attributes: readonly OtlpAttribute[] = []): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]));
}
