import type { Random } from "../promql/random.ts";

/** Rules by chance with data on which some of them fire. */
export interface RandomRules {
  /** A rule file. */
  readonly rules: readonly unknown[];
  readonly alertNames: readonly string[];
}

export interface RandomSeries {
  readonly series: string;
  readonly values: string;
}

const jobs = ["api", "db", "web"] as const;
/** No range that occurs ends on a sample: there Prometheus 2 and 3 differ. */
const ranges = ["90s", "150s", "330s"] as const;

/** Gauges and counters every minute, with gaps, ends and jumps. The first value is missing, so that none is exactly 5 min old. */
export function randomSeries(chance: Random, minutes: number): readonly RandomSeries[] {
  return jobs.flatMap((job) =>
    ["0", "1"].flatMap((instance) => {
      const labels = `{job="${job}",instance="${job}-${instance}.example.org:9100"}`;
      return [
        { series: `temperature${labels}`, values: gauge(chance, minutes) },
        { series: `requests_total${labels}`, values: counter(chance, minutes) },
        { series: `up${labels}`, values: upDown(chance, minutes) },
      ];
    }),
  );
}

function gauge(chance: Random, minutes: number): string {
  let value = chance.below(60);
  return items(chance, minutes, () => {
    value += chance.below(21) - 10;
    return chance.chance(0.2) ? String(value + chance.below(8) / 8) : String(value);
  });
}

function counter(chance: Random, minutes: number): string {
  let value = chance.below(1000);
  return items(chance, minutes, () => {
    value = chance.chance(0.03) ? 0 : value + chance.below(500);
    return String(value);
  });
}

function upDown(chance: Random, minutes: number): string {
  let up = true;
  return items(chance, minutes, () => {
    if (chance.chance(0.15)) up = !up;
    return up ? "1" : "0";
  });
}

/** What is missing is missing for more than 5 min, or is marked: no sample is ever exactly that old. */
function items(chance: Random, minutes: number, next: () => string): string {
  const list = ["_"];
  while (list.length <= minutes) {
    if (chance.chance(0.02)) list.push("stale", ...new Array(chance.below(6)).fill("_"));
    else list.push(next());
  }
  return list.join(" ");
}

export function randomRules(chance: Random, count: number): RandomRules {
  const groups: { name: string; limit?: number; rules: unknown[] }[] = [];
  const alertNames: string[] = [];
  for (let i = 0; i < count; i++) {
    if (i % 20 === 0) groups.push({ name: `group-${groups.length}`, rules: [] });
    const { rules } = groups.at(-1)!;
    if (chance.chance(0.15)) {
      const labels = chance.chance(0.5) ? { labels: { origin: chance.pick(["rule", "", "x{y}"]) } } : {};
      rules.push({ record: `recorded:${i}`, expr: vector(chance, groups.length), ...labels });
      continue;
    }
    alertNames.push(`Alert${i}`);
    rules.push(alert(chance, `Alert${i}`, recordedBefore(rules)));
  }
  return { rules: groups, alertNames };
}

function recordedBefore(rules: readonly unknown[]): readonly string[] {
  return rules.flatMap((rule) => (rule as { readonly record?: string }).record ?? []);
}

function alert(chance: Random, name: string, recorded: readonly string[]): unknown {
  const base = recorded.length > 0 && chance.chance(0.3) ? `{__name__="${chance.pick(recorded)}"}` : undefined;
  return {
    alert: name,
    expr: condition(chance, base),
    ...(chance.chance(0.6) ? { for: chance.pick(["0s", "30s", "1m", "2m", "5m", "10m"]) } : {}),
    ...(chance.chance(0.4) ? { keep_firing_for: chance.pick(["1m", "90s", "3m", "10m"]) } : {}),
    ...(chance.chance(0.7) ? { labels: labels(chance) } : {}),
    ...(chance.chance(0.9) ? { annotations: annotations(chance) } : {}),
  };
}

function condition(chance: Random, base: string | undefined): string {
  const limit = chance.below(80) - 20;
  switch (chance.below(8)) {
    case 0:
      return "up == 0";
    case 1:
      return `absent(up{job="${chance.pick(jobs)}"} == 1)`;
    case 2:
      return `${chance.pick(["changes", "resets", "count_over_time"])}(requests_total[${chance.pick(ranges)}]) > ${chance.below(3)}`;
    case 3:
      return `sum by (job) (${base ?? "temperature"}) > ${limit * 2}`;
    case 4:
      return `sum_over_time(temperature[${chance.pick(ranges)}]) > ${limit} and on (instance) up == 1`;
    case 5:
      return `count(ALERTS{alertstate="firing"}) > ${chance.below(30)}`;
    case 6:
      return `temperature > bool ${limit}`;
    default:
      return `${base ?? "temperature"} ${chance.pick([">", "<", ">=", "!="])} ${limit}`;
  }
}

