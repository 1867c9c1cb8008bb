import type { Attributes } from "@opentelemetry/api";
import type { InstrumentationScope } from "@opentelemetry/core";
import type { DataPoint } from "@opentelemetry/sdk-metrics";
import { type Exemplar, exemplarOf } from "../exemplar.ts";
import type { Instrument, PointValue, Series } from "../instrument.ts";
import { ProtobufWriter } from "../protobuf-writer.ts";
import { type Family, type FamilyPart, families } from "./family.ts";
import { instrumentBlocks, keptInstrument, type RefreshBlock } from "./instrument-blocks.ts";
import { labelPairs, pairsText } from "./labels.ts";
import { duplicateGuard, scopeAttributes } from "./metric-text.ts";
import { type FamilyType, unitSuffix } from "./name.ts";
import type { Naming } from "./naming.ts";
import type { PageWriter } from "./page.ts";
import { protobufBlock } from "./protobuf-block.ts";
import { labelBytes, type ProtobufMetric, writeMetric } from "./protobuf-metric.ts";

export interface ProtobufPageOptions {
  /** Whether every series carries `otel_scope_name` and `otel_scope_version`. */
  readonly scopeLabels: boolean;
  /** Attributes that every series carries as labels. */
  readonly constants: Attributes;
  /** What was said before, so that nothing is said at every scrape. */
  readonly told: Set<string>;
  /** @default translated */
  readonly naming?: Naming | undefined;
}

/**
 * Writes pages in the format that alone carries native histograms: one `MetricFamily` after another, each after its length.
 * @see https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto
 */
export function protobufPageWriter(options: ProtobufPageOptions): PageWriter {
  const writer = new ProtobufWriter(65_536);
  const page: Page = { ...options, writer, labels: new WeakMap(), kept: new Map() };
  return {
    *pieces({ resource, scopes, instruments, only }) {
      if (Object.keys(resource).length > 0 && (only === undefined || only.has(TARGET.name))) {
        yield* familyPieces(page, TARGET, [targetInfo(resource)]);
      }
      const used: Page["kept"] = new Map();
      for (const family of families({ scopes, instruments, told: options.told, naming: options.naming })) {
        if (only !== undefined && !only.has(family.name)) continue;
        const instrument = keptInstrument(family, { withExemplars: true });
        if (instrument === undefined) {
          yield* familyPieces(page, family, family.parts.map(pointsOf));
          continue;
        }
        instrument.refresh();
        const kept = page.kept.get(instrument) ?? keptBlocks(page, family, instrument);
        used.set(instrument, kept);
        yield* keptPieces(family, kept());
      }
      // Instruments that are gone take their bytes with them.
      if (only === undefined) page.kept = used;
    },
  };
}

/** The series of one part of a family. */
interface Points {
  readonly scope: InstrumentationScope | undefined;
  readonly points: Iterable<Point>;
}

interface Point {
  readonly attributes: Attributes;
  readonly value: ProtobufMetric["value"];
  readonly startMs: number;
  readonly exemplar: Exemplar | undefined;
  /** Whose labels are kept between scrapes. */
  readonly series?: Series;
}

interface Labels {
  readonly bytes: Uint8Array;
  readonly text: string;
}

interface Page extends ProtobufPageOptions {
  readonly writer: ProtobufWriter;
  /** Of our own series, whose attributes stand still. */
  readonly labels: WeakMap<Series, Labels>;
  /** The messages of instruments that are a family each. */
  kept: Map<Instrument, () => readonly RefreshBlock[]>;
}

/** How many series are written before the caller may let the event loop run. */
const SERIES_AT_A_TIME = 128;
const NOTHING = new Uint8Array(0);
const TARGET = { name: "target_info", type: "info", help: "Target metadata", unit: "" } as const;
/** `io.prometheus.client.MetricType`. */
const TYPES = { counter: 0, gauge: 1, info: 1, histogram: 4 } as const satisfies Record<FamilyType, number>;

/** A family is one message that begins with its length, so it comes as one piece, after empty ones. */
function* familyPieces(page: Page, family: Omit<Family, "parts">, parts: readonly Points[]): Generator<Uint8Array> {
  const { writer } = page;
  writer.at = 0;
  const start = writer.open();
  writeHead(writer, family);
  const duplicate = duplicateGuard(family.name, page.told);
  let written = 0;
  for (const { scope, points } of parts) {
    const common = commonLabels(page, scope);
    for (const { attributes, value, startMs, exemplar, series } of points) {
      const labels = (series && page.labels.get(series)) ?? labelled(page, attributes, common);
      if (series !== undefined) page.labels.set(series, labels);
      if (duplicate(labels.text)) continue;
      writeMetric(writer, { type: family.type, labels: labels.bytes, value, startMs, exemplar });
      if (++written % SERIES_AT_A_TIME === 0) yield NOTHING;
    }
  }
  if (written === 0) return;
  writer.close(start);
  yield writer.written();
}

