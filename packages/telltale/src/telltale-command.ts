#!/usr/bin/env node
/** The `telltale` command. Each subcommand is a file of its own, `<name>-command.ts`, loaded when it is asked for. */
import { createRequire } from "node:module";
import { type Command, UsageError } from "./command/command-line.ts";
import { nearest } from "./configuration/did-you-mean.ts";
import { version } from "./version.ts";

const require = createRequire(import.meta.url);

interface Subcommand {
  readonly summary: string;
  load(): Command;
}

/** By name, which may have two words. */
const subcommands: Readonly<Record<string, Subcommand>> = {
  "alerts check": {
    summary: "Checks rule files of Prometheus and an alertmanager.yml.",
    load: () => (require("./alerts-check-command.ts") as typeof import("./alerts-check-command.ts")).alertsCheck,
  },
  "alerts export": {
    summary: "Writes the rules of alerts in code, for a Prometheus server.",
    load: () => (require("./alerts-export-command.ts") as typeof import("./alerts-export-command.ts")).alertsExport,
  },
  "alerts lint": {
    summary: "Tells what in rule files means something else on a server, or nothing at all.",
    load: () => (require("./alerts-lint-command.ts") as typeof import("./alerts-lint-command.ts")).alertsLint,
  },
  "alerts test": {
    summary: "Tells whether a rule fires now and why, or runs unit tests of rules.",
    load: () => (require("./alerts-test-command.ts") as typeof import("./alerts-test-command.ts")).alertsTest,
  },
  export: {
    summary: "Prints the resource monitor's snapshots, as JSON lines or CSV.",
    load: () => (require("./export-command.ts") as typeof import("./export-command.ts")).exportCommand,
  },
  "profile analyze": {
    summary: "Prints the hottest functions of a profile, and draws its flame graph.",
    load: () =>
      (require("./profile-analyze-command.ts") as typeof import("./profile-analyze-command.ts")).profileAnalyze,
  },
};

/** Exit codes, as those of grep and git: a command that failed, and one that was not understood. */
const FAILED = 1;
const NOT_UNDERSTOOD = 2;

// Whoever reads may have enough, as `head` has.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : FAILED));
main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const { message } = Object(error) as { readonly message?: string };
    process.stderr.write(`telltale: ${message || String(error)}\n`);
    process.exitCode = error instanceof UsageError ? NOT_UNDERSTOOD : FAILED;
  },
);

async function main(args: readonly string[]): Promise<number> {
  const [first] = args;
  if (first === undefined) {
    process.stderr.write(overview());
    return NOT_UNDERSTOOD;
  }
  if (first === "--help" || first === "-h" || first === "help") {
    process.stdout.write(overview());
    return 0;
  }
  if (first === "--version" || first === "-v") {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  const { command, rest } = find(args);
  if (rest.includes("--help") || rest.includes("-h")) {
    process.stdout.write(command.help);
    return 0;
  }
  await command.run(rest);
  return 0;
}

function find(args: readonly string[]): { readonly command: Command; readonly rest: readonly string[] } {
  for (const words of [2, 1]) {
    const found = subcommands[args.slice(0, words).join(" ")];
    if (found !== undefined && args.length >= words) return { command: found.load(), rest: args.slice(words) };
  }
  throw new UsageError(unknown(args.filter((arg) => !arg.startsWith("-"))));
}

function unknown(words: readonly string[]): string {
  const names = Object.keys(subcommands);
  const group = names.filter((name) => name.split(" ")[0] === words[0]);
  if (group.length > 0 && words.length === 1) return `${words[0]} needs a second word: ${group.join(", ")}`;
  const asked = [words.slice(0, 2).join(" "), words[0] ?? ""];
  const near = asked.map((text) => nearest(text, names)).find((name) => name !== undefined);
  const hint = near === undefined ? "telltale --help lists them" : `did you mean "telltale ${near}"?`;
  return `there is no command "${group.length > 0 ? asked[0] : asked[1]}"; ${hint}`;
}

function overview(): string {
  const width = Math.max(...Object.keys(subcommands).map((name) => name.length));
  const lines = Object.entries(subcommands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `telltale ${version}: rules, and what telemetry left on disk.

Usage: telltale <command> [options]

Commands:
${lines.join("\n")}

telltale <command> --help says more of one.
`;
}
