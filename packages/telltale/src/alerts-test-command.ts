/** `telltale alerts test`: unit tests of rules, in promtool's format and with its verdicts. */
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { findFiles, parseRuleFile, parseRuleTestFile, runRuleTests } from "@telltale/alerting";
import { type Command, readArguments, UsageError } from "./command/command-line.ts";

const options = { json: { type: "boolean", default: false } } as const;

export const alertsTest: Command = {
  help: `Usage: telltale alerts test <test files> [--json]

Runs unit tests of rules as promtool test rules does. The rule_files of a test file are sought beside it.

  <test files>  paths or patterns, such as alerts/tests/*.yaml
  --json        a JSON object a file
`,
  async run(args) {
    const { values, positionals } = readArguments(args, options);
    if (positionals.length === 0) throw new UsageError("give test files: telltale alerts test alerts/tests/*.yaml");
    const paths = findFiles(positionals);
    if (paths.length === 0) throw new Error(`no file is like ${positionals.join(" ")}`);
    let failed = 0;
    for (const path of paths) {
      const tests = runFile(path);
      const failures = tests.filter((test) => test.failures.length > 0);
      if (failures.length > 0) failed++;
      if (values.json) process.stdout.write(`${JSON.stringify({ path, tests })}\n`);
      else process.stdout.write(asText(path, tests.length, failures));
    }
    if (failed > 0) throw new Error(`${failed} of ${paths.length} test files failed`);
  },
};

interface Outcome {
  readonly name: string;
  readonly failures: readonly string[];
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
