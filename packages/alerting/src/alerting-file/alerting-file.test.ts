import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { incidentDefaults } from "../incidents/incident-options.ts";
import { parseAlertmanagerConfig } from "../routing/alertmanager-config.ts";
import { AlertingFileError, parseAlertingFile } from "./alerting-file.ts";

const folder = resolve(import.meta.dirname, "../../../../deploy/alerting");
const receivers = ["desk", "desk-lead"];

/** The faults of a file, as `line:column: message`. */
function faultsOf(text: string): readonly string[] {
  try {
    parseAlertingFile(text, { receivers });
  } catch (error) {
    expect(error).toBeInstanceOf(AlertingFileError);
    const { problems } = error as AlertingFileError;
    return problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
  }
  return [];
}

test("the example in deploy is read with the receivers beside it", () => {
  const config = parseAlertmanagerConfig(readFileSync(resolve(folder, "alertmanager.yml"), "utf8"));
  const names = config.receivers.map(({ name }) => name);
  const file = parseAlertingFile(readFileSync(resolve(folder, "telltale.alerting.yaml"), "utf8"), { receivers: names });
  expect(file.escalations).toMatchObject([
    {
      name: "trading",
      until: "acknowledged",
      repeatMs: 30 * 60_000,
      levels: [
        { delayMs: 300_000, receivers: ["desk-lead"] },
        { delayMs: 900_000, receivers: ["desk-lead", "on-call"] },
      ],
    },
  ]);
  expect(file.interventions).toMatchObject([
    { name: "halt-trading", dryRun: true, delayMs: 0, atMost: { count: 1, perMs: 3_600_000 }, timeoutMs: 10_000 },
  ]);
  expect(file.heartbeat).toEqual({ intervalMs: 60_000, url: undefined, receiver: "dead-mans-switch" });
  expect(file.baselines.map(({ metric, options }) => [metric, options])).toEqual([
    [undefined, {}],
    ["job:http_requests:rate5m", { warmUpMs: 7_200_000, maxSeries: 100 }],
  ]);
  expect(file.incidents).toEqual({ ...incidentDefaults, aliases: { "10.0.0.5:5432": "postgres" } });
  expect([file.runbooks.length, file.cooldowns[0]!.durationMs]).toEqual([2, 1_800_000]);
});

test("an empty file, and one with empty parts, says nothing", () => {
  const nothing = {
    runbooks: [],
    cooldowns: [],
    escalations: [],
    interventions: [],
    heartbeat: undefined,
    baselines: [],
    incidents: incidentDefaults,
  };
  expect(parseAlertingFile("")).toEqual(nothing);
  expect(parseAlertingFile("escalations:\nheartbeat:\nincidents:\n")).toEqual(nothing);
});

test("a file with faults is told of all of them, each with its place", () => {
  const text = `escalation: []
cooldowns:
  - durration: 5m
  - duration: 0s
escalations:
  - name: a
    until: aknowledged
    levels:
      - { delay: 10m, receivers: [desk-laed] }
      - { delay: 5m, receivers: [] }
  - name: a
    matchers: ["severity"]
interventions:
  - { name: halt, dry_run: maybe, at_most: often }
heartbeat: { interval: 1 minute }
`;
  expect(faultsOf(text)).toEqual([
    '1:1: field escalation not found; did you mean "escalations"?',
    '3:5: field durration not found; did you mean "duration"?',
    "3:5: duration is missing; give one, such as 30m",
    "4:15: duration is 0; give a duration such as 5m",
    '7:12: until is "aknowledged"; give one of acknowledged, resolved; did you mean "acknowledged"?',
    '9:35: alertmanager.yml has no receiver "desk-laed"; did you mean "desk-lead"?',
    "10:9: receivers is missing; give a list of receivers of alertmanager.yml",
    "10:9: its delay is no longer than that of the level before; delays begin when the alert fires",
    "11:5: levels is missing; give at least one, such as { delay: 5m, receivers: [on-call] }",
    '11:5: there is another escalation named "a"; give each a name of its own',
    '12:16: bad matcher format: severity; give one as in alertmanager.yml, such as severity="critical"',
    '14:5: matchers is missing; say for which alerts, such as [alertname="LargeDailyLoss"]',
    '14:28: expected true or false, got "maybe"',
    '14:44: at_most is "often"; give a number and a duration, such as 1 per 1h',
    "15:12: nobody is told; give a url, such as https://dead-mans-switch.example.org/ping/1, or a receiver",
    '15:24: expected a duration such as 5m or 1h30m, got "1 minute": unknown unit " minute" in duration "1 minute"',
  ]);
});

