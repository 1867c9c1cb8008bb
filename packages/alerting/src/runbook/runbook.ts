import { labelsOf } from "@telltale/promql";
import { type Fields, readMatchers, required } from "../alerting-file/definition-fields.ts";
import { type AlertMatcher, matchesAll } from "../routing/alert-matcher.ts";
import { type AlertTemplate, alertData, alertTemplate } from "../template/alert-template.ts";
import type { YamlValue } from "../yaml-reader.ts";

/** Where it is written what to do about alerts of some kind. */
export interface RunbookDefinition {
  readonly matchers: readonly AlertMatcher[];
  /** A template, with `$labels`. */
  readonly url: string;
}

/** The annotation that a link is in. */
const ANNOTATION = "runbook_url";

const EXAMPLE = "https://wiki.example.org/runbooks/{{ $labels.alertname }}";

/** What a template expands to that asks for what there is not. */
const FAULT = /^<error expanding template: (.*)>$/;

interface Described {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Reads an item of `runbooks`; faults are problems of the document. */
export function readRunbook(value: YamlValue): RunbookDefinition {
  const fields: Fields = value.fields(["matchers", "url"]);
  const url = required(value, fields, "url", EXAMPLE);
  const runbook = { matchers: readMatchers(fields), url };
  fields.get("url")?.read((text) => {
    alertTemplate("runbook", text);
    const [, fault] = FAULT.exec(linkOf(runbook, { labels: {} })) ?? [];
    if (fault !== undefined) throw new Error(`${fault}; give a link with $labels, such as ${EXAMPLE}`);
  });
  return runbook;
}

/** The alert with the link of the first runbook that is about it, unless it has one of its own. */
export function withRunbook<T extends Described>(alert: T, runbooks: readonly RunbookDefinition[]): T {
  if ((alert.annotations?.[ANNOTATION] ?? "") !== "") return alert;
  const runbook = runbooks.find(({ matchers }) => matchesAll(matchers, alert.labels));
  if (runbook === undefined) return alert;
  return { ...alert, annotations: { ...alert.annotations, [ANNOTATION]: linkOf(runbook, alert) } };
}

/** There is no value and no store to ask: a template that wants them says so in the link. */
function linkOf(runbook: RunbookDefinition, { labels }: Described): string {
  const data = alertData(
    { labels: labelsOf(labels), timeMs: 0, value: Number.NaN, histogram: undefined },
    { externalLabels: {}, externalUrl: "" },
  );
  const query = () => {
    throw new Error("a runbook has no queries");
  };
  return templateOf(runbook).expand(data, { timeMs: 0, query, externalUrl: "" });
}

/** An alert is sent many times. */
const templates = new WeakMap<RunbookDefinition, AlertTemplate>();

function templateOf(runbook: RunbookDefinition): AlertTemplate {
  const known = templates.get(runbook) ?? alertTemplate("runbook", runbook.url);
  templates.set(runbook, known);
  return known;
}
