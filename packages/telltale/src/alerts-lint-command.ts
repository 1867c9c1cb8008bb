/** `telltale alerts lint`: what in rule files will not do what its author means, here or on a server. */
import { readFileSync } from "node:fs";
import { findFiles, type LintFinding, lintChecks, lintRules } from "@telltale/alerting";
import { type Command, readArguments, UsageError } from "./command/command-line.ts";
import { namesOf, readPage } from "./command/metrics-page.ts";
import { nearest, oneOf } from "./configuration/did-you-mean.ts";
import { knownMetrics } from "./known-metrics.ts";

const options = {
  page: { type: "string", multiple: true, default: [] as string[] },
  allow: { type: "string", multiple: true, default: [] as string[] },
  "replica-label": { type: "string", default: "instance" },
  json: { type: "boolean", default: false },
} as const;

export const alertsLint: Command = {
  help: `Usage: telltale alerts lint <rule files> [--page <url or file>] [--allow <check>] [--replica-label instance] [--json]

Tells what in rule files will not do what its author means, here or on a Prometheus server. Files that are used together belong into
one call: what one records, the others may ask for.

  <rule files>           paths or patterns, such as alerts/*.yaml
  --page <url or file>   a page of metrics, such as http://127.0.0.1:9464/metrics: its metrics are known as well
  --allow <check>        leaves a check out
  --replica-label <name> the label that tells replicas apart, instance unless told otherwise
  --json                 a JSON object a finding

  broken          cannot be used: expressions, templates, durations, as with telltale alerts check
  feature-flag    a server needs --enable-feature for it
  one-replica     sees one process here, and on a server all replicas: sum without the label instance, absent(), …
  unknown-metric  a metric that neither a catalogue of telltale nor a page has
  unknown-label   a template speaks of a label that the expression leaves out
  no-for          one sample is enough to fire, and nothing says that this is meant (for: 0s does)
  no-severity     no label severity
  no-summary      no annotation summary

Exits with 1 when there is an error or a warning; notes are there to be known.
`,
  async run(args) {
    const { values, positionals } = readArguments(args, options);
    if (positionals.length === 0) throw new UsageError("give rule files: telltale alerts lint alerts/*.yaml");
    const strange = values.allow.find((check) => !(lintChecks as readonly string[]).includes(check));
    if (strange !== undefined) {
      throw new UsageError(`--allow is ${JSON.stringify(strange)}; give ${oneOf(lintChecks, strange)}`);
    }
    const paths = findFiles(positionals);
    if (paths.length === 0) throw new Error(`no file is like ${positionals.join(" ")}`);
    const sources = paths.map((path) => ({ path, text: readFileSync(path, "utf8") }));
    const names = new Set(knownMetrics);
    for (const place of values.page) for (const name of namesOf(await readPage(place))) names.add(name);
    const metrics = { has: (name: string) => names.has(name), nearest: (name: string) => nearestMetric(name, names) };
    const findings = lintRules(sources, { metrics, replicaLabel: values["replica-label"] }).filter(
      ({ check }) => !values.allow.includes(check),
    );
    for (const finding of findings)
      process.stdout.write(values.json ? `${JSON.stringify(finding)}\n` : asText(finding));
    const faults = findings.filter(({ level }) => level !== "note").length;
    if (faults > 0)
      throw new Error(
        `${faults} ${faults === 1 ? "finding" : "findings"} in ${paths.length} ${paths.length === 1 ? "file" : "files"}`,
      );
  },
};

/** One of the same domain, or of one whose name is mistyped: the metrics of other exporters are like some of ours. */
function nearestMetric(name: string, names: ReadonlySet<string>): string | undefined {
  const domain = (one: string): string => one.split("_", 1)[0]!;
  const domains = new Set([...names].map(domain));
  const near = nearest(name, names);
  if (near === undefined) return undefined;
  const meant = domains.has(domain(name)) ? domain(name) : nearest(domain(name), domains);
  return meant === domain(near) ? near : undefined;
}

function asText({ path, line, column, level, rule, message, check }: LintFinding): string {
  const of = rule === "" ? "" : `${rule}: `;
  return `${path}:${line}:${column}: ${level}: ${of}${message} (${check})\n`;
}
