import type { RuleGroup } from "../alert.ts";
import { catalogue as http } from "../http-catalogue.ts";
import { selectors, stored } from "../series.ts";

const { buckets, count } = selectors();

const failed = { "http.response.status_code": { pattern: "5.." } } as const;
const team = { team: "platform", service: "api" } as const;

export const group: RuleGroup = {
  domain: "http",
  title: "HTTP service",
  recordings: [
    {
      record: "http_request_duration_p99",
      expr: `histogram_quantile(0.99, sum by (job, instance, le) (rate(${buckets(http.serverRequestDuration)}[5m])))`,
      meaning: "Time in seconds that 99 of 100 requests did not exceed.",
    },
    {
      record: "http_request_errors_ratio",
      expr: `sum by (job, instance) (rate(${count(http.serverRequestDuration, failed)}[5m])) / sum by (job, instance) (rate(${count(http.serverRequestDuration)}[5m]))`,
      meaning: "Share of requests that were answered with a 5xx status.",
    },
    {
      record: "http_request_errors_ratio:rate1d",
      expr: `sum by (job, instance) (rate(${count(http.serverRequestDuration, failed)}[1d] offset 1h)) / sum by (job, instance) (rate(${count(http.serverRequestDuration)}[1d] offset 1h))`,
      meaning: "The same over a day, without the last hour.",
    },
  ],
  alerts: [
    {
      name: "HighLatency",
      expr: "http_request_duration_p99 > 1",
      for: "5m",
      severity: "warning",
      labels: team,
      summary: "High API latency detected on {{ $labels.instance }}",
      meaning: "P99 latency is above 1 s for 5 minutes: one request in a hundred takes longer than that.",
      steps: [
        "The Service dashboard shows which route it is; its exemplars lead to traces of slow requests.",
        "In the trace: is the time spent in the database, in another service, or in this process (event loop delay)?",
      ],
      fires: { samples: requests({ fast: "0+1x40", all: "0+30x40" }), at: "15m", labels: { instance: "a" } },
      silent: { samples: requests({ fast: "0+30x40", all: "0+30x40" }), at: "15m" },
    },
    {
      name: "ErrorRateHigh",
      expr: "http_request_errors_ratio > 0.01",
      for: "10m",
      severity: "critical",
      labels: team,
      summary: "Over 1 % of the requests to {{ $labels.instance }} fail",
      meaning: "More than one request in a hundred is answered with a 5xx status.",
      steps: [
        "The Service dashboard shows the routes and statuses; the traces of failed requests are kept with status ERROR.",
        "Look for a deployment, or a dependency that is down, at the time when it began.",
      ],
      fires: { samples: answers("0+2x60"), at: "20m", labels: { instance: "a" } },
      silent: { samples: answers("0+0x60"), at: "20m" },
    },
    {
      name: "ErrorRateSpike",
      expr: "http_request_errors_ratio > 3 * http_request_errors_ratio:rate1d and http_request_errors_ratio > 0.005",
      for: "5m",
      severity: "warning",
      labels: team,
      summary: "The errors of {{ $labels.instance }} are three times their daily level",
      meaning:
        "Requests fail three times as often as over the last day, and more than one in two hundred does. A day without any failure is a level of zero.",
      steps: [
        "Compare the time when it began with deployments and with the other alerts: what failed first?",
        "The Service dashboard shows the routes and statuses; the traces of failed requests are kept with status ERROR.",
      ],
      fires: { samples: dayOfAnswers("0+0.2x765 157+4x16"), interval: "2m", at: "26h", labels: { instance: "a" } },
      // As many as always, however many these are.
      silent: { samples: dayOfAnswers("0+4x782"), interval: "2m", at: "26h" },
    },
  ],
};

function requests({ fast, all }: { readonly fast: string; readonly all: string }): Record<string, string> {
  const of = (le: string) => stored(http.serverRequestDuration, {}, { suffix: "_bucket", le });
  return { [of("1.0")]: fast, [of("2.5")]: all, [of("+Inf")]: all };
}

function answers(failures: string): Record<string, string> {
  return { [counted("200")]: "0+98x60", [counted("503")]: failures };
}

function dayOfAnswers(failures: string): Record<string, string> {
  return { [counted("200")]: "0+100x782", [counted("503")]: failures };
}

function counted(status: string): string {
  return stored(http.serverRequestDuration, { "http.response.status_code": status }, { suffix: "_count" });
}