/** The messages of an instrument that is all of a family, kept between scrapes. */
function keptBlocks(page: Page, { name, type }: Family, instrument: Instrument): () => readonly RefreshBlock[] {
  const common = commonLabels(page, instrument.scope);
  return instrumentBlocks({
    instrument,
    name,
    labels: ({ attributes }) => labelled(page, attributes, common).text,
    told: page.told,
    block: (rows) =>
      protobufBlock({ instrument, type, rows, labels: ({ attributes }) => labelled(page, attributes, common).bytes }),
  });
}

/** The family's length comes first, so its blocks are all brought up to date before one of them goes out. */
function* keptPieces(family: Family, blocks: readonly RefreshBlock[]): Generator<Uint8Array> {
  const refreshed: Uint8Array[] = [];
  let length = 0;
  for (const refresh of blocks) {
    const bytes = refresh();
    refreshed.push(bytes);
    length += bytes.length;
    yield NOTHING;
  }
  if (length === 0) return;
  const head = new ProtobufWriter(256);
  writeHead(head, family);
  const front = new ProtobufWriter(256);
  front.varint(head.at + length);
  front.raw(head.written());
  yield front.written();
  yield* refreshed;
}

function commonLabels(
  { constants, scopeLabels, naming }: Page,
  scope: InstrumentationScope | undefined,
): Map<string, string> {
  if (scope === undefined) return new Map();
  return labelPairs({ ...constants, ...(scopeLabels ? scopeAttributes(scope) : {}) }, naming);
}

function labelled({ naming }: Page, attributes: Attributes, common: ReadonlyMap<string, string>): Labels {
  const labels = labelPairs(attributes, naming);
  for (const [name, value] of common) if (!labels.has(name)) labels.set(name, value);
  return { bytes: labelBytes(labels), text: pairsText(labels) };
}

function writeHead(writer: ProtobufWriter, { name, help, type, unit }: Omit<Family, "parts">): void {
  writer.tag(1, 2);
  writer.string(name);
  if (help !== "") {
    writer.tag(2, 2);
    writer.string(help);
  }
  writer.tag(3, 0);
  writer.varint(TYPES[type]);
  const suffix = unitSuffix(unit);
  const base = type === "counter" ? name.replace(/_total$/, "") : name;
  if (suffix === "" || !base.endsWith(`_${suffix}`)) return;
  writer.tag(5, 2);
  writer.string(suffix);
}

function targetInfo(resource: Attributes): Points {
  return { scope: undefined, points: [{ attributes: resource, value: 1, startMs: 0, exemplar: undefined }] };
}

function pointsOf(part: FamilyPart): Points {
  return "instrument" in part
    ? { scope: part.instrument.scope, points: instrumentPoints(part) }
    : { scope: part.scope, points: metricPoints(part) };
}

/** Series by series, so that 10,000 histograms are not read at a stretch. */
function* instrumentPoints({ instrument }: Extract<FamilyPart, { instrument: unknown }>): Generator<Point> {
  instrument.refresh();
  const { boundaries = [], exemplars } = instrument;
  const cumulated = { boundaries, numbers: new Float64Array(boundaries.length + 2), countSize: 1 };
  for (const series of [...instrument.series()]) {
    const value = series.cumulate === undefined ? series.total() : cumulated;
    if (value === undefined) continue;
    series.cumulate?.(cumulated.numbers);
    const exemplar = exemplars ? exemplarOf(series) : undefined;
    yield { attributes: series.attributes, value, startMs: series.startTimeMs, exemplar, series };
  }
}

function* metricPoints({ metric }: Extract<FamilyPart, { metric: unknown }>): Generator<Point> {
  for (const point of metric.dataPoints as readonly (DataPoint<PointValue> & { readonly exemplar?: Exemplar })[]) {
    const [seconds, nanoseconds] = point.startTime;
    const startMs = seconds * 1_000 + nanoseconds / 1e6;
    yield { attributes: point.attributes, value: point.value, startMs, exemplar: point.exemplar };
  }
}
