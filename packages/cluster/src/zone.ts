import { type BoundHistogram, histogram } from "@telltale/metrics";
import { anomaly } from "./anomalies.ts";
import { catalogue } from "./catalogue.ts";
import { clusterScope } from "./cluster-scope.ts";
import { nonNegative } from "./non-negative.ts";

export type IoDirection = "transmit" | "receive";

/** What is used and what is available, in the same unit, such as bytes per second. */
export interface Bandwidth {
  readonly used: number | bigint;
  readonly available: number | bigint;
}

/** A share, and when it was told. */
export interface Utilization {
  readonly share: number;
  readonly atMs: number;
}

const latency = histogram({ ...catalogue.nodeLatency, scope: clusterScope });

/** Zones beyond these are `other` in the metrics and need no binding of their own. */
const MAX_BOUND = 50;

export class Zone {
  readonly name: string;
  readonly utilizations = new Map<IoDirection, Utilization>();
  private readonly now: () => number;
  private readonly latencies = new Map<string, BoundHistogram>();

  /** Made by `cluster.zone()`. */
  constructor(name: string, now: () => number) {
    this.name = name;
    this.now = now;
  }

  /** A round trip from a node of this zone to one of another, or of the same, in milliseconds. */
  roundTrip(target: string, ms: number): void {
    const number = nonNegative(ms);
    if (number === undefined) anomaly("bad_value", `a round trip took ${String(ms)} ms`);
    else this.latencyTo(target).record(number / 1_000);
  }

  /** How much of the bandwidth of this zone is used. */
  bandwidth(direction: IoDirection, { used, available }: Bandwidth): void {
    const [part, whole] = [nonNegative(used), nonNegative(available)];
    const isKnown = direction === "transmit" || direction === "receive";
    if (!isKnown || part === undefined || whole === undefined || whole === 0) {
      anomaly("bad_value", `the bandwidth is ${String(used)} of ${String(available)}, ${String(direction)}`);
    } else this.utilizations.set(direction, { share: part / whole, atMs: this.now() });
  }

  private latencyTo(target: string): BoundHistogram {
    const found = this.latencies.get(target);
    if (found !== undefined) return found;
    const made = latency.bind({ "cluster.source.zone": this.name, "cluster.target.zone": String(target) });
    if (this.latencies.size < MAX_BOUND) this.latencies.set(target, made);
    return made;
  }
}
