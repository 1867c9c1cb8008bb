import {
  readChoice,
  readDuration,
  readMatchers,
  readReceiverName,
  required,
  type Surroundings,
} from "../alerting-file/definition-fields.ts";
import type { AlertMatcher } from "../routing/alert-matcher.ts";
import type { YamlValue } from "../yaml-reader.ts";

/** Who is told when nobody took an incident up. */
export interface EscalationDefinition {
  readonly name: string;
  /** It begins with an alert that meets these, and tells of those of the incident that do. */
  readonly matchers: readonly AlertMatcher[];
  /** In order of their delays. */
  readonly levels: readonly EscalationLevel[];
  /** What ends it before all levels are told. That the alerts are resolved always does. */
  readonly until: "acknowledged" | "resolved";
  /** The last level is told again after so long; undefined for once. */
  readonly repeatMs: number | undefined;
}

export interface EscalationLevel {
  /** Since the first of the alerts fired. */
  readonly delayMs: number;
  /** Of alertmanager.yml. */
  readonly receivers: readonly string[];
}

/** Reads an item of `escalations`; faults are problems of the document. */
export function readEscalation(value: YamlValue, surroundings: Surroundings): EscalationDefinition {
  const fields = value.fields(["name", "matchers", "levels", "until", "repeat"]);
  const name = required(value, fields, "name", "trading-desk");
  const levels = fields.get("levels")?.items() ?? [];
  if (levels.length === 0) {
    value.problem("levels is missing; give at least one, such as { delay: 5m, receivers: [on-call] }");
  }
  const read = levels.map((level) => readLevel(level, surroundings));
  for (const [i, { delayMs }] of read.entries()) {
    if (i > 0 && delayMs <= read[i - 1]!.delayMs) {
      levels[i]!.problem("its delay is no longer than that of the level before; delays begin when the alert fires");
    }
  }
  return {
    name,
    matchers: readMatchers(fields),
    levels: read,
    until: readChoice(fields, "until", { choices: ["acknowledged", "resolved"], otherwise: "acknowledged" }),
    repeatMs: readDuration(fields, "repeat", { otherwise: Number.NaN }) || undefined,
  };
}

function readLevel(value: YamlValue, surroundings: Surroundings): EscalationLevel {
  const fields = value.fields(["delay", "receivers"]);
  const receivers = fields.get("receivers")?.items() ?? [];
  if (receivers.length === 0) value.problem("receivers is missing; give a list of receivers of alertmanager.yml");
  if (!fields.has("delay")) value.problem("delay is missing; give one, such as 5m, or 0s for at once");
  return {
    delayMs: readDuration(fields, "delay", { otherwise: 0, zero: true }),
    receivers: [...new Set(receivers.map((receiver) => readReceiverName(receiver, surroundings)))],
  };
}
