import { diag, type Meter, type MetricOptions, ValueType } from "@opentelemetry/api";
import type { InstrumentationScope } from "@opentelemetry/core";
import type { IMetricReader } from "@opentelemetry/sdk-metrics";
import { instrumentFace, type ProvidedInstrument } from "./instrument-face.ts";
import type { Stream, SynchronousType } from "./stream.ts";
import { type AskedInstrument, planStreams } from "./stream-plan.ts";
import type { StreamRegistry } from "./stream-registry.ts";
import type { ReadyView, ViewInstrumentType } from "./view.ts";

export interface MeterParts {
  readonly scope: InstrumentationScope;
  /** The SDK's meter of this scope, for observable instruments and for what only the SDK can sum up. */
  readonly sdk: Meter;
  readonly readers: readonly IMetricReader[];
  readonly views: readonly ReadyView[];
  readonly streams: StreamRegistry;
  readonly keepsExemplars: (instrumentName: string) => boolean;
}

/** A meter whose synchronous instruments record into our series. */
export function providedMeter(parts: MeterParts): Meter {
  const { sdk, scope } = parts;
  const known = new Map<string, Known[]>();
  return {
    createCounter: (name, options) =>
      synchronous("counter", { name, options, stock: (text) => sdk.createCounter(text, options) }),
    createUpDownCounter: (name, options) =>
      synchronous("up_down_counter", { name, options, stock: (text) => sdk.createUpDownCounter(text, options) }),
    createGauge: (name, options) =>
      synchronous("gauge", { name, options, stock: (text) => sdk.createGauge(text, options) }),
    createHistogram: (name, options) =>
      synchronous("histogram", { name, options, stock: (text) => sdk.createHistogram(text, options) }),
    createObservableCounter(name, options) {
      const entry = register(scope, known, { type: "observable_counter", name, options });
      return sdk.createObservableCounter(entry.name, options);
    },
    createObservableUpDownCounter(name, options) {
      const entry = register(scope, known, { type: "observable_up_down_counter", name, options });
      return sdk.createObservableUpDownCounter(entry.name, options);
    },
    createObservableGauge(name, options) {
      const entry = register(scope, known, { type: "observable_gauge", name, options });
      return sdk.createObservableGauge(entry.name, options);
    },
    addBatchObservableCallback: (callback, observables) => sdk.addBatchObservableCallback(callback, observables),
    removeBatchObservableCallback: (callback, observables) => sdk.removeBatchObservableCallback(callback, observables),
  };

  function synchronous<I>(
    type: SynchronousType,
    {
      name,
      options,
      stock,
    }: { readonly name: string; readonly options: MetricOptions | undefined; readonly stock: (name: string) => I },
  ): I {
    const entry = register(scope, known, { type, name, options });
    entry.instrument ??= ours(parts, { ...entry, type, scope }, entry) ?? stock(entry.name);
    return entry.instrument as I;
  }
}

/** What was asked for under one name, and what became of it. */
interface Known {
  readonly type: ViewInstrumentType;
  readonly name: string;
  readonly unit: string;
  readonly valueType: ValueType;
  readonly boundaries: readonly number[] | undefined;
  description: string;
  told: boolean;
  instrument: unknown;
  /** Those that carry the instrument's own description. */
  described: readonly Stream[];
}

/**
 * The specification's rules for duplicates: names are the same whatever their case, the same instrument again is the one
 * that is there, another one of the same name is told and kept beside it.
 */
function register(
  scope: InstrumentationScope,
  known: Map<string, Known[]>,
  {
    type,
    name: given,
    options = {},
  }: { readonly type: ViewInstrumentType; readonly name: string; readonly options: MetricOptions | undefined },
): Known {
  const { unit = "", valueType = ValueType.DOUBLE, description = "", advice } = options;
  const name = nameText(given);
  const key = name.toLowerCase();
  const same = known.get(key) ?? [];
  known.set(key, same);
  const before = same.find((one) => one.type === type && one.unit === unit && one.valueType === valueType);
  if (before !== undefined) {
    if (before.description !== description) redescribe(before, description, scope);
    return before;
  }
  if (same.length === 0) checkName(name, scope);
  else tellConflict(scope, same[0] as Known, { type, unit });
  const boundaries = advice?.explicitBucketBoundaries;
  const now: Known = {
    type,
    name,
    unit,
    valueType,
    boundaries,
    description,
    told: false,
    instrument: undefined,
    described: [],
  };
  same.push(now);
  return now;
}

/** JavaScript lets anything be a name; what is no text, a symbol for one, must not throw into the application. */
function nameText(name: unknown): string {
  try {
    return String(name);
  } catch {
    return "";
  }
}

/** Of two descriptions the longer one stays, as in the SDK. */
function redescribe(known: Known, description: string, scope: InstrumentationScope): void {
  if (!known.told) {
    diag.warn(
      `telltale: ${scope.name} creates ${known.name} twice, with different descriptions; the longer one is used. Create it once, or in the same words.`,
    );
  }
  known.told = true;
  if (description.length <= known.description.length) return;
  known.description = description;
  for (const stream of known.described) Object.assign(stream, { description });
}

function checkName(name: string, scope: InstrumentationScope): void {
  // OpenTelemetry API specification, "Instrument name syntax".
  if (/^[a-z][a-z0-9_.\-/]{0,254}$/i.test(name)) return;
  diag.warn(
    `telltale: ${scope.name} names an instrument "${name.slice(0, 300)}"; begin with a letter, then letters, digits and _ . - /, at most 255. It is kept.`,
  );
}

function tellConflict(scope: InstrumentationScope, before: Known, now: Pick<Known, "type" | "unit">): void {
  diag.warn(
    `telltale: ${scope.name} creates ${before.name} twice: as ${before.type} in "${before.unit}" and as ${now.type} in "${now.unit}"; both are reported, which most backends cannot tell apart. Rename one, by a view if need be.`,
  );
}

function ours(
  { readers, views, streams, keepsExemplars }: MeterParts,
  asked: Omit<AskedInstrument, "exemplars">,
  entry: Known,
): ProvidedInstrument | undefined {
  const { name, type, description, valueType } = asked;
  const exemplars = keepsExemplars(name);
  const planned = planStreams({ ...asked, exemplars }, { readers, views });
  if (planned === undefined) {
    diag.debug(
      `telltale: ${asked.scope.name} ${name} is left to the SDK, which alone sums it up as a view or a reader asks`,
    );
    return undefined;
  }
  const found = planned.map((one) => ({ ...one, stream: streams.stream(one) }));
  entry.described = found.filter(({ plan }) => plan.description === description).map(({ stream }) => stream);
  return instrumentFace(
    found.map(({ stream }) => stream),
    { name, type, whole: valueType === ValueType.INT, exemplars },
  );
}
