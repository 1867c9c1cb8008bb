/** The series ALERTS_FOR_STATE over a restart: what `startRules` with `restore` takes up again. */
import {
  FLOAT,
  LabelMatcher,
  labelsOf,
  type MemoryStore,
  type Sample,
  SampleBuffer,
  STALE,
  toRecord,
} from "@telltale/promql";

interface SavedSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly timeMs: number;
  readonly value: number;
}

/** Kept as one object, as the store remembers selections by it. */
const forState = [new LabelMatcher("__name__", "=", "ALERTS_FOR_STATE")];

/** The last sample of each alert that is active, as text. */
export function saveForState(store: MemoryStore): string {
  const saved: SavedSample[] = [];
  const buffer = new SampleBuffer();
  const range = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
  for (const series of store.select(forState)) {
    buffer.clear();
    series.read(range, buffer);
    const at = buffer.length - 1;
    const kind = buffer.plain ? FLOAT : buffer.kinds[at];
    if (at < 0 || kind === STALE) continue;
    saved.push({ labels: toRecord(series.labels), timeMs: buffer.times[at]!, value: buffer.values[at]! });
  }
  return JSON.stringify(saved);
}

/** What was saved, to be appended before rules start; nothing where it cannot be read. */
export function savedForState(text: string | undefined): readonly Sample[] {
  if (text === undefined) return [];
  try {
    const saved = JSON.parse(text) as readonly SavedSample[];
    return saved.map(({ labels, timeMs, value }) => ({ labels: labelsOf(labels), timeMs, value }));
  } catch {
    return [];
  }
}
