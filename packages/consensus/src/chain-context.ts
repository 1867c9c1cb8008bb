/** What the heights and rounds of a chain share: its settings, its instruments, and the guard in front of them. */
import { diag, ROOT_CONTEXT, type Span, type Tracer, type TracerProvider, trace } from "@opentelemetry/api";
import type { ChainSettings } from "./chain-options.ts";
import { type ChainSeries, type ConsensusAnomaly, chainSeries } from "./chain-series.ts";
import { consensusScope } from "./consensus-scope.ts";
import { LiveGauges } from "./live-gauges.ts";

export class ChainContext {
  readonly settings: ChainSettings;
  readonly series: ChainSeries;
  readonly gauges: LiveGauges;
  private tracer: Tracer | undefined;
  private readonly told = new Set<string>();

  constructor(settings: ChainSettings) {
    this.settings = settings;
    this.series = chainSeries(settings.chain);
    this.gauges = new LiveGauges(settings.chain, settings.now);
  }

  now(): number {
    return this.settings.now();
  }

  startSpan(name: string, attributes: Readonly<Record<string, string | number>>, parent?: Span): Span {
    this.tracer ??= (this.settings.tracerProvider ?? trace).getTracer(consensusScope.name, consensusScope.version);
    const all = { "consensus.chain": this.settings.chain, ...attributes };
    if (parent === undefined) return this.tracer.startSpan(name, { attributes: all, root: true });
    return this.tracer.startSpan(name, { attributes: all }, trace.setSpan(ROOT_CONTEXT, parent));
  }

  traceWith(tracerProvider: TracerProvider): void {
    this.tracer = tracerProvider.getTracer(consensusScope.name, consensusScope.version);
  }

  anomaly(anomaly: ConsensusAnomaly, what: string): void {
    this.series.anomalies(anomaly).add(1);
    if (this.told.has(anomaly)) return;
    this.told.add(anomaly);
    diag.warn(
      `telltale: consensus of ${this.settings.chain}: ${what} (${anomaly}); not recorded. Further ones are counted in consensus.anomalies.`,
    );
  }

  /** The number, if it is one that is not negative. A bigint is one while numbers can hold it. */
  number(value: unknown, name: string): number | undefined {
    const number = typeof value === "bigint" && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
    if (typeof number === "number" && number >= 0 && number < Number.POSITIVE_INFINITY) return number;
    this.anomaly("bad_value", `${name} is ${typeof value === "number" ? value : `of type ${typeof value}`}`);
    return undefined;
  }

  /** Seconds since a moment of the same clock. */
  secondsSince(startMs: number, nowMs: number): number | undefined {
    if (nowMs >= startMs) return (nowMs - startMs) / 1_000;
    this.anomaly("clock", "time ran backwards");
    return undefined;
  }
}
