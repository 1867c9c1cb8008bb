/** `telltale alerts check`: whether rule files of Prometheus and an alertmanager.yml can be used. */
import { readFileSync } from "node:fs";
import {
  AlertmanagerConfigError,
  findFiles,
  parseAlertmanagerConfig,
  parseRuleFile,
  RuleFileError,
} from "@telltale/alerting";
import { type Command, readArguments, UsageError } from "./command/command-line.ts";

const options = { receivers: { type: "string" }, json: { type: "boolean", default: false } } as const;

interface CheckedFile {
  readonly path: string;
  readonly found: string;
  readonly problems: readonly string[];
}

export const alertsCheck: Command = {
  help: `Usage: telltale alerts check <rule files> [--receivers <alertmanager.yml>] [--json]

Checks rule files as promtool check rules does, and tells every fault with its place.

  <rule files>        paths or patterns, such as alerts/*.yaml
  --receivers <file>  an alertmanager.yml to be checked as well
  --json              a JSON object a file
`,
  async run(args) {
    const { values, positionals } = readArguments(args, options);
    if (positionals.length === 0 && values.receivers === undefined) {
      throw new UsageError("give rule files: telltale alerts check alerts/*.yaml");
    }
    const checked = [
      ...findFiles(positionals).map(checkRules),
      ...(values.receivers === undefined ? [] : [checkReceivers(values.receivers)]),
    ];
    if (positionals.length > 0 && checked.every(({ path }) => path === values.receivers)) {
      throw new Error(`no file is like ${positionals.join(" ")}`);
    }
    for (const file of checked) process.stdout.write(values.json ? `${JSON.stringify(file)}\n` : asText(file));
    if (checked.some(({ problems }) => problems.length > 0)) throw new Error("not every file can be used");
  },
};

function asText({ path, found, problems }: CheckedFile): string {
  return problems.length === 0 ? `${path}: ${found}\n` : `${problems.join("\n")}\n`;
}

function checkRules(path: string): CheckedFile {
  return checked(path, () => {
    const { groups } = parseRuleFile(readFileSync(path, "utf8"), { path });
    const rules = groups.flatMap((group) => group.rules);
    const alerts = rules.filter(({ kind }) => kind === "alerting").length;
    return [
      counted(groups.length, "group"),
      counted(alerts, "alert"),
      counted(rules.length - alerts, "recording rule"),
    ].join(", ");
  });
}

function checkReceivers(path: string): CheckedFile {
  return checked(path, () => {
    const { receivers } = parseAlertmanagerConfig(readFileSync(path, "utf8"), { path });
    return counted(receivers.length, "receiver");
  });
}

function checked(path: string, read: () => string): CheckedFile {
  try {
    return { path, found: read(), problems: [] };
  } catch (error) {
    if (!(error instanceof RuleFileError || error instanceof AlertmanagerConfigError)) throw error;
    return { path, found: "", problems: error.message.split("\n") };
  }
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}
