import { anomaly } from "./anomalies.ts";
import type { Lane, Queue } from "./queue.ts";

export type JobOutcome = "completed" | "failed" | "canceled" | "preempted";
export type JobState = "waiting" | "running" | JobOutcome;

/** One job, from its arrival in a queue to its end. */
export class Job {
  private readonly queue: Queue;
  private readonly lane: Lane;
  private current: JobState = "waiting";
  private waitsSinceMs = 0;

  /** Made by `queue.add()`. */
  constructor(queue: Queue, lane: Lane) {
    this.queue = queue;
    this.lane = lane;
    this.enqueue();
  }

  get state(): JobState {
    return this.current;
  }

  /** It has got what it waited for. */
  started(): void {
    if (this.current !== "waiting") {
      this.refuse("started");
      return;
    }
    this.lane.waiting--;
    this.current = "running";
    const ms = this.queue.now() - this.waitsSinceMs;
    if (ms >= 0) this.lane.wait.record(ms / 1_000);
    else anomaly("clock", "time ran backwards while a job waited");
  }

  completed(): void {
    this.end("completed");
  }

  failed(): void {
    this.end("failed");
  }

  /** Nobody wants it any more, whether it waits or runs. */
  canceled(): void {
    this.end("canceled");
  }

  /** What it ran on was taken from it. With `requeue` it waits again. */
  preempted({ requeue = false }: { readonly requeue?: boolean } = {}): void {
    if (this.end("preempted") && requeue) this.enqueue();
  }

  /** Starts it, does `work`, and says how it ended. The error of `work` is thrown on. */
  async run<T>(work: () => T | PromiseLike<T>): Promise<T> {
    this.started();
    try {
      const result = await work();
      // It may have been canceled or preempted in the meantime.
      if (this.current === "running") this.completed();
      return result;
    } catch (error) {
      if (this.current === "running") this.failed();
      throw error;
    }
  }

  private enqueue(): void {
    this.current = "waiting";
    this.waitsSinceMs = this.queue.now();
    this.lane.waiting++;
  }

  private end(outcome: JobOutcome): boolean {
    if (this.current !== "running" && this.current !== "waiting") {
      this.refuse(outcome);
      return false;
    }
    if (this.current === "waiting") this.lane.waiting--;
    this.current = outcome;
    this.queue.ended(outcome);
    return true;
  }

  private refuse(event: string): void {
    anomaly("closed_job", `a job that is ${this.current} was ${event}`);
  }
}
