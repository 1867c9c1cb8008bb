import type { AlertingFile } from "../alerting-file/alerting-file.ts";
import { Cooldowns } from "../cooldown/cooldowns.ts";
import { Escalations } from "../escalation/escalations.ts";
import type { FiringAlerts } from "../incidents/firing-alerts.ts";
import { Incidents } from "../incidents/incidents.ts";
import { Interventions } from "../intervention/interventions.ts";
import type { Acknowledgements } from "./acknowledgements.ts";
import type { ResponseState } from "./response-state.ts";

/** What a file says, at work. None of it knows a timer or a connection. */
export interface ResponseParts {
  readonly incidents: Incidents;
  readonly cooldowns: Cooldowns;
  readonly escalations: Escalations;
  readonly interventions: Interventions;
}

/** The parts by a file, from where they were: before a restart, or by another file, by which they are `before`. */
export function responseParts(
  file: AlertingFile,
  state: Omit<ResponseState, "alerts" | "acknowledgements">,
  { ownService, before }: { readonly ownService: string | undefined; readonly before?: ResponseParts },
): ResponseParts {
  const service = ownService === undefined ? {} : { ownService };
  return {
    incidents: new Incidents(file.incidents, { state: state.incidents, ...service }),
    cooldowns: new Cooldowns(file.cooldowns, state.cooldowns),
    escalations: new Escalations(file.escalations, state.escalations, before?.escalations),
    interventions: new Interventions(file.interventions, state.interventions),
  };
}

export function responseState(
  { incidents, cooldowns, escalations, interventions }: ResponseParts,
  more: { readonly firing: FiringAlerts; readonly acknowledged: Acknowledgements },
): ResponseState {
  return {
    version: 1,
    alerts: more.firing.state(),
    incidents: incidents.state(),
    acknowledgements: more.acknowledged.state(),
    cooldowns: cooldowns.state(),
    escalations: escalations.state(),
    interventions: interventions.state(),
  };
}
