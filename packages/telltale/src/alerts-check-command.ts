/** `telltale alerts check`: whether rule files of Prometheus, an alertmanager.yml and a telltale.alerting.yaml can be used. */
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import {
  AlertingFileError,
  type AlertmanagerConfig,
  AlertmanagerConfigError,
  findFiles,
  parseAlertingFile,
  parseAlertmanagerConfig,
  parseRuleFile,
  RuleFileError,
  startNotifier,
} from "@telltale/alerting";
import { type Command, readArguments, UsageError } from "./command/command-line.ts";

const options = {
  receivers: { type: "string" },
  extras: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

interface CheckedFile {
  readonly path: string;
  readonly found: string;
  readonly problems: readonly string[];
}

export const alertsCheck: Command = {
  help: `Usage: telltale alerts check <rule files> [--receivers <alertmanager.yml>] [--extras <telltale.alerting.yaml>] [--json]

Checks rule files as promtool check rules does, and tells every fault with its place.

  <rule files>        paths or patterns, such as alerts/*.yaml
  --receivers <file>  an alertmanager.yml to be checked as well
  --extras <file>     a telltale.alerting.yaml to be checked as well, with the names of those receivers
  --json              a JSON object a file
`,
  async run(args) {
    const { values, positionals } = readArguments(args, options);
    const { receivers, extras } = values;
    if (positionals.length === 0 && receivers === undefined && extras === undefined) {
      throw new UsageError("give rule files: telltale alerts check alerts/*.yaml");
    }
    const ruleFiles = findFiles(positionals);
    if (positionals.length > 0 && ruleFiles.length === 0) throw new Error(`no file is like ${positionals.join(" ")}`);
    const checked = [
      ...ruleFiles.map(checkRules),
      ...(receivers === undefined ? [] : [checkReceivers(receivers)]),
      ...(extras === undefined ? [] : [checkExtras(extras, receivers)]),
    ];
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
    const config = parseAlertmanagerConfig(readFileSync(path, "utf8"), { path });
    checkDelivery(path, config);
    return counted(config.receivers.length, "receiver");
  });
}

/** A notifier that starts can tell all receivers, by their texts and template files; it is given no alerts. */
function checkDelivery(path: string, config: AlertmanagerConfig): void {
  const templates = findFiles(config.templates, dirname(path)).map((file) => readFileSync(file, "utf8"));
  try {
    void startNotifier({ config, templates }).stop();
  } catch (error) {
    throw new DeliveryError(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** Receivers that are well written and cannot be told. */
class DeliveryError extends Error {}

function checkExtras(path: string, receivers: string | undefined): CheckedFile {
  return checked(path, () => {
    const names = receivers === undefined ? undefined : receiverNames(receivers);
    const file = parseAlertingFile(readFileSync(path, "utf8"), { path, ...(names && { receivers: names }) });
    return [
      counted(file.escalations.length, "escalation"),
      counted(file.interventions.length, "intervention"),
      counted(file.cooldowns.length, "cooldown"),
      counted(file.runbooks.length, "runbook"),
      counted(file.baselines.length, "choice of series for baselines", "choices of series for baselines"),
      ...(file.heartbeat === undefined ? [] : ["a heartbeat"]),
    ].join(", ");
  });
}

/** Undefined for a file that is told to be broken itself. */
function receiverNames(path: string): readonly string[] | undefined {
  try {
    return parseAlertmanagerConfig(readFileSync(path, "utf8"), { path }).receivers.map(({ name }) => name);
  } catch {
    return undefined;
  }
}

function checked(path: string, read: () => string): CheckedFile {
  try {
    return { path, found: read(), problems: [] };
  } catch (error) {
    const faults = [RuleFileError, AlertmanagerConfigError, AlertingFileError, DeliveryError];
    if (!faults.some((fault) => error instanceof fault)) throw error;
    return { path, found: "", problems: (error as Error).message.split("\n") };
  }
}

function counted(count: number, thing: string, things = `${thing}s`): string {
  return `${count} ${count === 1 ? thing : things}`;
}
