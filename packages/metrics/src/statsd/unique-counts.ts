import type { Attributes } from "@opentelemetry/api";

/** How many different values came in an interval, by attributes. */
export interface UniqueCounts {
  /** False when the value is not counted, because too many stand already. */
  add(attributes: Attributes, value: string): boolean;
  /** Reports what the interval that has begun came to, and stops. */
  close(): void;
}

/** How many different values an instrument remembers in one interval. */
const MAX_VALUES = 100_000;

/**
 * Reports all counts when the interval is over and begins anew. What got nothing for an interval stands at 0, and is forgotten
 * then.
 */
export function uniqueCounts(
  { intervalMs, maxSeries }: { readonly intervalMs: number; readonly maxSeries: number },
  report: (attributes: Attributes, count: number) => void,
): UniqueCounts {
  const sets = new Map<string, { readonly attributes: Attributes; readonly values: Set<string> }>();
  let remembered = 0;
  const reportAll = (): void => {
    remembered = 0;
    for (const [key, { attributes, values }] of sets) {
      report(attributes, values.size);
      if (values.size === 0) sets.delete(key);
      else values.clear();
    }
  };
  const timer = setInterval(reportAll, intervalMs).unref();
  return {
    add(attributes, value) {
      const key = JSON.stringify(Object.entries(attributes).sort());
      const set = sets.get(key) ?? { attributes, values: new Set() };
      if (set.values.has(value)) return true;
      if (remembered >= MAX_VALUES || (!sets.has(key) && sets.size >= maxSeries)) return false;
      sets.set(key, set);
      set.values.add(value);
      remembered++;
      return true;
    },
    close() {
      clearInterval(timer);
      reportAll();
    },
  };
}
