import { catalogue as host } from "../../packages/runtime/src/catalogue.ts";
import type { RuleGroup } from "../alert.ts";
import { catalogue as baselines } from "../baseline-catalogue.ts";
import { selectors, stored } from "../series.ts";

const { series } = selectors();

const SCORE = series(baselines.score);
const ANOMALOUS = "instance:telltale_anomalous:ratio";
const file = {
  "system.device": "sda1",
  "system.filesystem.mountpoint": "/var",
  "system.filesystem.type": "ext4",
} as const;
const free = { ...file, "system.filesystem.state": "free" } as const;

export const group: RuleGroup = {
  domain: "baselines",
  title: "Baselines and forecasts",
  recordings: [
    {
      record: ANOMALOUS,
      expr: `avg by (instance) (${SCORE} > bool 1)`,
      meaning: "Share of the series with a baseline that are anomalous.",
    },
  ],
  alerts: [
    {
      name: "SeriesAnomalous",
      expr: `${SCORE} > 1`,
      for: "2m",
      severity: "warning",
      summary: "{{ $labels.telltale_metric }} is unusual on {{ $labels.instance }}",
      meaning:
        "The series is outside the band of what is usual at this hour and with its volatility, strays slowly from its season, or stands still. What lasts for an hour becomes usual.",
      steps: [
        "Draw the series with telltale_baseline, telltale_baseline_lower and telltale_baseline_upper of the same labels.",
        "Compare with deployments and with the other series that are anomalous since then.",
      ],
      fires: {
        samples: scores("orders_total", "0.4x4 3x20"),
        at: "6m",
        labels: { instance: "a", telltale_metric: "orders_total" },
      },
      silent: { samples: scores("orders_total", "0.9x20"), at: "6m" },
    },
    {
      name: "ManySeriesAnomalous",
      expr: `${ANOMALOUS} > 0.3 and on (instance) count by (instance) (${SCORE}) >= 5`,
      for: "2m",
      severity: "critical",
      summary: "Over 30 % of the series of {{ $labels.instance }} are unusual at once",
      meaning: "One series strays by chance; many of one instance at a time have a cause in common.",
      steps: ["See which of them strayed first, and what it depends on: a venue, a database, the host."],
      fires: { samples: fiveScores("2x20", "0.2x20"), at: "6m", labels: { instance: "a" } },
      silent: { samples: fiveScores("0.5x20", "0.2x20"), at: "6m" },
    },
    {
      name: "DiskFullSoon",
      expr: `predict_linear(${series(host.fileSystemUsage, { "system.filesystem.state": "free" })}[1h], 4 * 3600) < 0`,
      for: "15m",
      severity: "critical",
      summary: "{{ $labels.system_filesystem_mountpoint }} on {{ $labels.instance }} is full in four hours",
      meaning: "Free space falls so fast that there is none left in four hours, if it goes on as in the last one.",
      steps: [
        "Find what writes: logs, a dump, a spool while its backend is away. Stop it, or make room, before writes fail.",
      ],
      fires: {
        samples: { [stored(host.fileSystemUsage, free)]: "2e10-6e7x180" },
        at: "85m",
        labels: {
          instance: "a",
          system_device: "sda1",
          system_filesystem_mountpoint: "/var",
          system_filesystem_type: "ext4",
          system_filesystem_state: "free",
        },
      },
      silent: { samples: { [stored(host.fileSystemUsage, free)]: "2e10-1e7x180" }, at: "85m" },
    },
    {
      name: "HeapFullSoon",
      expr: `predict_linear(sum by (job, instance) (${series(host.heapUsed)})[1h:1m], 4 * 3600) > ${series(host.heapLimit)}`,
      for: "15m",
      severity: "warning",
      summary: "The heap of {{ $labels.instance }} is full in four hours",
      meaning:
        "What the process keeps in memory grows so fast that it reaches the heap's limit in four hours, if it goes on as in the last one; then the process ends.",
      steps: [
        "Two heap profiles, an hour apart, tell what grew between them.",
        "Until that is mended, restart it at a time of your choice.",
      ],
      fires: { samples: heap("1e9+6e6x180"), at: "85m", labels: { instance: "a" } },
      silent: { samples: heap("1e9+1e6x180"), at: "85m" },
    },
  ],
};

function heap(used: string): Record<string, string> {
  return {
    [stored(host.heapUsed, { "v8js.heap.space.name": "old_space" })]: used,
    [stored(host.heapLimit)]: "4.3e9x180",
  };
}

function scores(metric: string, values: string): Record<string, string> {
  return { [stored(baselines.score, { "telltale.metric": metric })]: values };
}

/** Two of five series, and the others. */
function fiveScores(two: string, others: string): Record<string, string> {
  const metrics = ["orders_total", "fills_total", "rejections_total", "latency_seconds", "balance"];
  return Object.assign({}, ...metrics.map((metric, i) => scores(metric, i < 2 ? two : others))) as Record<
    string,
    string
  >;
}
