/** Our rules over samples whose time is given, so that an hour of them takes as long as its queries. */
import {
  type Expression,
  labelsOf,
  type MemoryStore,
  parse,
  queryInstant,
  type Sample,
  toRecord,
  type VectorSample,
} from "@telltale/promql";
import type { RuleGroup } from "../../scripts/alert.ts";

export interface RuleRun {
  /** Evaluates every rule once; times only grow. */
  evaluate(timeMs: number): void;
  /** When each alert fired first. */
  readonly fired: ReadonlyMap<string, number>;
}

/** Recording rules write into `store`. */
export function ruleRun(store: MemoryStore, groups: readonly RuleGroup[]): RuleRun {
  const recordings = groups
    .flatMap((group) => group.recordings ?? [])
    .map(({ record, expr }) => ({ record, expression: parse(expr) }));
  const alerts = groups
    .flatMap((group) => group.alerts)
    .map((alert) => ({
      name: alert.name,
      expression: parse(alert.expr),
      forMs: durationMs(alert.for ?? "0s"),
      activeSince: new Map<string, number>(),
    }));
  const fired = new Map<string, number>();
  return {
    fired,
    evaluate(timeMs) {
      for (const { record, expression } of recordings) store.append(recorded(store, { record, expression, timeMs }));
      for (const { name, expression, forMs, activeSince } of alerts) {
        const active = new Set(instantVector(store, expression, timeMs).map(({ labels }) => labels.key));
        for (const key of activeSince.keys()) if (!active.has(key)) activeSince.delete(key);
        for (const key of active) {
          const since = activeSince.get(key) ?? timeMs;
          activeSince.set(key, since);
          if (timeMs - since >= forMs && !fired.has(name)) fired.set(name, timeMs);
        }
      }
    },
  };
}

/** What a recording rule writes at one time. */
export function recorded(
  store: MemoryStore,
  { record, expression, timeMs }: { readonly record: string; readonly expression: Expression; readonly timeMs: number },
): Sample[] {
  return instantVector(store, expression, timeMs).map(({ labels, value }) => ({
    labels: labelsOf({ ...toRecord(labels), __name__: record }),
    timeMs,
    value,
  }));
}

export function instantVector(store: MemoryStore, expression: Expression, timeMs: number): readonly VectorSample[] {
  const { value } = queryInstant(store, expression, { timeMs });
  if (value.type !== "vector") throw new TypeError(`a ${value.type} where a vector was expected`);
  return value.samples;
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

function durationMs(text: string): number {
  const [, number = "", unit = ""] = /^(\d+)([smh])$/.exec(text) ?? [];
  const unitMs = UNITS[unit];
  if (unitMs === undefined) throw new TypeError(`"for" is "${text}"; give it as 30s, 5m or 1h`);
  return Number(number) * unitMs;
}
