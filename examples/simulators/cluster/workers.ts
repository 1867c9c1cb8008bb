/** Nodes that work off a queue: jobs come at random, wait for a free slot, run, and sometimes fail. */
import type { Cluster, ClusterNode, Job } from "@telltale/cluster";
import type { SeededRandom } from "../seeded-random.ts";
import type { SimulatedClock } from "../simulated-clock.ts";

/** How the cluster behaves at this moment. */
export interface WorkersMood {
  /** Jobs in a second, where the nodes can do one and a half. */
  readonly arrivals: number;
  /** How many nodes have no heartbeat. */
  readonly silentNodes: number;
}

export interface WorkersWorld {
  readonly clock: SimulatedClock;
  readonly random: SeededRandom;
  readonly cluster: Cluster;
}

/** What the cluster did, to compare the metrics with. */
export interface WorkersCounts {
  added: number;
  completed: number;
  failed: number;
  preempted: number;
}

interface Slot {
  readonly node: ClusterNode;
  job: Job | undefined;
}

const ZONES = ["eu-1", "eu-2", "us-1"];
const NODES = 10;
const SLOTS = 3;
const JOB_MS = 20_000;

export class Workers {
  readonly counts: WorkersCounts = { added: 0, completed: 0, failed: 0, preempted: 0 };
  private readonly world: WorkersWorld;
  private readonly mood: () => WorkersMood;
  private readonly nodes: ClusterNode[];
  private readonly slots: Slot[];
  private readonly waiting: Job[] = [];

  constructor(world: WorkersWorld, mood: () => WorkersMood) {
    this.world = world;
    this.mood = mood;
    const { clock, random, cluster } = world;
    this.nodes = Array.from({ length: NODES }, (_, i) => {
      const type = i < 8 ? "cpu" : "gpu";
      const limit = { cpu: 32, memory: 128e9, ...(type === "gpu" && { gpu: 8 }) };
      return cluster.node(`node-${i}`, { type, limit });
    });
    this.slots = this.nodes.flatMap((node) => Array.from({ length: SLOTS }, () => ({ node, job: undefined })));
    clock.every(
      () => 10_000,
      () => this.beat(),
    );
    clock.every(
      () => random.exponential(1_000 / this.mood().arrivals),
      () => this.arrive(),
    );
    this.beat();
  }

  get depth(): number {
    return this.waiting.length;
  }

  private beat(): void {
    const { random, cluster } = this.world;
    for (const node of this.nodes.slice(this.mood().silentNodes)) node.heartbeat();
    for (const node of this.nodes) {
      const busy = this.slots.filter((slot) => slot.node === node && slot.job !== undefined).length;
      node.usage({ cpu: busy * 8, memory: busy * 30e9 });
    }
    for (const source of ZONES) {
      for (const target of ZONES) {
        const ms = source === target ? 0.4 : source.slice(0, 2) === target.slice(0, 2) ? 2 : 85;
        cluster.zone(source).roundTrip(target, ms * random.between(0.9, 1.3));
      }
      const used = random.between(1e9, 3e9);
      cluster.zone(source).bandwidth("transmit", { used, available: 10e9 });
      cluster.zone(source).bandwidth("receive", { used: used * 0.8, available: 10e9 });
    }
  }

  private arrive(): void {
    this.counts.added++;
    this.waiting.push(this.world.cluster.queue("render").add({ priority: "normal" }));
    this.dispatch();
  }

  private dispatch(): void {
    for (const slot of this.slots) {
      if (slot.job !== undefined || slot.node.state !== "ready") continue;
      const job = this.waiting.shift();
      if (job === undefined) return;
      this.run(slot, job);
    }
  }

  private run(slot: Slot, job: Job): void {
    const { clock, random } = this.world;
    slot.job = job;
    job.started();
    clock.after(JOB_MS * random.between(0.5, 1.5), () => {
      slot.job = undefined;
      if (slot.node.state === "not_ready") {
        this.counts.preempted++;
        job.preempted({ requeue: true });
        this.waiting.unshift(job);
      } else if (random.chance(0.01)) {
        this.counts.failed++;
        job.failed();
      } else {
        this.counts.completed++;
        job.completed();
      }
      this.dispatch();
    });
  }
}
