import { parseDuration } from "@telltale/promql";
import { readDuration, readMatchers, required } from "../alerting-file/definition-fields.ts";
import { type AlertMatcher, formatMatchers } from "../routing/alert-matcher.ts";
import { readBoolean, type YamlValue } from "../yaml-reader.ts";

/** Code of the application that is run when an alert fires. */
export interface InterventionDefinition {
  /** That the code is registered by. */
  readonly name: string;
  readonly matchers: readonly AlertMatcher[];
  /** Nothing is run; what would have been is written down. */
  readonly dryRun: boolean;
  /** So long an alert has to have fired. */
  readonly delayMs: number;
  readonly atMost: RateLimit;
  /** For how long an outcome is waited for. */
  readonly timeoutMs: number;
}

/** No more than `count` in any `perMs`. */
export interface RateLimit {
  readonly count: number;
  readonly perMs: number;
}

/** What its state is kept by. */
export function interventionId({ name, matchers }: InterventionDefinition): string {
  return `${name}${formatMatchers(matchers)}`;
}

const HOUR_MS = 3_600_000;

/** Reads an item of `interventions`; faults are problems of the document. */
export function readIntervention(value: YamlValue): InterventionDefinition {
  const fields = value.fields(["name", "matchers", "dry_run", "delay", "at_most", "timeout"]);
  const matchers = readMatchers(fields);
  if (matchers.length === 0) {
    value.problem('matchers is missing; say for which alerts, such as [alertname="LargeDailyLoss"]');
  }
  return {
    name: required(value, fields, "name", "halt-trading"),
    matchers,
    dryRun: fields.get("dry_run")?.read(readBoolean) ?? true,
    delayMs: readDuration(fields, "delay", { otherwise: 0, zero: true }),
    atMost: fields.get("at_most")?.read(readRateLimit) ?? { count: 1, perMs: HOUR_MS },
    timeoutMs: readDuration(fields, "timeout", { otherwise: 10_000 }),
  };
}

/** `2 per 1h`. @throws Error */
function readRateLimit(text: string): RateLimit {
  const parts = /^(\d+) per (\w+)$/.exec(text.trim());
  const count = Number(parts?.[1]);
  const perMs = parts === null ? 0 : durationOf(parts[2]!);
  if (!(count > 0 && perMs > 0))
    throw new Error(`at_most is "${text}"; give a number and a duration, such as 1 per 1h`);
  return { count, perMs };
}

function durationOf(text: string): number {
  try {
    return parseDuration(text);
  } catch {
    return 0;
  }
}
