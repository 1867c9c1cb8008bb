/**
 * Views, in the words of OpenTelemetry's declarative configuration (`meter_provider.views`): a selector of instruments and
 * the stream that readers see of each.
 */

export type ViewInstrumentType =
  | "counter"
  | "gauge"
  | "histogram"
  | "observable_counter"
  | "observable_gauge"
  | "observable_up_down_counter"
  | "up_down_counter";

/** Which instruments a view is for; all that is given has to fit. */
export interface ViewSelector {
  /** `*` stands for any characters, `?` for one. */
  readonly instrumentName?: string;
  readonly instrumentType?: ViewInstrumentType;
  readonly unit?: string;
  /** Of the instrumentation scope, as a whole. */
  readonly meterName?: string;
  readonly meterVersion?: string;
  readonly meterSchemaUrl?: string;
}

/** How values are summed up; one of the keys. */
export interface ViewAggregation {
  /** As if no view had chosen one. */
  readonly default?: object;
  /** The instrument is not recorded at all. */
  readonly drop?: object;
  readonly sum?: object;
  readonly lastValue?: object;
  readonly explicitBucketHistogram?: { readonly boundaries?: readonly number[]; readonly recordMinMax?: boolean };
  readonly base2ExponentialBucketHistogram?: {
    readonly maxScale?: number;
    readonly maxSize?: number;
    readonly recordMinMax?: boolean;
  };
}

/** What readers see in place of the instrument. What is not given stays as it is. */
export interface ViewStream {
  readonly name?: string;
  readonly description?: string;
  readonly aggregation?: ViewAggregation;
  /** How many series are kept, the overflow series included. */
  readonly aggregationCardinalityLimit?: number;
  /** Attribute keys, with `*` and `?`; `excluded` is taken from `included`. Series that become the same are one. */
  readonly attributeKeys?: { readonly included?: readonly string[]; readonly excluded?: readonly string[] };
}

export interface View {
  readonly selector: ViewSelector;
  readonly stream: ViewStream;
}

/** An instrument as selectors see it. */
export interface Selectable {
  readonly name: string;
  readonly type: ViewInstrumentType;
  readonly unit: string;
  readonly scope: {
    readonly name: string;
    readonly version?: string | undefined;
    readonly schemaUrl?: string | undefined;
  };
}

/** A view that was checked. */
export interface ReadyView {
  readonly view: View;
  selects(instrument: Selectable): boolean;
  /** Undefined: all keys are kept. */
  readonly keepKey: ((key: string) => boolean) | undefined;
}

/**
 * Checks views and makes them ready to be asked.
 * @throws TypeError with code TELLTALE_BAD_VIEW
 */
export function readyViews(views: readonly View[]): ReadyView[] {
  return views.map((view, i) => {
    checkView(view, `views[${i}]`);
    const { instrumentName = "*", instrumentType, unit, meterName, meterVersion, meterSchemaUrl } = view.selector;
    const fitsName = wildcard(instrumentName);
    return {
      view,
      keepKey: keyFilter(view.stream.attributeKeys),
      selects: ({ name, type, unit: actual, scope }) =>
        (instrumentType === undefined || instrumentType === type) &&
        (unit === undefined || unit === actual) &&
        fits(meterName, scope.name) &&
        fits(meterVersion, scope.version) &&
        fits(meterSchemaUrl, scope.schemaUrl) &&
        fitsName(name),
    };
  });
}

/**
 * Refuses views that cannot be.
 * @throws TypeError with code TELLTALE_BAD_VIEW
 */
export function checkViews(views: readonly View[]): void {
  readyViews(views);
}

/** A test against a pattern in which `*` stands for any characters and `?` for one. */
export function wildcard(pattern: string): (text: string) => boolean {
  if (pattern === "*") return () => true;
  if (!/[*?]/.test(pattern)) return (text) => text === pattern;
  const escaped = pattern.replace(/[\\^$.+()[\]{}|]/g, "\\$&");
  const expression = new RegExp(`^${escaped.replace(/\*+/g, ".*").replace(/\?/g, ".")}$`, "su");
  return (text) => expression.test(text);
}

const AGGREGATIONS = [
  "default",
  "drop",
  "sum",
  "lastValue",
  "explicitBucketHistogram",
  "base2ExponentialBucketHistogram",
] as const satisfies readonly (keyof ViewAggregation)[];

/** Which of the aggregations a view chose. */
export function aggregationOf({ stream }: View): keyof ViewAggregation {
  return AGGREGATIONS.find((name) => stream.aggregation?.[name] !== undefined) ?? "default";
}

function fits(wanted: string | undefined, actual: string | undefined): boolean {
  return wanted === undefined || wanted === (actual ?? "");
}

function keyFilter(keys: ViewStream["attributeKeys"]): ((key: string) => boolean) | undefined {
  if (keys?.included === undefined && keys?.excluded === undefined) return undefined;
  const included = keys.included?.map(wildcard);
  const excluded = keys.excluded?.map(wildcard);
  return (key) => (included?.some((fitsKey) => fitsKey(key)) ?? true) && !excluded?.some((fitsKey) => fitsKey(key));
}

function checkView({ selector, stream }: View, place: string): void {
  if (typeof selector !== "object" || selector === null || Object.values(selector).every((v) => v === undefined)) {
    throw badView(`${place}.selector selects nothing; give at least one criterion, such as instrumentName: "*"`);
  }
  if (typeof stream !== "object" || stream === null) {
    throw badView(`${place}.stream is ${String(stream)}; give what is to be changed, such as { name: "…" }`);
  }
  if (stream.name !== undefined && /^$|[*?]/.test(selector.instrumentName ?? "")) {
    throw badView(
      `${place} gives the name "${stream.name}" to every instrument that ${selector.instrumentName ?? "its selector"} selects; give the selector the whole name of one instrument`,
    );
  }
  const limit = stream.aggregationCardinalityLimit;
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
    throw badView(`${place}.stream.aggregationCardinalityLimit is ${String(limit)}; give a whole number above 0`);
  }
  const chosen = Object.entries(stream.aggregation ?? {}).filter(([, value]) => value !== undefined);
  const names: readonly string[] = AGGREGATIONS;
  if (chosen.length > 1 || chosen.some(([name]) => !names.includes(name))) {
    throw badView(
      `${place}.stream.aggregation has ${chosen.map(([name]) => `"${name}"`).join(", ")}; give one of ${AGGREGATIONS.join(", ")}`,
    );
  }
  const boundaries = stream.aggregation?.explicitBucketHistogram?.boundaries;
  if (boundaries?.some((b, i) => !Number.isFinite(b) || (i > 0 && b <= (boundaries[i - 1] as number)))) {
    throw badView(
      `${place}.stream.aggregation.explicitBucketHistogram.boundaries are [${boundaries.join(", ")}]; give ascending finite numbers`,
    );
  }
}

function badView(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: "TELLTALE_BAD_VIEW" });
}
