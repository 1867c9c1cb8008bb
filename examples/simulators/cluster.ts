/**
 * Ten nodes that work off a queue, and forty agents:
 * npm run example cluster -- --help
 */
import { createCluster } from "@telltale/cluster";
import { createAgents } from "@telltale/cluster/agents";
import { Colony, type ColonyCounts } from "./cluster/colony.ts";
import { Workers, type WorkersCounts } from "./cluster/workers.ts";
import { runDirectly } from "./run-simulator.ts";
import { type FaultDescription, type SimulateOptions, simulation } from "./simulation.ts";

const MINUTE_MS = 60_000;

export const faults = {
  "growing-queue": {
    description: "Twice as many jobs come as the nodes can do.",
    alerts: ["JobQueueGrowing"],
    dueMs: 48 * MINUTE_MS,
  },
  "silent-nodes": {
    description: "Two of the ten nodes have no heartbeat any more; the others do their work.",
    alerts: ["NodesNotReady"],
    dueMs: 8 * MINUTE_MS,
  },
  "crash-loop": {
    description: "The agents crash again and again.",
    alerts: ["AgentCrashLoop"],
    dueMs: 5 * MINUTE_MS,
  },
  "failed-goals": {
    description: "Four goals of five fail.",
    alerts: ["GoalCompletionLow"],
    dueMs: 32 * MINUTE_MS,
  },
} as const satisfies Readonly<Record<string, FaultDescription>>;

export type ClusterFault = keyof typeof faults;

export interface ClusterSummary extends WorkersCounts, ColonyCounts {
  readonly simulatedMs: number;
  /** Jobs that wait at the end. */
  readonly depth: number;
}

export async function simulate(options: SimulateOptions<ClusterFault> = {}): Promise<ClusterSummary> {
  const { clock, random, has, run } = simulation(options, faults);
  const cluster = createCluster({ now: clock.now });
  const agents = createAgents({ now: clock.now });

  const workers = new Workers({ clock, random, cluster }, () => ({
    arrivals: has("growing-queue") ? 3 : 0.6,
    silentNodes: has("silent-nodes") ? 2 : 0,
  }));
  const colony = new Colony({ clock, random, agents }, () => ({
    crashChance: has("crash-loop") ? 0.002 : 0,
    goalFailures: has("failed-goals") ? 0.8 : 0.05,
  }));

  await run();
  for (const one of [cluster, agents]) one[Symbol.dispose]();
  return { ...workers.counts, ...colony.counts, depth: workers.depth, simulatedMs: clock.now() };
}

runDirectly(import.meta.url, {
  name: "cluster",
  description: "Ten nodes that work off a queue, and forty agents.",
  faults,
  simulate,
});
