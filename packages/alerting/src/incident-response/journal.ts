import type { Incident } from "../incidents/incident.ts";
import type { IncidentEvent } from "../incidents/incident-event.ts";
import type { IncidentHistory, IncidentQuery } from "../incidents/incident-history.ts";

/** Writes into a history, and never fails: what cannot be written is told once, and tried again with what comes next. */
export interface Journal {
  /** Takes down what happened, and incidents that are over as they were last. */
  add(events: readonly IncidentEvent[], over?: readonly Incident[]): void;
  /** The state is another one. */
  touch(): void;
  /** Writes what was taken down, together with the state, if there is something new. */
  flush(): void;
  /** The record of an incident that goes on as another one, as it ends. */
  ended(id: string, nowMs: number): readonly Incident[];
  /** Incidents of before, the latest first; none where they cannot be read. */
  former(query: Required<IncidentQuery>): readonly Incident[];
  /** Forgets what is old, now and then. */
  prune(nowMs: number, keepMs: number): void;
}

/** How often the history forgets what is old. */
const PRUNE_INTERVAL_MS = 3_600_000;

/** So many events, and incidents that are over, wait for a history that cannot be written. */
const MAX_WAITING = 10_000;

export function journal(options: {
  readonly history: IncidentHistory;
  /** What must outlive a restart, as text. */
  readonly state: () => string;
  /** An incident as it is now. */
  readonly incident: (id: string) => Incident | undefined;
  readonly onProblem: (text: string) => void;
}): Journal {
  const { history, state, incident, onProblem } = options;
  const failing = new Set<string>();
  let waiting: readonly IncidentEvent[] = [];
  let waitingOver: readonly Incident[] = [];
  let isChanged = true;
  let prunedMs = Number.NEGATIVE_INFINITY;

  function attempt(what: string, work: () => void): boolean {
    try {
      work();
      failing.delete(what);
      return true;
    } catch (error) {
      if (!failing.has(what)) onProblem(`incidents: the history cannot be ${what}: ${(error as Error).message}`);
      failing.add(what);
      return false;
    }
  }

  return {
    add(events, over = []) {
      waiting = [...waiting, ...events];
      waitingOver = [...waitingOver, ...over];
      if (events.length + over.length > 0) isChanged = true;
    },
    touch() {
      isChanged = true;
    },
    flush() {
      if (!isChanged) return;
      const changed = [...new Set(waiting.map(({ incidentId }) => incidentId))].flatMap((id) => incident(id) ?? []);
      const change = { events: waiting, incidents: [...waitingOver, ...changed], state: state() };
      if (!attempt("written", () => history.append(change))) {
        waiting = waiting.slice(-MAX_WAITING);
        waitingOver = waitingOver.slice(-MAX_WAITING);
        return;
      }
      isChanged = false;
      waiting = [];
      waitingOver = [];
    },
    ended(id, nowMs) {
      const found: Incident[] = [];
      attempt("read", () => {
        const record = history.find(id);
        if (record === undefined) return;
        const { events: _, ...last } = record;
        found.push({ ...last, state: "resolved", resolvedAtMs: nowMs });
      });
      return found;
    },
    former(query) {
      const found: Incident[] = [];
      attempt("read", () => void found.push(...history.list(query)));
      return found;
    },
    prune(nowMs, keepMs) {
      if (nowMs - prunedMs < PRUNE_INTERVAL_MS) return;
      prunedMs = nowMs;
      attempt("pruned", () => history.prune(nowMs - keepMs));
    },
  };
}
