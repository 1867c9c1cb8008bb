import { type Attributes, diag } from "@opentelemetry/api";
import type { ScopeMetrics } from "@opentelemetry/sdk-metrics";
import type { Instrument } from "../instrument.ts";
import { instruments } from "../instrument-registry.ts";
import type { InstrumentSource, SeriesReader } from "../metric-producer.ts";
import { declareSelfMetrics } from "../self-metrics.ts";
import type { PageReader } from "./reader.ts";

/** What a page is written from. */
export interface PageContents {
  readonly resource: Attributes;
  /** Metrics of the SDK. */
  readonly scopes: readonly ScopeMetrics[];
  /** Instruments of this package. */
  readonly instruments: readonly Instrument[];
  /** Whether this is all there is: no MeterProvider, process or thread was asked for more. */
  readonly alone?: boolean;
}

/** Where the contents of pages come from: what there is when it is asked. */
export type PageSource = () => Promise<PageContents>;

/** What a source asks of its reader. */
export type CollectedReader = Pick<PageReader, "bound" | "collect">;

/** How long the callbacks of the SDK's observable instruments may take. */
const COLLECT_TIMEOUT_MS = 5_000;

/** The metrics of this thread: the MeterProvider's, and our own instruments. */
export function localSource(reader: CollectedReader): PageSource {
  declareSelfMetrics();
  const sources: InstrumentSource[] = [{ instruments, reads: () => true }];
  // A MeterProvider of ours hands its series over as they are, for text that is kept between scrapes.
  Object.assign(reader, { addSource: (source: InstrumentSource) => sources.push(source) } satisfies SeriesReader);
  return async () => {
    const { resource, scopeMetrics } = await collected(reader);
    const own = sources.flatMap((source) => [...source.instruments()]);
    return { resource: knownAttributes(resource), scopes: scopeMetrics, instruments: own, alone: !reader.bound };
  };
}

/** Those that are known by now; reading `resource.attributes` while a detector is at work is told as an error. */
function knownAttributes(resource: ResourceMetrics["resource"]): Attributes {
  if (resource.asyncAttributesPending !== true) return resource.attributes;
  const known = resource.getRawAttributes().filter(([, value]) => value != null && !(value instanceof Promise));
  // The first of a name counts.
  return Object.fromEntries(known.toReversed()) as Attributes;
}

type ResourceMetrics = Awaited<ReturnType<PageReader["collect"]>>["resourceMetrics"];

/** What the MeterProvider has. Nothing, when there is none or it is shut down: our own instruments are served all the same. */
async function collected(reader: CollectedReader): Promise<ResourceMetrics> {
  if (!reader.bound) return NOTHING;
  try {
    const { resourceMetrics, errors } = await reader.collect({ timeoutMillis: COLLECT_TIMEOUT_MS });
    if (errors.length > 0) diag.error("telltale: some callbacks failed at a scrape", ...errors);
    return resourceMetrics;
  } catch (error) {
    diag.debug("telltale: no metrics from the SDK", error);
    return NOTHING;
  }
}

const NOTHING: ResourceMetrics = { resource: { attributes: {} } as ResourceMetrics["resource"], scopeMetrics: [] };
