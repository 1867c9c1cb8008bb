import { type CooldownDefinition, readCooldown } from "../cooldown/cooldowns.ts";
import { type EscalationDefinition, readEscalation } from "../escalation/escalation-definition.ts";
import { type HeartbeatDefinition, readHeartbeat } from "../heartbeat/heartbeat-definition.ts";
import { type IncidentOptions, incidentDefaults, readIncidentOptions } from "../incidents/incident-options.ts";
import {
  type InterventionDefinition,
  interventionId,
  readIntervention,
} from "../intervention/intervention-definition.ts";
import { type RunbookDefinition, readRunbook } from "../runbook/runbook.ts";
import { readYaml, type YamlProblem, type YamlValue } from "../yaml-reader.ts";
import { type BaselineChoice, readBaselineChoice } from "./baseline-choice.ts";
import type { Surroundings } from "./definition-fields.ts";

/** A telltale.alerting.yaml: what rule files and alertmanager.yml have no words for. */
export interface AlertingFile {
  readonly runbooks: readonly RunbookDefinition[];
  readonly cooldowns: readonly CooldownDefinition[];
  readonly escalations: readonly EscalationDefinition[];
  readonly interventions: readonly InterventionDefinition[];
  readonly heartbeat: HeartbeatDefinition | undefined;
  readonly baselines: readonly BaselineChoice[];
  readonly incidents: IncidentOptions;
}

export interface AlertingFileOptions {
  /** For messages. @default "telltale.alerting.yaml" */
  readonly path?: string;
  /** The names of those in alertmanager.yml, none where there is no such file; without them names of receivers are not checked. */
  readonly receivers?: readonly string[];
}

/** A telltale.alerting.yaml that cannot be used; its message has a line for each fault. */
export class AlertingFileError extends Error {
  override readonly name = "AlertingFileError";
  readonly code = "TELLTALE_BAD_ALERTING_FILE";
  readonly problems: readonly YamlProblem[];

  constructor(path: string, problems: readonly YamlProblem[]) {
    super(problems.map(({ line, column, message }) => `${path}: ${line}:${column}: ${message}`).join("\n"));
    this.problems = problems;
  }
}

const topLevel = ["runbooks", "cooldowns", "escalations", "interventions", "heartbeat", "baselines", "incidents"];

/** Reads a telltale.alerting.yaml and checks everything in it. @throws AlertingFileError with all faults */
export function parseAlertingFile(text: string, options: AlertingFileOptions = {}): AlertingFile {
  const { path = "telltale.alerting.yaml", receivers } = options;
  const { root, problems, documents } = readYaml(text);
  if (documents > 1) problems.push({ line: 1, column: 1, message: "there are several documents; give one" });
  const fields = root?.fields(topLevel) ?? new Map<string, YamlValue>();
  const items = (name: string): readonly YamlValue[] => fields.get(name)?.items() ?? [];
  const surroundings: Surroundings = { receivers };
  const escalations = items("escalations").map((item) => readEscalation(item, surroundings));
  checkUnique(items("escalations"), escalations, {
    nameOf: ({ name }) => name,
    fault: (name) => `there is another escalation named "${name}"; give each a name of its own`,
  });
  const interventions = items("interventions").map(readIntervention);
  checkUnique(items("interventions"), interventions, {
    nameOf: interventionId,
    fault: () => "there is another one of this name for the same alerts; make them one",
  });
  const baselines = items("baselines").map(readBaselineChoice);
  checkUnique(items("baselines"), baselines, {
    nameOf: (choice) => choice && JSON.stringify([choice.query, choice.metric ?? ""]),
    fault: () => "there are baselines of the same already; make them one",
  });
  const heartbeat = fields.get("heartbeat");
  const incidents = fields.get("incidents");
  const file = {
    runbooks: items("runbooks").map(readRunbook),
    cooldowns: items("cooldowns").map(readCooldown),
    escalations,
    interventions,
    heartbeat: isGiven(heartbeat) ? readHeartbeat(heartbeat, surroundings) : undefined,
    baselines: baselines.flatMap((choice) => choice ?? []),
    incidents: isGiven(incidents) ? readIncidentOptions(incidents) : incidentDefaults,
  };
  if (problems.length > 0) {
    throw new AlertingFileError(
      path,
      problems.toSorted((a, b) => a.line - b.line || a.column - b.column),
    );
  }
  return file;
}

function isGiven(value: YamlValue | undefined): value is YamlValue {
  return value !== undefined && !value.isNull();
}

/** Their state is kept by their names. */
function checkUnique<T>(
  items: readonly YamlValue[],
  read: readonly T[],
  of: { readonly nameOf: (one: T) => string | undefined; readonly fault: (name: string) => string },
): void {
  const seen = new Set<string>();
  for (const [i, one] of read.entries()) {
    const name = of.nameOf(one);
    if (name === undefined) continue;
    if (seen.has(name)) items[i]!.problem(of.fault(name));
    seen.add(name);
  }
}
