import { labelsOf, parseMetricSelector, type Sample } from "@telltale/promql";
import type { RuleGroup } from "../../scripts/alert.ts";
import type { Answer, Question } from "../promql/answer.ts";

/** Something that keeps samples and answers PromQL: our engine, or the real Prometheus. */
export interface Asked {
  ask(question: Question): Answer | Promise<Answer>;
  write(samples: readonly Sample[]): void | Promise<void>;
}

export interface Times {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** When each alert fired first, by the instance that it fired for and its name. */
export type FiredAlerts = ReadonlyMap<string, ReadonlyMap<string, number>>;

/**
 * What a rule evaluation at each step would have made of the samples: an alert fires when its expression had a series at every
 * step for as long as its `for` says.
 */
export async function firedAlerts(asked: Asked, groups: readonly RuleGroup[], times: Times): Promise<FiredAlerts> {
  for (const { record, expr } of groups.flatMap((group) => group.recordings ?? [])) {
    const samples = (await seriesOf(asked, expr, times)).flatMap(({ labels, points }) => {
      const recorded = labelsOf({ ...labels, __name__: record });
      return points.flatMap(([timeMs, value]) =>
        typeof value === "number" ? [{ labels: recorded, timeMs, value }] : [],
      );
    });
    await asked.write(samples);
  }
  const fired = new Map<string, Map<string, number>>();
  for (const alert of groups.flatMap(({ alerts }) => alerts)) {
    const forMs = durationMs(alert.for ?? "0s");
    for (const { labels, points } of await seriesOf(asked, alert.expr, times)) {
      const firedAt = heldSince(points, { forMs, stepMs: times.stepMs });
      if (firedAt === undefined) continue;
      const instance = labels["instance"] ?? "";
      const ofInstance = fired.get(instance) ?? new Map<string, number>();
      ofInstance.set(alert.name, Math.min(firedAt, ofInstance.get(alert.name) ?? Infinity));
      fired.set(instance, ofInstance);
    }
  }
  return fired;
}

interface AnsweredSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly Point[];
}

/** What is not a number is a native histogram, which no rule of ours asks for. */
type Point = readonly [timeMs: number, value: unknown];

async function seriesOf(asked: Asked, query: string, times: Times): Promise<readonly AnsweredSeries[]> {
  const answer = await asked.ask({ query, ...times });
  if ("error" in answer) throw new Error(`${query}: ${answer.error}`);
  return [...answer.series].map(([text, points]) => ({ labels: labelsIn(text), points }));
}

function labelsIn(text: string): Record<string, string> {
  if (text === "{}") return {};
  return Object.fromEntries(parseMetricSelector(text).map(({ name, value }) => [name, value]));
}

/** The first time at which there had been a point at every step for so long. */
function heldSince(
  points: readonly Point[],
  { forMs, stepMs }: { readonly forMs: number; readonly stepMs: number },
): number | undefined {
  let sinceMs = 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const [timeMs] of points) {
    if (timeMs - lastMs > stepMs) sinceMs = timeMs;
    if (timeMs - sinceMs >= forMs) return timeMs;
    lastMs = timeMs;
  }
  return undefined;
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

function durationMs(text: string): number {
  const [, number = "", unit = ""] = /^(\d+)([smh])$/.exec(text) ?? [];
  const unitMs = UNITS[unit];
  if (unitMs === undefined) throw new TypeError(`"for" is "${text}"; give it as 30s, 5m or 1h`);
  return Number(number) * unitMs;
}
