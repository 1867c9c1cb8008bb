import { type BoundCounter, type BoundHistogram, counter, histogram } from "@telltale/metrics";
import { anomaly } from "./anomalies.ts";
import { catalogue } from "./catalogue.ts";
import { clusterScope } from "./cluster-scope.ts";
import { Job, type JobOutcome } from "./job.ts";
import { nonNegative } from "./non-negative.ts";

const waits = histogram({ ...catalogue.queueWaitDuration, scope: clusterScope });
const jobs = counter({ ...catalogue.jobs, scope: clusterScope });

export interface JobOptions {
  /** @default "normal" */
  readonly priority?: string;
}

/** Jobs of one priority. */
export interface Lane {
  readonly priority: string;
  readonly wait: BoundHistogram;
  /** Of the jobs that were added here. */
  waiting: number;
  /** As it is known from elsewhere. */
  told: number | undefined;
}

/** Priorities beyond these are `other`. */
const MAX_LANES = 50;

export class Queue {
  readonly name: string;
  readonly now: () => number;
  private readonly ofPriority = new Map<string, Lane>();
  private readonly ends: Readonly<Record<JobOutcome, BoundCounter>>;

  /** Made by `cluster.queue()`. */
  constructor(name: string, now: () => number) {
    this.name = name;
    this.now = now;
    const bind = (outcome: JobOutcome): BoundCounter =>
      jobs.bind({ "cluster.queue": name, "cluster.outcome": outcome });
    this.ends = {
      completed: bind("completed"),
      failed: bind("failed"),
      canceled: bind("canceled"),
      preempted: bind("preempted"),
    };
  }

  /** A job comes into the queue, and waits until it is started. */
  add({ priority = "normal" }: JobOptions = {}): Job {
    return new Job(this, this.lane(priority));
  }

  /** How many jobs wait, where the queue is another program's: instead of those that were added here. */
  depth(waiting: number | bigint, { priority = "normal" }: JobOptions = {}): void {
    const number = nonNegative(waiting);
    if (number === undefined) anomaly("bad_value", `the depth of queue ${this.name} is ${String(waiting)}`);
    else this.lane(priority).told = number;
  }

  /** A job of this priority waited for so long, where the queue is another program's. */
  waited(ms: number, { priority = "normal" }: JobOptions = {}): void {
    const number = nonNegative(ms);
    if (number === undefined) anomaly("bad_value", `a job waited for ${String(ms)} ms`);
    else this.lane(priority).wait.record(number / 1_000);
  }

  /** A job ended; `job.completed()` and the others say so for those that were added here. */
  ended(outcome: JobOutcome): void {
    const bound = this.ends[outcome];
    if (bound === undefined) anomaly("bad_value", `a job ended as ${String(outcome)}`);
    else bound.add(1);
  }

  /** The jobs by priority. */
  get lanes(): Iterable<Lane> {
    return this.ofPriority.values();
  }

  private lane(priority: string): Lane {
    const found = this.ofPriority.get(priority);
    if (found !== undefined) return found;
    if (this.ofPriority.size >= MAX_LANES && priority !== "other") return this.lane("other");
    const wait = waits.bind({ "cluster.queue": this.name, "cluster.priority": String(priority) });
    const made: Lane = { priority: String(priority), wait, waiting: 0, told: undefined };
    this.ofPriority.set(priority, made);
    return made;
  }
}
