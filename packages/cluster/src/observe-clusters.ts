/** What is asked for at each collection: nodes, queues and shares as they are. */
import { observedGauge, observedUpDownCounter } from "@telltale/metrics";
import { catalogue } from "./catalogue.ts";
import type { Cluster } from "./cluster.ts";
import type { NodeState, Resource } from "./cluster-node.ts";
import { clusterScope as scope } from "./cluster-scope.ts";

export const liveClusters: Set<Cluster> = new Set();

observedUpDownCounter({ ...catalogue.nodes, scope }, (observe) => {
  for (const [type, counts] of countsByType()) {
    for (const [state, count] of Object.entries(counts) as [NodeState, number][]) {
      observe(count, { "cluster.node.type": type, "cluster.node.state": state });
    }
  }
});

observedGauge({ ...catalogue.bandwidthUtilization, scope }, (observe) => {
  for (const { zones, settings } of liveClusters) {
    const freshFromMs = settings.now() - settings.staleAfterMs;
    for (const { name, utilizations } of zones) {
      for (const [direction, { share, atMs }] of utilizations) {
        if (atMs >= freshFromMs) observe(share, { "cluster.zone": name, "network.io.direction": direction });
      }
    }
  }
});

observedUpDownCounter({ ...catalogue.queueDepth, scope }, (observe) => {
  for (const { queues } of liveClusters) {
    for (const { name, lanes } of queues) {
      for (const { priority, waiting, told } of lanes) {
        observe(told ?? waiting, { "cluster.queue": name, "cluster.priority": priority });
      }
    }
  }
});

observedGauge({ ...catalogue.resourceUsage, scope }, (observe) => {
  for (const { type, resource, amount } of amounts("usage")) {
    observe(amount, { "cluster.node.type": type, "cluster.resource": resource });
  }
});

observedGauge({ ...catalogue.resourceLimit, scope }, (observe) => {
  for (const { type, resource, amount } of amounts("limit")) {
    observe(amount, { "cluster.node.type": type, "cluster.resource": resource });
  }
});

/** A type that has nodes has all its states: a rule on `not_ready` needs its zero. */
function countsByType(): Map<string, Record<NodeState, number>> {
  const types = new Map<string, Record<NodeState, number>>();
  for (const { nodes } of liveClusters) {
    for (const { type, state } of nodes) {
      let counts = types.get(type);
      if (counts === undefined) {
        counts = { ready: 0, not_ready: 0, draining: 0 };
        types.set(type, counts);
      }
      counts[state]++;
    }
  }
  return types;
}

/** Of all nodes of each type together. */
function* amounts(
  of: "usage" | "limit",
): Iterable<{ readonly type: string; readonly resource: Resource; readonly amount: number }> {
  const types = new Map<string, Map<Resource, number>>();
  for (const { nodes } of liveClusters) {
    for (const { type, allocation } of nodes) {
      if (allocation[of].size === 0) continue;
      const sums = types.get(type) ?? new Map<Resource, number>();
      types.set(type, sums);
      for (const [resource, amount] of allocation[of]) sums.set(resource, (sums.get(resource) ?? 0) + amount);
    }
  }
  for (const [type, sums] of types) for (const [resource, amount] of sums) yield { type, resource, amount };
}
