/** Rule files with faults: promtool and the package find the same ones. */
import { parseRuleFile, RuleFileError } from "@telltale/alerting";
import { describe, expect, test } from "vitest";
import { absentServers } from "../e2e/server-program.ts";
import { promtoolCheck } from "./promtool-verdicts.ts";

const group = (rule: string): string => `groups:\n  - name: g\n    rules:\n${rule.replace(/^/gm, "      ")}\n`;

/** Faults in rules and groups, of which both tell group, rule and reason. */
const faulty: readonly (readonly [string, string])[] = [
  ["no expression", group("- alert: A")],
  ["neither alert nor record", group("- expr: up")],
  ["both alert and record", group("- alert: A\n  record: b\n  expr: up")],
  ["a query that cannot be parsed", group("- alert: A\n  expr: up ==")],
  ["a query of the wrong type", group("- alert: A\n  expr: sum(up[5m])")],
  ["an unknown function in a query", group("- record: a\n  expr: foo(up)")],
  ["annotations in a recording rule", group("- record: a\n  expr: up\n  annotations: {x: y}")],
  ["for in a recording rule", group("- record: a\n  expr: up\n  for: 5m")],
  ["keep_firing_for in a recording rule", group("- record: a\n  expr: up\n  keep_firing_for: 5m")],
  ["a label that is the name of the metric", group("- record: a\n  expr: up\n  labels: {__name__: y}")],
  ["a broken template in an annotation", group("- alert: A\n  expr: up\n  annotations: {x: '{{ $value '}")],
  ["an unknown function in a template", group("- alert: A\n  expr: up\n  labels: {x: '{{ foo }}'}")],
  ["an unknown variable in a template", group("- alert: A\n  expr: up\n  annotations: {x: '{{ $foo }}'}")],
  ["a template without end", group("- alert: A\n  expr: up\n  annotations: {x: '{{ if $value }}a'}")],
  ["a group without a name", "groups:\n  - rules: []\n"],
  ["two groups of one name", "groups:\n  - name: a\n    rules: []\n  - name: a\n    rules: []\n"],
  ["several faults", `${group("- alert: A\n  expr: up ==\n- record: b\n- expr: 1")}`],
];

/** What is no rule file: both refuse it, each in the words of its reader of YAML. */
const unreadable: readonly (readonly [string, string])[] = [
  ["an unknown field of a rule", group("- alert: A\n  expr: up\n  fro: 5m")],
  ["an unknown field of a group", "groups:\n  - name: g\n    intervall: 5m\n    rules: []\n"],
  ["an unknown field of the file", "group: []\n"],
  ["a duration without unit", group("- alert: A\n  expr: up\n  for: 5")],
  ["a list for labels", group("- alert: A\n  expr: up\n  labels: [a]")],
  ["a mapping for rules", "groups:\n  - name: g\n    rules: {a: b}\n"],
  ["broken YAML", "groups:\n  - name: [\n"],
  ["a repeated key", group("- alert: A\n  expr: up\n  expr: down")],
  ["a limit that is no number", "groups:\n  - name: g\n    limit: many\n    rules: []\n"],
];

const accepted: readonly (readonly [string, string])[] = [
  ["an empty file", ""],
  ["nothing but a comment", "# nothing\n"],
  ["no groups", "groups:\n"],
  [
    "a rule with everything",
    group(
      "- alert: A\n  expr: up == 0\n  for: 1h30m\n  keep_firing_for: 0\n  labels: {a: 1, b: true, c: 0x10}\n  annotations: {}",
    ),
  ],
  [
    "anchors, aliases and merges",
    "groups:\n  - name: g\n    rules:\n      - &a {alert: A, expr: up, labels: &l {x: y}}\n      - {<<: *a, alert: B}\n",
  ],
  ["a number for an expression", group("- record: a\n  expr: 1")],
  ["a block for an expression", group("- record: a\n  expr: |\n    sum(\n      up\n    )\n")],
];

function problemsOf(rules: string): readonly string[] {
  try {
    parseRuleFile(rules, { path: "rules.yaml" });
    return [];
  } catch (error) {
    if (!(error instanceof RuleFileError)) throw error;
    return error.message.split("\n");
  }
}

/** Without the place, which promtool does not have for every fault. */
function reasons(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.replace(/^(?:rules\.yaml: )?(?:\d+:\d+: ){0,2}/, "")).sort();
}

const absent = absentServers("prometheus");

describe.skipIf(absent)(`a rule file with faults${absent ? ` (skipped: ${absent})` : ""}`, () => {
  test.each(faulty)("%s: promtool tells the same", async (_, rules) => {
    const ours = problemsOf(rules);
    const said = (await promtoolCheck("promtool", rules)).split("\n").filter((line) => line.startsWith("rules.yaml: "));
    expect(ours.length).toBeGreaterThan(0);
    expect(reasons(said)).toEqual(reasons(ours));
    // Where promtool knows a place, it is the same.
    for (const line of said) {
      const place = /^rules\.yaml: (\d+:\d+): (?!\d)/.exec(line)?.[1];
      if (place === undefined || place === "0:0") continue;
      expect(
        ours.some((one) => one.startsWith(`rules.yaml: ${place}: `)),
        `${line} among ${ours.join("; ")}`,
      ).toBe(true);
    }
  });

  test.each(unreadable)("%s: promtool refuses it too", async (_, rules) => {
    expect(await promtoolCheck("promtool", rules)).toContain("FAILED");
    expect(problemsOf(rules)[0]).toMatch(/^rules\.yaml: \d+:\d+: /);
  });

  test.each(accepted)("%s: promtool accepts it too", async (_, rules) => {
    expect(await promtoolCheck("promtool", rules)).not.toContain("FAILED");
    expect(problemsOf(rules)).toEqual([]);
  });
});
