import type { Acknowledgements } from "./acknowledgements.ts";
import type { Journal } from "./journal.ts";
import type { ResponseParts } from "./response-parts.ts";

/** So many incidents that are open in the history are looked at. */
const MAX_OPEN = 100_000;

/** What the process before left undone: code with an unknown outcome, and what belongs to a state that was lost. */
export function endFormerRun({
  parts: { incidents, interventions },
  log,
  acknowledged,
  nowMs,
  onProblem,
}: {
  readonly parts: ResponseParts;
  readonly log: Journal;
  readonly acknowledged: Acknowledgements;
  readonly nowMs: number;
  readonly onProblem: (text: string) => void;
}): void {
  for (const { key, name } of interventions.interrupted()) {
    const text = `${name}: the process ended before its outcome was known; it is not begun again`;
    onProblem(`intervention ${text}`);
    const incident = incidents.get(incidents.of(key) ?? "");
    const labels = incident?.members.find((one) => one.key === key)?.labels;
    if (incident === undefined || labels === undefined) continue;
    log.add([{ incidentId: incident.id, timeMs: nowMs, kind: "intervention", labels, text }]);
  }
  // Nobody would ever end them.
  const known = new Set(incidents.ids());
  const open = (["firing", "quiet"] as const).flatMap((state) => log.former({ state, limit: MAX_OPEN }));
  const lost = open.filter(({ id }) => !known.has(id));
  const text = "over: what became of it is not known, as the state was lost";
  log.add(
    lost.map(({ id }) => ({ incidentId: id, timeMs: nowMs, kind: "resolved", text })),
    lost.map((one) => ({ ...one, state: "resolved", resolvedAtMs: nowMs })),
  );
  acknowledged.endStrays(nowMs);
}
