/** What the benchmark of alerting is about: an application with many series, and many rules on them. */
import { type BoundCounter, counter, type Gauge, gauge, open } from "@telltale/metrics";

export const SERIES_PER_METRIC = 100;

/** Counters with 100 series each, bound as an application does. */
export function declareSeries(count: number): readonly BoundCounter[] {
  return Array.from({ length: Math.ceil(count / SERIES_PER_METRIC) }, (_, metric) => {
    const one = counter({ name: `bench.work.${metric}`, unit: "{order}", attributes: { venue: open() } });
    return Array.from({ length: SERIES_PER_METRIC }, (_, i) => one.bind({ venue: `venue-${i}` }));
  }).flat();
}

/** 1 for a breach that has begun. */
export function declareBreaches(): Gauge<{ readonly breach: string }> {
  return gauge({ name: "bench.breach", attributes: { breach: open() } });
}

/** What the alerts on breaches wait for. */
export const FOR_MS = 2_000;

/** Rules as people write them, each over the 100 series of a metric, in groups of 50; and the two that the breaches are for. */
export function ruleFile(rules: number, series: number): string {
  const metrics = Math.ceil(series / SERIES_PER_METRIC);
  const all = Array.from({ length: rules }, (_, i) => {
    const metric = `bench_work_${i % metrics}_total`;
    const expr = expressions[Math.floor(i / metrics) % expressions.length]!.replaceAll(/\bx\b/g, metric);
    return `      - { alert: Rule${i}, expr: '${expr}', for: 1m, labels: { severity: info } }`;
  });
  const groups = Array.from({ length: Math.ceil(rules / 50) }, (_, g) => {
    return `  - name: work-${g}\n    rules:\n${all.slice(50 * g, 50 * (g + 1)).join("\n")}`;
  });
  return `groups:
  - name: breaches
    rules:
      - { alert: Breach, expr: bench_breach == 1, for: 0s, labels: { severity: critical } }
      - { alert: LastingBreach, expr: bench_breach == 1, for: ${FOR_MS / 1_000}s, labels: { severity: critical } }
${groups.join("\n")}
`;
}

/** None of them fires. */
const expressions = [
  "rate(x[1m]) > 1e9",
  "sum by (instance) (rate(x[1m])) > 1e9",
  "increase(x[5m]) < 0",
  'sum by (instance) (rate(x{venue=~"venue-[12].*"}[1m])) / sum by (instance) (rate(x[1m])) > 1.5',
  "topk(3, rate(x[1m])) > 1e9",
  "resets(x[5m]) > 3",
  "x < 0",
  "avg_over_time(x[1m]) < 0",
  "max by (instance) (x) - min by (instance) (x) > 1e15",
  "predict_linear(x[2m], 3600) < -1e15",
];

export function receivers(url: string): string {
  return `route: { receiver: bench, group_by: [alertname, breach], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers: [{ name: bench, webhook_configs: [{ url: '${url}' }] }]
`;
}
