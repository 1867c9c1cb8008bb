import { readFileSync } from "node:fs";
import { findFiles, parseRuleFile, type RuleDefinition } from "@telltale/alerting";
import { nearest } from "../configuration/did-you-mean.ts";
import type { TriedRule } from "./rule-trial.ts";

/** The rules of files: those to be tried, and all, which may record what these ask for. */
export interface FoundRules {
  readonly tried: readonly TriedRule[];
  readonly all: readonly RuleDefinition[];
}

/**
 * The alerting rules of a name, which may be written in another way: `high-latency` is HighLatency.
 * @throws Error when there are none, RuleFileError when a file cannot be used
 */
export function findRule(name: string, patterns: readonly string[]): FoundRules {
  const paths = findFiles(patterns);
  if (paths.length === 0)
    throw new Error(`no file is like ${patterns.join(" ")}; give rule files, such as alerts/*.yaml`);
  const files = paths.map((path) => ({ path, groups: parseRuleFile(readFileSync(path, "utf8"), { path }).groups }));
  const all = files.flatMap(({ path, groups }) =>
    groups.flatMap(({ rules }) => rules.map((rule) => ({ file: path, rule }))),
  );
  const alerts = all.flatMap(({ file, rule }) => (rule.kind === "alerting" ? [{ file, rule }] : []));
  const exact = alerts.filter(({ rule }) => rule.name === name);
  const tried = exact.length > 0 ? exact : alerts.filter(({ rule }) => plain(rule.name) === plain(name));
  if (tried.length > 0) return { tried, all: all.map(({ rule }) => rule) };
  const near = nearest(name, new Set(alerts.map(({ rule }) => rule.name)));
  const where = paths.length === 1 ? paths[0] : `${paths.length} files like ${patterns.join(" ")}`;
  const hint = near === undefined ? "telltale alerts check says what is in them" : `did you mean ${near}?`;
  throw new Error(`${where} ${paths.length === 1 ? "has" : "have"} no alert ${name}; ${hint}`);
}

function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "")
    .replace(/(?<=.)rule$/, "");
}
