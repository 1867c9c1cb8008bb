/** Time that a simulation moves itself: work is done in the order of its times, and nothing waits in between. */
import { setTimeout as sleep } from "node:timers/promises";

export interface RunOptions {
  /** Simulated milliseconds from now. */
  readonly durationMs: number;
  /** Simulated seconds in a second. @default Infinity, as fast as it can */
  readonly speed?: number;
  readonly signal?: AbortSignal;
  /** @default 15000 */
  readonly tickMs?: number;
  /** Called each `tickMs` of simulated time, and awaited: the moment to collect. */
  readonly onTick?: (simulatedMs: number) => void | Promise<void>;
}

interface Planned {
  readonly atMs: number;
  readonly order: number;
  readonly work: () => void;
}

/** 2026-01-05, a Monday, 00:00 UTC. */
const START_EPOCH_MS = Date.UTC(2026, 0, 5);

export class SimulatedClock {
  private ms = 0;
  private planned = 0;
  /** A binary heap: the next one is first. */
  private readonly heap: Planned[] = [];

  /** Monotonic simulated milliseconds, for the `now` of the packages. */
  readonly now = (): number => this.ms;

  /** Simulated milliseconds since 1970, for their `wallClock`. */
  readonly wallClock = (): number => START_EPOCH_MS + this.ms;

  /** Does `work` after so many simulated milliseconds. */
  after(delayMs: number, work: () => void): void {
    this.planned++;
    push(this.heap, { atMs: this.ms + Math.max(0, delayMs), order: this.planned, work });
  }

  /** Does `work` again and again; `gapMs` is asked for each time, so it may be random. */
  every(gapMs: () => number, work: () => void): void {
    this.after(gapMs(), () => {
      work();
      this.every(gapMs, work);
    });
  }

  /** Moves time on. What is planned beyond the end stays planned. */
  async run({ durationMs, speed = Infinity, signal, tickMs = 15_000, onTick }: RunOptions): Promise<void> {
    const startMs = this.ms;
    const startedAt = performance.now();
    const endMs = startMs + durationMs;
    for (let tickAt = startMs + tickMs; tickAt <= endMs && signal?.aborted !== true; tickAt += tickMs) {
      this.advanceTo(tickAt);
      const aheadMs = (tickAt - startMs) / speed - (performance.now() - startedAt);
      if (aheadMs > 0) await sleep(aheadMs, undefined, signal === undefined ? {} : { signal }).catch(() => {});
      await onTick?.(tickAt);
    }
    if (signal?.aborted !== true) this.advanceTo(endMs);
  }

  private advanceTo(ms: number): void {
    for (let next = this.heap[0]; next !== undefined && next.atMs <= ms; next = this.heap[0]) {
      pop(this.heap);
      this.ms = next.atMs;
      next.work();
    }
    this.ms = ms;
  }
}

function isBefore(a: Planned, b: Planned): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

function push(heap: Planned[], planned: Planned): void {
  let at = heap.push(planned) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(planned, heap[parent]!)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = planned;
}

function pop(heap: Planned[]): void {
  const last = heap.pop()!;
  if (heap.length === 0) return;
  let at = 0;
  for (let child = 1; child < heap.length; child = 2 * at + 1) {
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
    if (!isBefore(heap[child]!, last)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
}
