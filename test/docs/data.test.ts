/** What a page shows of files and queries is read by what reads them in earnest. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAlertingFile, parseAlertmanagerConfig, parseRuleFile, parseRuleTestFile } from "@telltale/alerting";
import { parse as parsePromql } from "@telltale/promql";
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { readConfiguration } from "../../packages/telltale/src/config.ts";
import { schema } from "../../packages/telltale/src/configuration/schema.ts";
import { type Block, blocksOf, codeWordsOf, pages } from "./pages.ts";

type Reader = (text: string) => unknown;

/** Who reads a file of YAML, by the keys at its top; those of `everyKey` all have to be there. */
const yamlReaders: readonly { readonly file: string; readonly everyKey: readonly string[]; readonly read: Reader }[] = [
  { file: "rules", everyKey: ["groups"], read: parseRuleFile },
  { file: "tests of rules", everyKey: ["rule_files", "tests"], read: parseRuleTestFile },
  { file: "alertmanager.yml", everyKey: ["route", "receivers"], read: parseAlertmanagerConfig },
  ...["escalation", "interventions", "incidents", "heartbeat", "runbooks", "cooldown", "baselines"].map((key) => ({
    file: "telltale.alerting.yaml",
    everyKey: [key],
    read: (text: string) => parseAlertingFile(text),
  })),
  ...Object.keys(schema.options).map((key) => ({ file: "telltale.yaml", everyKey: [key], read: readTelltaleYaml })),
];

/** Files of YAML that others read; we have only their syntax. */
const othersKeys: Readonly<Record<string, string>> = {
  rule_files: "prometheus.yml, which Prometheus reads",
  scrape_configs: "prometheus.yml, which Prometheus reads",
  livenessProbe: "a container of Kubernetes, which the kubelet reads",
  services: "docker-compose.yml, which Docker reads",
};

const blocks = pages.flatMap(blocksOf);

describe("every file of YAML on a page is read by its reader", () => {
  test.each(named("yaml"))("%s", (_, { text }) => void readerOf(text)(text));
});

describe("every piece of JSON on a page is JSON", () => {
  test.each(named("json"))("%s", (_, { text }) => {
    for (const line of text.trim().split(/\n(?=\{)/)) JSON.parse(line);
  });
});

describe("every query on a page is one", () => {
  test.each(named("promql"))("%s", (_, { text }) => {
    for (const query of text.split(/\n\n+/)) parsePromql(query);
  });
});

// A range is what only PromQL has.
const queries = pages.flatMap(codeWordsOf).filter(({ word }) => /[a-z_}]\[\d+[smhdw][\]:]/.test(word));

describe("every query in a sentence is one", () => {
  test.each(queries)("$word", ({ word }) => void parsePromql(word));
});

test("there are some of each", () => {
  for (const language of ["yaml", "json", "promql"]) expect(named(language)).not.toEqual([]);
  expect(queries.length).toBeGreaterThan(5);
});

test("no block is of a language that nobody checks", () => {
  const known = ["ts", "yaml", "json", "promql", "sh", "text", ""];
  expect(blocks.filter(({ language }) => !known.includes(language))).toEqual([]);
});

function named(language: string): [string, Block][] {
  return blocks.filter((block) => block.language === language).map((block) => [`${block.page}:${block.line}`, block]);
}

function readerOf(text: string): Reader {
  const keys = Object.keys(parseYaml(text));
  const ours = yamlReaders.find(({ everyKey }) => everyKey.every((key) => keys.includes(key)));
  if (ours !== undefined) return ours.read;
  if (keys.some((key) => othersKeys[key] !== undefined)) return parseYaml;
  throw new Error(`nobody reads a file with the keys ${keys.join(", ")}: add its reader here`);
}

function readTelltaleYaml(text: string): unknown {
  const cwd = mkdtempSync(join(tmpdir(), "telltale-page-"));
  try {
    writeFileSync(join(cwd, "telltale.yaml"), text);
    const configuration = readConfiguration({ env: {}, cwd });
    expect(configuration.warnings).toEqual([]);
    return configuration;
  } finally {
    rmSync(cwd, { recursive: true });
  }
}
