import type { AggregationTemporalitySelector, ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { addDeltaReader, catchUp, type DeltaReader } from "../delta-readers.ts";
import type { Instrument } from "../instrument.ts";
import { declaredSource, type InstrumentSource, instrumentTypes } from "../metric-producer.ts";
import { ProtobufWriter } from "../protobuf-writer.ts";
import { type Collection, type EncodedInstrument, encodedInstrument, refreshInstrument } from "./encoded-instrument.ts";
import { writeScopeMetrics } from "./metric.ts";
import { requestBytes } from "./request-bytes.ts";
import { writeResource, writeSchemaUrl } from "./scope.ts";

/** An encoded ExportMetricsServiceRequest, on loan: the next one is written over it. */
export interface MetricsRequest {
  readonly bytes: Uint8Array;
  /** Gives the bytes back. Without it they are left alone and the next request is written elsewhere. */
  release(): void;
}

/** Encodes what the SDK collected together with all bound instruments, for one reader. */
export interface MetricsRequestEncoder {
  /** Instruments beside the declared ones of this process. */
  addSource(source: InstrumentSource): void;
  /** In steps of a fraction of a millisecond, so that the caller may let the event loop run; undefined: nothing to send. */
  encode(collected: ResourceMetrics): Generator<void, MetricsRequest | undefined>;
}

export function metricsRequestEncoder(
  temporality: AggregationTemporalitySelector,
  source: InstrumentSource = declaredSource(),
): MetricsRequestEncoder {
  const sources: InstrumentSource[] = [];
  const reader: DeltaReader = {
    pending: new Map(),
    wants: (kind) => temporality(instrumentTypes[kind]) === DELTA,
    reads: (store) => sources.some((source) => source.reads(store)),
  };
  addDeltaReader(reader);
  const request = requestBytes();
  let kept = new Map<Instrument, EncodedInstrument>();
  let lastMs: number | undefined;
  let lent: object | undefined;
  addSource(source);
  return {
    addSource,
    *encode(collected) {
      if (lent !== undefined) yield* request.abandon();
      lent = undefined;
      const collection: Collection = { reader, nowMs: Date.now(), lastMs };
      lastMs = collection.nowMs;
      const encoded = new Map<Instrument, EncodedInstrument>();
      for (const instrument of sources.flatMap((source) => [...source.instruments()])) {
        const one = kept.get(instrument) ?? encodedInstrument(instrument, reader.wants(instrument.kind));
        encoded.set(instrument, one);
        yield* refreshInstrument(one, collection);
      }
      kept = encoded;
      const present = [...encoded.values()].filter(({ block }) => block.length > 0);
      if (present.length === 0 && collected.scopeMetrics.length === 0) return undefined;
      const around = { before: yield* beforeOurs(collected), after: afterOurs(collected) };
      yield* request.arrange(present, around);
      const loan = {};
      lent = loan;
      return {
        bytes: request.finish(around),
        release(): void {
          if (lent === loan) lent = undefined;
        },
      };
    },
  };

  function addSource(added: InstrumentSource): void {
    sources.push(added);
    for (const instrument of added.instruments()) catchUp(reader, instrument);
  }
}

/** The number of the SDK's AggregationTemporality, as in metric.ts. */
const DELTA = 0;

/** The resource, and the metrics that come as objects. */
function* beforeOurs({ resource, scopeMetrics }: ResourceMetrics): Generator<void, Uint8Array> {
  const writer = new ProtobufWriter();
  writeResource(writer, resource);
  for (const scope of scopeMetrics) yield* writeScopeMetrics(writer, scope);
  return writer.written();
}

function afterOurs({ resource }: ResourceMetrics): Uint8Array {
  const writer = new ProtobufWriter(64);
  writeSchemaUrl(writer, resource.schemaUrl);
  return writer.written();
}