test.each([
  ["baselines: [{ expr: 'up[5m]' }]", '1:21: "up[5m]" gives no series; give a selector without a range'],
  ["baselines: [{ expr: 'rate(up' }]", "1:21: could not parse expression: "],
  ["baselines: [{ expr: 'sum(up)' }]", "1:13: metric is missing; what an expression gives needs a name"],
  ["baselines: [{ metric: a }]", "1:13: expr is missing; give a selector"],
  ["baselines: [{ expr: up, metric: a-b }]", '1:33: metric is "a-b"; give a name of letters, digits, _ and :'],
  ["baselines: [{ expr: up, least_deviation: -1 }]", '1:42: expected a number above 0, got "-1"'],
  ["runbooks: [{ url: '{{ $labels.x' }]", "1:19: "],
  ["heartbeat: { url: 'ftp://x' }", "1:19: it is no address of http or https"],
  ["incidents: { window: -5m }", '1:22: expected a duration such as 5m or 1h30m, got "-5m"'],
  ["incidents: { max_hops: few }", '1:24: expected a whole number, got "few"'],
  ["incidents: { max_hops: -1 }", "1:24: max_hops is -1; give a whole number from 0 on"],
  ["incidents: { window: 1h, late_window: 30m }", "1:39: late_window is shorter than window"],
  ["baselines: [{ expr: up, max_series: 0 }]", "1:37: max_series is 0; give a whole number from 1 on"],
  ["baselines: [{ expr: up }, { expr: up, warm_up: 2h }]", "1:27: there are baselines of the same already"],
  [
    "interventions: [{ name: halt, matchers: [a=b] }, { name: halt, matchers: [a=b], delay: 5m }]",
    "1:50: there is another one of this name for the same alerts; make them one",
  ],
  ["interventions: [{ name: halt, matchers: [a=b], at_most: 1 per hour }]", '1:57: at_most is "1 per hour"; give a'],
  ["heartbeat: { url: 'http://a%zz@x' }", "1:19: it is no address of http or https"],
  ["heartbeat: { url: 'http://x', interval: 1ms }", "1:41: interval is 1ms; give at least 1s"],
  ["runbooks: [{ url: 'x{{ .Label.a }}' }]", "1:19: error executing template"],
  ["runbooks: [{ url: 'x{{ query \"up\" }}' }]", "a runbook has no queries; give a link with $labels"],
  ["a: [", "1:5: yaml: "],
  ["- 1", "1:1: expected a mapping, got a list"],
])("%s is refused", (text, fault) => {
  expect(faultsOf(text)).toEqual([expect.stringContaining(fault)]);
});

test("a receiver that a level names twice is told once", () => {
  const { escalations } = parseAlertingFile(
    "escalations: [{ name: a, levels: [{ delay: 0s, receivers: [b, c, b] }] }]",
  );
  expect(escalations[0]!.levels[0]!.receivers).toEqual(["b", "c"]);
});

test("the message names the file", () => {
  expect(() => parseAlertingFile("x: 1", { path: "ours.yaml" })).toThrow(
    /^ours\.yaml: 1:1: field x not found; its fields/,
  );
});
