import type { Incident, IncidentRecord } from "./incident.ts";
import type { IncidentEvent } from "./incident-event.ts";

/** Where incidents are written down. Events are only ever added. */
export interface IncidentHistory {
  /** What was kept with the last change: what goes on after a restart. */
  readonly state: string | undefined;
  /** Writes what happened, how the incidents are now, and the state, together or not at all. */
  append(change: IncidentChange): void;
  /** The latest first. */
  list(query?: IncidentQuery): readonly Incident[];
  /** By its id, or the beginning of it that no other one has. */
  find(id: string): IncidentRecord | undefined;
  /** Forgets those that were over before. */
  prune(beforeMs: number): void;
  close(): void;
}

export interface IncidentChange {
  readonly events: readonly IncidentEvent[];
  /** Those that changed. */
  readonly incidents: readonly Incident[];
  readonly state: string;
}

export interface IncidentQuery {
  /** @default all */
  readonly state?: Incident["state"];
  /** @default 100 */
  readonly limit?: number;
}

/** So many incidents are held in memory, and so many events of each; the oldest go. */
const MAX_INCIDENTS = 500;
const MAX_EVENTS = 500;

/** How many incidents a list has where nobody says. */
export const LIST_LIMIT = 100;

/** A history that ends with the process. */
export function memoryHistory(): IncidentHistory {
  const incidents = new Map<string, Incident>();
  const events = new Map<string, IncidentEvent[]>();
  let kept: string | undefined;
  return {
    get state() {
      return kept;
    },
    append(change) {
      kept = change.state;
      for (const incident of change.incidents) incidents.set(incident.id, incident);
      for (const event of change.events) {
        if (!incidents.has(event.incidentId)) continue;
        const known = events.get(event.incidentId) ?? [];
        known.push(event);
        // What opened it stays.
        if (known.length > MAX_EVENTS) known.splice(1, 1);
        events.set(event.incidentId, known);
      }
      const over = [...incidents.values()].filter(({ state }) => state === "resolved").sort(byTime);
      for (const { id } of over.slice(0, Math.max(0, incidents.size - MAX_INCIDENTS))) {
        incidents.delete(id);
        events.delete(id);
      }
    },
    list({ state, limit = LIST_LIMIT } = {}) {
      const found = [...incidents.values()].filter((incident) => state === undefined || incident.state === state);
      return found.sort(byTime).reverse().slice(0, limit);
    },
    find(id) {
      const ids = incidents.has(id) ? [id] : [...incidents.keys()].filter((one) => id !== "" && one.startsWith(id));
      const incident = ids.length === 1 ? incidents.get(ids[0]!) : undefined;
      return incident && { ...incident, events: [...(events.get(incident.id) ?? [])] };
    },
    prune(beforeMs) {
      for (const { id, resolvedAtMs } of [...incidents.values()]) {
        if (resolvedAtMs === undefined || resolvedAtMs >= beforeMs) continue;
        incidents.delete(id);
        events.delete(id);
      }
    },
    close() {},
  };
}

function byTime(a: Incident, b: Incident): number {
  return a.openedAtMs - b.openedAtMs || (a.id < b.id ? -1 : 1);
}
