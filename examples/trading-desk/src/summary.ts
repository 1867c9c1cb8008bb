import type { TradeReport } from "./traders.ts";

export interface Summary {
  add(trade: TradeReport): void;
  /** One line: the last ten seconds' rate and latencies, and the totals since the start. */
  line(tracesFinished: number): string;
}

const WINDOW_MS = 10_000;

export function summary(now: () => number = () => performance.now()): Summary {
  const totals = { new: 0, filled: 0, rejected: 0, failed: 0 };
  const startedAt = now();
  let recent: { readonly atMs: number; readonly durationMs: number }[] = [];
  return {
    add({ status, durationMs }) {
      totals[status] += 1;
      recent.push({ atMs: now(), durationMs });
    },
    line(tracesFinished) {
      const atMs = now();
      recent = recent.filter((trade) => trade.atMs > atMs - WINDOW_MS);
      const windowSeconds = Math.max(1, Math.min(WINDOW_MS, atMs - startedAt) / 1000);
      const durations = recent.map((trade) => trade.durationMs).sort((a, b) => a - b);
      const rate = (recent.length / windowSeconds).toFixed(1);
      return [
        `${rate} orders/s, p50 ${atQuantile(durations, 0.5)}, p99 ${atQuantile(durations, 0.99)} ms`,
        `${totals.filled} filled, ${totals.rejected} rejected, ${totals.failed} failed`,
        `${tracesFinished} traces`,
      ].join(" · ");
    },
  };
}

/** The nearest-rank quantile of sorted durations, in milliseconds. */
function atQuantile(sorted: readonly number[], quantile: number): string {
  const value = sorted[Math.ceil(sorted.length * quantile) - 1];
  return value === undefined ? "–" : value.toFixed(0);
}
