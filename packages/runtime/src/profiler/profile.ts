import { performance } from "node:perf_hooks";
import { type BoundHistogram, type Histogram, histogram } from "@telltale/metrics";
import { catalogue } from "../catalogue.ts";
import { runtimeScope } from "../observed-group.ts";
import { ScopeTimes } from "./scope-times.ts";

/** What the calls of one scope took, in milliseconds. */
export interface ScopeReport {
  readonly name: string;
  readonly count: number;
  readonly avgMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly totalMs: number;
  /** Without the scopes inside, when these end before it: exact for synchronous code. */
  readonly selfMs: number;
}

/** All scopes since the start or the last reset, those with most time first. */
export interface ProfileReport {
  readonly scopes: readonly ScopeReport[];
  /** Of one scope; undefined when it has not run. */
  scope(name: string): ScopeReport | undefined;
  /** A table. */
  toString(): string;
}

export interface Profile {
  /** Times from here to the end of the block: `using _ = profile("critical_section")`. It is timed when the block throws as well. */
  (name: string): Disposable;
  /** `fn` whose every call is timed, its promise included. */
  fn<A extends readonly unknown[], R>(name: string, fn: (...args: A) => R): (...args: A) => R;
  report(): ProfileReport;
  /** Forgets all times; scopes that run are timed still. */
  reset(): void;
}

/** As many names as the metric keeps; later ones are counted as `other`. */
const MAX_SCOPES = 200;

interface NamedScope {
  readonly name: string;
  times: ScopeTimes;
  readonly metric: BoundHistogram;
}

let durations: Histogram<{ readonly "telltale.scope": string }> | undefined;
const scopes = new Map<string, NamedScope>();
let innermost: RunningScope | undefined;

// Hot: benchmarks/runtime.ts.
class RunningScope implements Disposable {
  readonly #scope: NamedScope;
  #parent: RunningScope | undefined;
  readonly #startMs: number;
  #insideMs = 0;
  hasEnded = false;

  constructor(scope: NamedScope) {
    this.#scope = scope;
    this.#parent = innermost;
    innermost = this;
    this.#startMs = performance.now();
  }

  [Symbol.dispose](): void {
    if (this.hasEnded) return;
    const tookMs = performance.now() - this.#startMs;
    this.hasEnded = true;
    // Asynchronous scopes end in any order; those that have ended are no parents any more.
    while (innermost?.hasEnded) innermost = innermost.#parent;
    const parent = this.#parent;
    if (parent?.hasEnded === false) parent.#insideMs += tookMs;
    // Else each of scopes that always overlap would keep the one before it, and so all of them.
    else while (this.#parent?.hasEnded) this.#parent = this.#parent.#parent;
    const seconds = tookMs / 1_000;
    const selfMs = tookMs - this.#insideMs;
    this.#scope.times.record(seconds, selfMs > 0 ? selfMs / 1_000 : 0);
    this.#scope.metric.record(seconds);
  }
}

/** Times sections of code, in `telltale.profile.scope.duration` and in `profile.report()`. */
export const profile: Profile = Object.assign((name: string): Disposable => new RunningScope(scopeOf(name)), {
  fn<A extends readonly unknown[], R>(name: string, fn: (...args: A) => R): (...args: A) => R {
    return function (this: unknown, ...args: A): R {
      const running = profile(name);
      let isPending = false;
      try {
        const result = fn.apply(this, args as never);
        if (result instanceof Promise) {
          isPending = true;
          return result.finally(() => running[Symbol.dispose]()) as R;
        }
        return result;
      } finally {
        if (!isPending) running[Symbol.dispose]();
      }
    };
  },
  report,
  reset(): void {
    for (const scope of scopes.values()) scope.times = new ScopeTimes();
  },
});

function scopeOf(name: string): NamedScope {
  const known = scopes.get(name);
  if (known !== undefined) return known;
  if (scopes.size >= MAX_SCOPES && name !== "other") return scopeOf("other");
  durations ??= histogram({ ...catalogue.scopeDuration, scope: runtimeScope });
  const scope = { name, times: new ScopeTimes(), metric: durations.bind({ "telltale.scope": name }) };
  scopes.set(name, scope);
  return scope;
}

function report(): ProfileReport {
  const all = [...scopes.values()]
    .filter(({ times }) => times.count > 0)
    .map(({ name, times }): ScopeReport => {
      const ms = (seconds: number | undefined): number => (seconds ?? 0) * 1_000;
      return {
        name,
        count: times.count,
        avgMs: ms(times.totalSeconds / times.count),
        p50Ms: ms(times.quantile(0.5)),
        p99Ms: ms(times.quantile(0.99)),
        maxMs: ms(times.maxSeconds),
        totalMs: ms(times.totalSeconds),
        selfMs: ms(times.selfSeconds),
      };
    })
    .sort((a, b) => b.totalMs - a.totalMs);
  return { scopes: all, scope: (name) => all.find((one) => one.name === name), toString: () => table(all) };
}

function table(all: readonly ScopeReport[]): string {
  const head = ["scope", "count", "avg", "p50", "p99", "max", "total", "self"];
  const rows = all.map(({ name, count, avgMs, p50Ms, p99Ms, maxMs, totalMs, selfMs }) => [
    name,
    String(count),
    ...[avgMs, p50Ms, p99Ms, maxMs, totalMs, selfMs].map((ms) => `${ms.toPrecision(3)} ms`),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join("  ");
  return [head, ...rows].map(line).join("\n");
}
