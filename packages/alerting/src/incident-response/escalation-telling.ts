import type { Notifier } from "../delivery/notifier.ts";
import type { EscalationStep } from "../escalation/escalations.ts";
import type { DirectTelling } from "../routing/dispatcher.ts";

/** What the groups of escalations are told by. */
export const ESCALATION_GROUP = "telltale/escalation";

/**
 * Tells the receivers of a step, and who of them has accepted. One that alertmanager.yml has no more cannot be told of the end,
 * nor is it waited for.
 */
export async function tellStep(
  step: EscalationStep,
  notifier: Pick<Notifier, "config" | "tell">,
  nowMs: number,
): Promise<{ readonly receivers: readonly string[]; readonly accepted: readonly string[] }> {
  const names = new Set(notifier.config.receivers.map(({ name }) => name));
  const receivers = step.receivers.filter((receiver) => !step.resolved || names.has(receiver));
  const told = await Promise.all(receivers.map((receiver) => notifier.tell(escalationTelling(step, receiver, nowMs))));
  return { receivers, accepted: receivers.filter((_, i) => told[i]) };
}

/** What one receiver is told of a step. */
export function escalationTelling(step: EscalationStep, receiver: string, nowMs: number): DirectTelling {
  const { toldAs, name, level, resolved, repeatMs } = step;
  return {
    receiver,
    groupKey: `${ESCALATION_GROUP}/${name}/${level}:{incident="${toldAs}"}`,
    groupLabels: { escalation: name, incident: toldAs, level: String(level) },
    alerts: step.alerts.map((alert) => ({
      ...alert,
      endsAtMs: resolved ? nowMs : nowMs + 3_600_000,
      updatedAtMs: nowMs,
      timeout: !resolved,
      resolved,
    })),
    ...(repeatMs !== undefined && { repeatIntervalMs: repeatMs / 2 }),
  };
}
