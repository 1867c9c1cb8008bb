import { anomaly } from "./anomalies.ts";
import { nonNegative } from "./non-negative.ts";

export type NodeState = "ready" | "not_ready" | "draining";
export type Resource = "cpu" | "memory" | "gpu" | "disk";

/** `cpu` in cores, `memory` and `disk` in bytes, `gpu` in devices. */
export type Resources = Readonly<Partial<Record<Resource, number | bigint>>>;

export interface NodeOptions {
  /** What kind of node it is, such as `gpu`; never its name. @default "default" */
  readonly type?: string;
  /** @default "ready" */
  readonly state?: NodeState;
  /** What can be allocated on it. */
  readonly limit?: Resources;
  /** What is allocated. */
  readonly usage?: Resources;
}

/** What a node tells the cluster that it is part of. */
export interface NodeHost {
  readonly now: () => number;
  readonly heartbeatTimeoutMs: number;
  left(node: ClusterNode): void;
}

const resources: readonly Resource[] = ["cpu", "memory", "gpu", "disk"];
const states: readonly NodeState[] = ["ready", "not_ready", "draining"];

/** One node. Its name is in no metric. */
export class ClusterNode {
  readonly id: string;
  readonly type: string;
  private readonly host: NodeHost;
  private told: NodeState = "ready";
  private seenAtMs: number | undefined;
  private isGone = false;
  private readonly used = new Map<Resource, number>();
  private readonly limits = new Map<Resource, number>();

  /** Made by `cluster.node()`. */
  constructor(host: NodeHost, id: string, { type = "default", state = "ready", limit, usage }: NodeOptions) {
    this.host = host;
    this.id = id;
    this.type = String(type);
    this.becomes(state);
    if (limit !== undefined) this.limit(limit);
    if (usage !== undefined) this.usage(usage);
  }

  /** What it said last, or `not_ready` when its heartbeat has stayed away for too long. */
  get state(): NodeState {
    const { seenAtMs, host } = this;
    if (seenAtMs !== undefined && host.now() - seenAtMs > host.heartbeatTimeoutMs) return "not_ready";
    return this.told;
  }

  becomes(state: NodeState): void {
    if (this.isLate()) return;
    if (states.includes(state)) this.told = state;
    else anomaly("bad_value", `a node became ${String(state)}; there are ${states.join(", ")}`);
  }

  ready(): void {
    this.becomes("ready");
  }

  notReady(): void {
    this.becomes("not_ready");
  }

  draining(): void {
    this.becomes("draining");
  }

  /** It is alive. From the first one on it has to come again and again. */
  heartbeat(): void {
    if (!this.isLate()) this.seenAtMs = this.host.now();
  }

  /** What is allocated on it; what is left out is as before. */
  usage(usage: Resources): void {
    this.set(this.used, usage, "usage");
  }

  /** What can be allocated on it; what is left out is as before. */
  limit(limit: Resources): void {
    this.set(this.limits, limit, "limit");
  }

  /** It is no part of the cluster any more. */
  left(): void {
    if (this.isLate()) return;
    this.isGone = true;
    this.host.left(this);
  }

  /** What is allocated on it, and what can be. */
  get allocation(): { readonly usage: ReadonlyMap<Resource, number>; readonly limit: ReadonlyMap<Resource, number> } {
    return { usage: this.used, limit: this.limits };
  }

  private set(into: Map<Resource, number>, given: Resources, what: string): void {
    if (this.isLate()) return;
    for (const resource of resources) {
      const value = given[resource];
      if (value === undefined) continue;
      const number = nonNegative(value);
      if (number === undefined) anomaly("bad_value", `the ${what} of ${resource} is ${String(value)}`);
      else into.set(resource, number);
    }
  }

  private isLate(): boolean {
    if (this.isGone) anomaly("left_node", "a node told something after it had left");
    return this.isGone;
  }
}
