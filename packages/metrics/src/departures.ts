import type { Series } from "./instrument.ts";

/**
 * How long a series that was let go is still reported: readers do not say that they have read it, so it stays until each
 * that reads at least so often has had its last numbers. Usual intervals are 15 and 60 s.
 */
export const DEPARTURE_MS = 120_000;

/** The series of one instrument that everybody let go and that are still reported. */
export interface Departures<S> {
  readonly size: number;
  begin(series: S): void;
  /** Someone wants it again. */
  stop(series: S): void;
  /** Those whose time is over; one that was recorded into again begins anew. */
  due(nowMs: number): ReadonlySet<S>;
  /** The half that waits longest, for who needs the room now. */
  oldest(): ReadonlySet<S>;
}

export function departures<S extends Series>(): Departures<S> {
  const waiting = new Map<S, { readonly mark: number | undefined; readonly sinceMs: number }>();
  return {
    get size() {
      return waiting.size;
    },
    begin: (series) => void waiting.set(series, { mark: series.mark(), sinceMs: Date.now() }),
    stop: (series) => void waiting.delete(series),
    due(nowMs) {
      const due = new Set<S>();
      for (const [series, { mark, sinceMs }] of waiting) {
        const now = series.mark();
        if (now !== mark) waiting.set(series, { mark: now, sinceMs: nowMs });
        else if (nowMs - sinceMs >= DEPARTURE_MS) due.add(series);
      }
      return due;
    },
    oldest: () => new Set([...waiting.keys()].slice(0, Math.ceil(waiting.size / 2))),
  };
}
