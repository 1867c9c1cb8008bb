/** Time that passes when a test says so. */
import { EventEmitter, once } from "node:events";
import type { Clock } from "@telltale/alerting";

/** Something happens at every change: at a timer that is set, and at what a test tells by `emit("change")`. */
export class ManualClock extends EventEmitter implements Clock {
  #nowMs: number;
  readonly #timers = new Map<symbol, { readonly timeMs: number; readonly call: () => void }>();

  constructor(nowMs: number = Date.UTC(2024, 0, 1)) {
    super();
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  at(timeMs: number, call: () => void): Disposable {
    const timer = Symbol();
    this.#timers.set(timer, { timeMs, call });
    this.emit("change");
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) };
  }

  pass(durationMs: number): void {
    this.#nowMs += durationMs;
    for (const [timer, { timeMs, call }] of [...this.#timers]) {
      if (timeMs <= this.#nowMs && this.#timers.delete(timer)) call();
    }
  }

  /** Whether something is to happen in so many milliseconds. */
  waits(durationMs: number): boolean {
    return [...this.#timers.values()].some(({ timeMs }) => timeMs === this.#nowMs + durationMs);
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await once(this, "change");
  }
}
