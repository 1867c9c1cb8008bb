/** Everything that a scheduler, a broker or a control plane tells of its cluster. */

import { anomaly } from "./anomalies.ts";
import { ClusterNode, type NodeOptions } from "./cluster-node.ts";
import { type ClusterOptions, type ClusterSettings, clusterSettings } from "./cluster-options.ts";
import { named } from "./named.ts";
import { liveClusters } from "./observe-clusters.ts";
import { Queue } from "./queue.ts";
import { Zone } from "./zone.ts";

export class Cluster implements Disposable {
  readonly settings: ClusterSettings;
  private readonly nodesById = new Map<string, ClusterNode>();
  private readonly zonesByName = new Map<string, Zone>();
  private readonly queuesByName = new Map<string, Queue>();

  /** Made by `createCluster()`. */
  constructor(options: ClusterOptions) {
    this.settings = clusterSettings(options);
    liveClusters.add(this);
  }

  /** The node of this name. What is given of it is told again at each call; its type stays. */
  node(id: string, options: NodeOptions = {}): ClusterNode {
    const found = this.nodesById.get(id);
    if (found !== undefined) {
      if (options.state !== undefined) found.becomes(options.state);
      if (options.limit !== undefined) found.limit(options.limit);
      if (options.usage !== undefined) found.usage(options.usage);
      return found;
    }
    if (this.nodesById.size >= this.settings.maxNodes) this.forgetOldest();
    const { now, heartbeatTimeoutMs } = this.settings;
    const left = ({ id: gone }: ClusterNode): void => void this.nodesById.delete(gone);
    const made = new ClusterNode({ now, heartbeatTimeoutMs, left }, id, options);
    this.nodesById.set(id, made);
    return made;
  }

  /** The zone of this name: round trips from it, and its bandwidth. */
  zone(name: string): Zone {
    return named(this.zonesByName, name, (called) => new Zone(called, this.settings.now));
  }

  /** The queue of this name. */
  queue(name: string): Queue {
    return named(this.queuesByName, name, (called) => new Queue(called, this.settings.now));
  }

  get nodes(): Iterable<ClusterNode> {
    return this.nodesById.values();
  }

  get zones(): Iterable<Zone> {
    return this.zonesByName.values();
  }

  get queues(): Iterable<Queue> {
    return this.queuesByName.values();
  }

  /** Takes what is as it is out of the metrics: counts stay. */
  [Symbol.dispose](): void {
    liveClusters.delete(this);
    if (own === this) own = undefined;
  }

  private forgetOldest(): void {
    const [oldest] = this.nodesById.keys();
    if (oldest === undefined) return;
    anomaly("forgotten", `there are more than ${this.settings.maxNodes} nodes`);
    this.nodesById.delete(oldest);
  }
}

let own: Cluster | undefined;

/**
 * What this process tells of its cluster. `cluster()` gives it back.
 * @throws TypeError with code TELLTALE_BAD_CLUSTER_OPTION
 */
export function createCluster(options: ClusterOptions = {}): Cluster {
  const made = new Cluster(options);
  own?.[Symbol.dispose]();
  own = made;
  return made;
}

/** The cluster as it was created last, by the instrumentation for one; else one with defaults. */
export function cluster(): Cluster {
  return own ?? createCluster();
}
