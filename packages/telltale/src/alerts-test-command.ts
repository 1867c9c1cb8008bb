/** `telltale alerts test`: whether a rule fires now and why; or unit tests of rules, in promtool's format and with its verdicts. */
import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { findFiles, parseRuleFile, parseRuleTestFile, runRuleTests } from "@telltale/alerting";
import { parseDuration } from "@telltale/promql";
import { type Command, readArguments, UsageError } from "./command/command-line.ts";
import { readPage } from "./command/metrics-page.ts";
import { progressBar } from "./command/progress-bar.ts";
import { readConfiguration } from "./config.ts";
import type { Configuration } from "./configuration.ts";
import { type FoundRules, findRule } from "./rule-trial/find-rule.ts";
import type { RuleTrial } from "./rule-trial/rule-trial.ts";
import { tryOnPage } from "./rule-trial/trial-on-page.ts";
import { isServer, tryOnServer } from "./rule-trial/trial-on-server.ts";
import { trialJson, trialText } from "./rule-trial/trial-text.ts";

const options = {
  rules: { type: "string", multiple: true, default: [] as string[] },
  url: { type: "string" },
  for: { type: "string" },
  every: { type: "string", default: "1s" },
  json: { type: "boolean", default: false },
} as const;

/** How long a page is read for rules that need more than one sample. */
const LOOK_MS = 15_000;

export const alertsTest: Command = {
  help: `Usage: telltale alerts test <rule> [<rule files>] [--url <page or server>] [--for 15s] [--every 1s] [--json]
       telltale alerts test <test files> [--json]

With the name of an alert, such as HighLatency or high-latency: tells whether it fires now, on which series, and what the parts of its
expression are. A page of metrics is read for a while, as rates need more than one sample; a Prometheus server knows the past.

  <rule files>        paths or patterns, also as --rules <rule files>; alerting.rules of the configuration unless told otherwise
  --url <url>         a page such as http://127.0.0.1:9464/metrics, or a server such as http://prometheus:9090; the page of the
                      configuration (metrics.prometheus) unless told otherwise
  --for <duration>    for how long to read a page: 15s where the rule has rates or a "for", once otherwise
  --every <duration>  how often
  --json              a JSON object a rule

With test files, such as alerts/tests/*.yaml: runs unit tests of rules as promtool test rules does. The rule_files of a test file are
sought beside it.

  --json  a JSON object a file
`,
  async run(args) {
    const { values, positionals } = readArguments(args, options);
    const [first, ...files] = positionals;
    if (first === undefined) {
      throw new UsageError("give the name of an alert, or test files: telltale alerts test alerts/tests/*.yaml");
    }
    if (positionals.every(isFile)) {
      const strange = (["rules", "url", "for"] as const).find((name) => values[name]?.length);
      if (strange !== undefined) {
        throw new UsageError(`--${strange} is for the name of an alert, and ${first} is a file; leave one of them out`);
      }
      runFiles(positionals, values);
      return;
    }
    if (isFile(first) || !files.every(isFile))
      throw new UsageError(
        `give one name of an alert and rule files, or test files only; got ${positionals.join(", ")}`,
      );
    const configuration = readConfiguration();
    const found = findRule(first, rulePatterns([...values.rules, ...files], configuration));
    for (const trial of await tryRules(found, configuration, values)) {
      process.stdout.write(values.json ? `${trialJson(trial)}\n` : trialText(trial));
    }
  },
};

/** Alerts have no such names. */
function isFile(text: string): boolean {
  return /[*?[\]/\\]|\.ya?ml$/.test(text) || existsSync(text);
}

function rulePatterns(given: readonly string[], configuration: Configuration): readonly string[] {
  const patterns = given.length > 0 ? given : (configuration.alerting?.rules ?? []);
  if (patterns.length > 0) return patterns;
  throw new UsageError(
    "no rule files are configured (alerting.rules); give some: telltale alerts test HighLatency alerts/*.yaml",
  );
}