function vector(chance: Random, salt: number): string {
  return chance.pick([
    "temperature",
    "sum by (job) (temperature)",
    `max_over_time(temperature[${chance.pick(ranges)}])`,
    // Rates are not the same in Prometheus 2 and 3.
    `changes(requests_total[${chance.pick(ranges)}])`,
    `vector(${salt})`,
    `round(sum(temperature) / count(temperature), 0.25)`,
  ]);
}

function labels(chance: Random): Record<string, string> {
  const chosen: Record<string, string> = {};
  if (chance.chance(0.7))
    chosen["severity"] = chance.pick([
      "warning",
      "critical",
      "{{ if gt $value 20.0 }}critical{{ else }}warning{{ end }}",
    ]);
  if (chance.chance(0.3)) chosen["job"] = "{{ $labels.job }}-x";
  if (chance.chance(0.3)) chosen["team"] = chance.pick(["", "desk", "{{ $labels.absent }}"]);
  if (chance.chance(0.2)) chosen["value"] = "{{ $value }}";
  return chosen;
}

function annotations(chance: Random): Record<string, string> {
  const chosen: Record<string, string> = {};
  for (let i = 0; i <= chance.below(3); i++) chosen[`text_${i}`] = chance.pick(texts);
  return chosen;
}

const texts = [
  'plain text, with "quotes" and ünicode',
  "",
  "{{ $labels.instance }} of {{ $labels.job }} is at {{ $value }}",
  "{{ $value | humanize }} {{ $value | humanize1024 }} {{ $value | humanizeDuration }} {{ $value | humanizePercentage }}",
  '{{ printf "%.2f|%6.1f|%-7.3f|%e|%g|%v" $value $value $value $value $value $value }}',
  '{{ printf "%d %s %q %5s|%t" 3 $labels.job $labels.instance "ab" true }}',
  "{{ $labels }}",
  "{{ with $labels.absent }}there{{ else }}not there{{ end }}{{ $labels.absent }}|",
  '{{ $labels.instance | stripPort }} {{ $labels.instance | stripDomain }} {{ toUpper $labels.job }} {{ title "two words" }}',
  '{{ reReplaceAll "(.*)-(\\\\d).*" "$2 of $1" $labels.instance }} {{ match "^a" $labels.job }}',
  '{{ range query "temperature" | sortByLabel "instance" }}{{ .Labels.instance }}={{ .Value }} {{ end }}',
  '{{ with query "up" | sortByLabel "instance" }}{{ . | first | label "job" | len | eq 2 }} {{ len . }}{{ end }}',
  '{{ query "count(up)" | first | value }}',
  '{{ define "item" }}<{{ . }}>{{ end }}{{ range $name, $value := $labels }}{{ template "item" $name }}{{ $value }}{{ end }}',
  "{{ range $i, $sample := query `up == 1` | sortByLabel `instance` }}{{ if $i }}, {{ end }}{{ $sample.Labels.job }}{{ end }}",
  "{{ if and (gt $value 0.0) (lt $value 30.0) }}in{{ else if le $value 0.0 }}below{{ else }}above{{ end }}",
  "{{- /* a comment */ -}} {{ $x := $value }}{{ $x = 2.5 }}{{ $x }} {{- ` trimmed ` -}} end",
  '{{ humanizeTimestamp 1700000000.5 }} {{ (toTime 1700000000.0).Format "2006-01-02 15:04:05 MST" }} {{ 93784 | humanizeDuration }}',
  "{{ args 1 `a` 2.5 }} {{ (args $value).arg0 }} {{ (args 1).arg5 }}",
  "{{ $externalLabels.region }} {{ .ExternalLabels }} {{ safeHtml `<b>` }} {{ html `<b>` }} {{ urlquery `a b/c` }}",
  '{{ graphLink "up == 1" }} {{ tableLink "a{b=\\"c\\"}" }} {{ parseDuration "1h30m" }} {{ index $labels "job" }} {{ slice $labels.instance 1 3 }}',
  "{{ print 1 2 `x` 3 4.5 }} {{ println `a` 1 }} {{ len $labels }} {{ 1e6 }} {{ 123456789.0 }} {{ 1e-7 }} {{ 'a' }} {{ 0x1F }} {{ not true }}",
  "{{ eq $labels.job `api` `db` }} {{ ne 1 2 }} {{ or $labels.absent `other` }} {{ and 1 `` }}",
  "{{ first (query `absent_metric`) }}",
  "{{ $value.Absent }}",
  "{{ humanize `no number` }}",
  "{{ template `absent` }}",
];
