/** `telltale alerts export`: the rules of alerts in code, as a rule file for a Prometheus server. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { codedRules, parseRuleFile } from "@telltale/alerting";
import { type Command, readArguments, UsageError } from "./command/command-line.ts";

const options = {
  import: { type: "string", multiple: true, default: [] as string[] },
  output: { type: "string" },
} as const;

export const alertsExport: Command = {
  help: `Usage: telltale alerts export --import <module> [--output <rule file>]

Writes the rules of the alerts in code that a module declares with alert(), for a Prometheus server that scrapes the process.

  --import <module>     the module that calls alert(), such as ./alerts.ts; it is run, so it should do nothing else
  --output <rule file>  where to write; to standard output unless told otherwise
`,
  async run(args) {
    const { values, positionals } = readArguments(args, options);
    if (values.import.length === 0 || positionals.length > 0) {
      throw new UsageError("give the module that calls alert(): telltale alerts export --import ./alerts.ts");
    }
    for (const path of values.import) await import(pathToFileURL(resolve(path)).href);
    const { text } = codedRules();
    const { groups } = parseRuleFile(text);
    if (groups.length === 0) {
      const where = values.import.join(", ");
      throw new Error(
        `${where} called no alert() of the @telltale/alerting that this command uses; is it another copy?`,
      );
    }
    if (values.output === undefined) process.stdout.write(text);
    else writeFileSync(values.output, text);
  },
};