async function tryRules(
  found: FoundRules,
  configuration: Configuration,
  values: { readonly url?: string | undefined; readonly for?: string | undefined; readonly every: string },
): Promise<readonly RuleTrial[]> {
  const { url, headers } = values.url === undefined ? ownPage(configuration) : { url: values.url, headers: {} };
  if (!URL.canParse(url)) {
    throw new UsageError(`--url is ${JSON.stringify(url)}; give a URL such as http://127.0.0.1:9464/metrics`);
  }
  if (values.url !== undefined && (await isServer(url, headers))) return await tryOnServer(found, url, headers);
  const lookMs = values.for === undefined ? neededMs(found) : durationOf("for", values.for);
  const bar = progressBar(process.stderr, `reading ${url}`);
  try {
    return await tryOnPage(found, {
      url,
      lookMs,
      read: () => readPage(url, headers),
      everyMs: Math.max(1, durationOf("every", values.every)),
      onProgress: (share) => bar.show(share),
    });
  } finally {
    bar.end();
  }
}

function ownPage({ metrics: { prometheus } }: Configuration): { url: string; headers: Record<string, string> } {
  if (prometheus === undefined || prometheus.port === 0) {
    throw new UsageError("no page of metrics is configured (metrics.prometheus); give one, or a server: --url <url>");
  }
  const { host, port, path, tls, bearerToken, basicAuth } = prometheus;
  const name = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "[::1]" : host.includes(":") ? `[${host}]` : host;
  const basic = basicAuth && Buffer.from(`${basicAuth.username}:${basicAuth.password}`).toString("base64");
  const authorization = bearerToken === undefined ? basic && `Basic ${basic}` : `Bearer ${bearerToken}`;
  return {
    url: `${tls === undefined ? "http" : "https"}://${name}:${port}${path}`,
    headers: authorization === undefined ? {} : { authorization },
  };
}

/** Once is enough for a rule that looks at one sample only. */
function neededMs({ tried, all }: FoundRules): number {
  const recordings = all.filter(({ kind }) => kind === "recording");
  const asksBack = [...tried.map(({ rule }) => rule), ...recordings].some(({ query }) => query.includes("["));
  return asksBack || tried.some(({ rule }) => rule.forMs > 0) ? LOOK_MS : 0;
}

function durationOf(option: string, text: string): number {
  try {
    return parseDuration(text);
  } catch {
    throw new UsageError(`--${option} is ${JSON.stringify(text)}; give a duration such as 15s`);
  }
}

interface Outcome {
  readonly name: string;
  readonly failures: readonly string[];
}

function runFiles(patterns: readonly string[], { json }: { readonly json: boolean }): void {
  const paths = findFiles(patterns);
  if (paths.length === 0) throw new Error(`no file is like ${patterns.join(" ")}`);
  let failed = 0;
  for (const path of paths) {
    const tests = runFile(path);
    const failures = tests.filter((test) => test.failures.length > 0);
    if (failures.length > 0) failed++;
    if (json) process.stdout.write(`${JSON.stringify({ path, tests })}\n`);
    else process.stdout.write(asText(path, tests.length, failures));
  }
  if (failed > 0) throw new Error(`${failed} of ${paths.length} test files failed`);
}

function runFile(path: string): readonly Outcome[] {
  const file = parseRuleTestFile(readFileSync(path, "utf8"), { path });
  const rules = findFiles(file.ruleFiles, dirname(path)).map((one) =>
    parseRuleFile(readFileSync(one, "utf8"), { path: one }),
  );
  return runRuleTests(file, rules);
}

function asText(path: string, count: number, failures: readonly Outcome[]): string {
  if (failures.length === 0) return `${path}: ${count} passed\n`;
  const told = failures.map((test) => `  ${test.name}\n${test.failures.map((text) => `${text}\n`).join("")}`);
  return `${path}: ${failures.length} of ${count} FAILED\n${told.join("")}`;
}
