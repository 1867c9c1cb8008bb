import type { Sample } from "../memory-store/memory-store.ts";
import { customBucketHistograms } from "./custom-bucket-histograms.ts";
import { attempt, durationAt, ScriptError } from "./script-error.ts";
import type { ScriptLine } from "./script-expectation.ts";
import { parseMetric, parseSeriesDescription, type SeriesDescription } from "./series-description.ts";

/** The samples of a command `load`. @throws ScriptError */
export function parseLoad(line: number, head: string, body: readonly ScriptLine[]): readonly Sample[] {
  const match = /^load(?:_(with_nhcb))?\s+(\S+)$/.exec(head);
  if (match === null) throw new ScriptError(line, "invalid load command; give load[_with_nhcb] <step>");
  const stepMs = durationAt(line, match[2]!);
  const bySeries = new Map<string, Sample[]>();
  let starts: readonly (number | undefined)[] | undefined;
  for (const { line: at, text } of body) {
    if (/^\S*@st\s/.test(text)) {
      starts = startTimes(at, text);
      continue;
    }
    const series = attempt(at, () => parseSeriesDescription(text));
    bySeries.set(series.labels.key, samplesOf(series, stepMs, starts));
    starts = undefined;
  }
  const samples = [...bySeries.values()].flat();
  const native = match[1] === undefined ? [] : attempt(line, () => customBucketHistograms(samples));
  return [...samples, ...native];
}

function samplesOf(
  { labels, values }: SeriesDescription,
  stepMs: number,
  starts: readonly (number | undefined)[] | undefined,
): Sample[] {
  const samples: Sample[] = [];
  for (const [i, value] of values.entries()) {
    const timeMs = i * stepMs;
    const offset = starts?.[i];
    const start = offset === undefined ? {} : { startMs: timeMs + offset };
    if (value.kind === "stale") samples.push({ labels, timeMs, value: Number.NaN, stale: true });
    else if (value.kind === "float") samples.push({ labels, timeMs, value: value.value, ...start });
    else if (value.kind === "histogram") {
      samples.push({ labels, timeMs, value: Number.NaN, histogram: value.histogram, ...start });
    }
  }
  return samples;
}

/** `metric@st -1m 0s+10sx5`: since when the counter of each sample of the next line has counted, from that sample on. */
function startTimes(line: number, text: string): readonly (number | undefined)[] {
  const [head, ...items] = text.split(/\s+/);
  attempt(line, () => parseMetric(head!.slice(0, -"@st".length)));
  return items.flatMap((item) => {
    const omitted = /^_(?:x(\d+))?$/.exec(item);
    if (omitted !== null) return new Array<undefined>(Number(omitted[1] ?? 1)).fill(undefined);
    const parts = /^([+-]?)(\d+[a-z]*?)(?:([+-])(\d+[a-z]*?))?(?:x(\d+))?$/i.exec(item);
    if (parts === null) throw new ScriptError(line, `invalid start time ${JSON.stringify(item)}`);
    const first = (parts[1] === "-" ? -1 : 1) * durationAt(line, parts[2]!);
    const step = parts[4] === undefined ? 0 : (parts[3] === "-" ? -1 : 1) * durationAt(line, parts[4]);
    return Array.from({ length: Number(parts[5] ?? 0) + 1 }, (_, i) => first + i * step);
  });
}
