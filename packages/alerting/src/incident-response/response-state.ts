import type { CooldownState } from "../cooldown/cooldowns.ts";
import type { EscalationState } from "../escalation/escalation-state.ts";
import type { FiringAlert } from "../incidents/firing-alerts.ts";
import type { IncidentState } from "../incidents/incidents.ts";
import type { InterventionsState } from "../intervention/interventions.ts";

/** What must outlive a restart, so that nothing is done twice, nor forgotten. */
export interface ResponseState {
  readonly version: 1;
  readonly alerts: readonly FiringAlert[];
  readonly incidents: readonly IncidentState[];
  readonly acknowledgements: readonly HeldAcknowledgement[];
  readonly cooldowns: readonly CooldownState[];
  readonly escalations: readonly EscalationState[];
  readonly interventions: InterventionsState;
}

/** Somebody took an alert up; it holds until the alert is resolved. */
export interface HeldAcknowledgement {
  /** Of the alert. */
  readonly key: string;
  readonly silenceId: string;
  readonly by: string;
  readonly timeMs: number;
}

const empty: ResponseState = {
  version: 1,
  alerts: [],
  incidents: [],
  acknowledgements: [],
  cooldowns: [],
  escalations: [],
  interventions: { waiting: [], begun: [], runs: [] },
};

/** What cannot be read is begun anew: it is no reason not to alert. */
export function readResponseState(text: string | undefined, onProblem: (text: string) => void): ResponseState {
  if (text === undefined) return empty;
  try {
    const state = JSON.parse(text) as ResponseState;
    if (state.version === 1) return state;
    onProblem(`incidents: the state is of version ${String(state.version)}, not 1; open incidents begin anew`);
  } catch (error) {
    onProblem(`incidents: the state cannot be read, so open incidents begin anew: ${(error as Error).message}`);
  }
  return empty;
}
