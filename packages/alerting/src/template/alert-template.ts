import { toRecord, type VectorSample } from "@telltale/promql";
import { builtins } from "../go-template/builtins.ts";
import { executeTemplate } from "../go-template/execute.ts";
import { parseTemplate, type Template } from "../go-template/parser.ts";
import { GoMap, GoStruct, type Value } from "../go-template/value.ts";
import {
  prometheusFunctionNames,
  prometheusFunctions,
  sampleValue,
  type TemplateSurroundings,
} from "./prometheus-functions.ts";

/** A label or annotation of an alerting rule, read once and expanded for each alert. */
export interface AlertTemplate {
  /** A fault becomes the text `<error expanding template: …>`, as with Prometheus. */
  expand(data: Value, surroundings: TemplateSurroundings): string;
}

export interface AlertTemplateData {
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly externalUrl: string;
}

/** What Prometheus puts before each template, so that `$labels` and `$value` can be used. */
const definitions =
  "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}";

const names = { has: (name: string) => builtins.has(name) || prometheusFunctionNames.has(name) };

/** Reads the template of an alert. @throws TemplateParseError */
export function alertTemplate(alert: string, text: string): AlertTemplate {
  if (!text.includes("{{")) return { expand: () => text };
  return { expand: expander(parse(alert, text)) };
}

/** As `alertTemplate`, for text that a broken template must not stop: the fault is what it expands to. */
export function tolerantAlertTemplate(alert: string, text: string): AlertTemplate {
  try {
    return alertTemplate(alert, text);
  } catch (error) {
    const name = `__alert_${alert}`;
    return { expand: () => `<error expanding template: error parsing template ${name}: ${(error as Error).message}>` };
  }
}

/** What a template of an alert sees of the sample that raised it. */
export function alertData(sample: VectorSample, { externalLabels, externalUrl }: AlertTemplateData): Value {
  return new GoStruct(
    "struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }",
    {
      Labels: GoMap.ofStrings(toRecord(sample.labels)),
      ExternalLabels: GoMap.ofStrings(externalLabels),
      ExternalURL: externalUrl,
      Value: sampleValue(sample),
    },
  );
}

function parse(alert: string, text: string): Template {
  return parseTemplate(`__alert_${alert}`, definitions + text, names);
}

function expander(template: Template): AlertTemplate["expand"] {
  return (data, surroundings) => {
    try {
      return executeTemplate(template, data, prometheusFunctions(surroundings));
    } catch (error) {
      const { message } = error as Error;
      return `<error expanding template: error executing template ${template.name}: ${message}>`;
    }
  };
}
