import { setTimeout as wait } from "node:timers/promises";
import { type RuleDefinition, RuleGroup } from "@telltale/alerting";
import { labelsOf, MemoryStore, parse, queryInstant, toRecord, type VectorSample } from "@telltale/promql";
import { samplesOf } from "../command/metrics-page.ts";
import { expressionParts } from "./expression-parts.ts";
import type { FoundRules } from "./find-rule.ts";
import type { RuleTrial, TriedAlert, TriedSeries } from "./rule-trial.ts";

export interface PageTrialOptions {
  readonly url: string;
  /** The page, each time that it is asked for. */
  readonly read: () => Promise<string>;
  /** For how long to look; 0 for once. */
  readonly lookMs: number;
  readonly everyMs: number;
  readonly onProgress: (share: number) => void;
}

/**
 * Reads a page again and again, evaluates the rules on what it had, as a server does, and tells how they are in the end. Rules that
 * record are evaluated first.
 */
export async function tryOnPage(
  { tried, all }: FoundRules,
  { url, read, lookMs, everyMs, onProgress }: PageTrialOptions,
): Promise<readonly RuleTrial[]> {
  const store = new MemoryStore();
  const target = { job: "telltale", instance: new URL(url).host };
  const recordings = all.filter(({ kind }) => kind === "recording");
  const rules: readonly RuleDefinition[] = [...recordings, ...tried.map(({ rule }) => rule)];
  const definition = { name: "trial", intervalMs: everyMs, queryOffsetMs: undefined, limit: 0, rules };
  const group = new RuleGroup(definition, { store });
  const startMs = Date.now();
  let [timeMs, reads, series] = [startMs, 0, 0];
  for (;;) {
    const page = await read();
    // Two reads within a millisecond would be one.
    timeMs = Math.max(Date.now(), timeMs + (reads > 0 ? 1 : 0));
    const samples = samplesOf(page, { timeMs, target });
    if (samples.length === 0) throw new Error(`${url} has no samples; give the URL of a page of metrics`);
    store.appendScrape(url, timeMs, samples);
    store.append([{ labels: labelsOf({ __name__: "up", ...target }), timeMs, value: 1 }]);
    group.evaluate(timeMs);
    reads++;
    series = samples.length;
    onProgress(lookMs === 0 ? 1 : Math.min(1, (timeMs - startMs) / lookMs));
    if (timeMs - startMs >= lookMs) break;
    await wait(Math.min(everyMs, lookMs - (timeMs - startMs)));
  }
  const seconds = Math.round((timeMs - startMs) / 1_000);
  const from = `${url}, ${series} series, ${reads === 1 ? "read once" : `read ${reads} times in ${seconds} s`}`;
  return tried.map(({ file, rule }) => {
    const status = group.rules().find(({ definition }) => definition === rule);
    if (status?.lastError !== undefined) throw new Error(`${rule.name} cannot be evaluated: ${status.lastError}`);
    const alerts = (status?.alerts ?? []).flatMap(({ labels, value, state, activeAtMs }): TriedAlert[] =>
      state === "inactive" ? [] : [{ labels: toRecord(labels), value, state, activeMs: timeMs - activeAtMs }],
    );
    const parts = expressionParts(rule.expression).map((part) => ({
      ...part,
      series: seriesOf(store, part.query, timeMs),
    }));
    return { file, rule, alerts, parts, from, notes: [] };
  });
}

function seriesOf(store: MemoryStore, query: string, timeMs: number): readonly TriedSeries[] {
  const { value } = queryInstant(store, parse(query), { timeMs });
  if (value.type === "scalar") return [{ labels: {}, value: value.value }];
  if (value.type !== "vector") return [];
  return value.samples.map((sample: VectorSample) => ({ labels: toRecord(sample.labels), value: numberOf(sample) }));
}

/** Of a native histogram, how many observations it has. */
function numberOf({ value, histogram }: VectorSample): number {
  return histogram === undefined ? value : histogram.count;
}
