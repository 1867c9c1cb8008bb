import type { Incident } from "../incidents/incident.ts";
import type { IncidentEvent } from "../incidents/incident-event.ts";
import { type IncidentHistory, LIST_LIMIT } from "../incidents/incident-history.ts";
import { prepareStateFile, together } from "./state-file.ts";

/** How many events of an incident are read, the latest. */
const MAX_EVENTS = 10_000;

/** The name that the state is kept under. */
const KEPT = "incidents";

const tables = `
  CREATE TABLE IF NOT EXISTS incident (id TEXT PRIMARY KEY, openedMs INTEGER, resolvedMs INTEGER, state TEXT, value TEXT)
    WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS incidentEvent (number INTEGER PRIMARY KEY, incident TEXT, value TEXT);
  CREATE INDEX IF NOT EXISTS incidentEventOf ON incidentEvent (incident);
  CREATE INDEX IF NOT EXISTS incidentOpened ON incident (openedMs);
  CREATE TRIGGER IF NOT EXISTS incidentEventStays BEFORE UPDATE ON incidentEvent
    BEGIN SELECT RAISE(ABORT, 'the history of incidents is only added to'); END;
`;

/**
 * The history of incidents in a file of SQLite, which may be that of `openStateFile`. SQLite waits for the disk: use it in a
 * worker, where there is something to be held up.
 * @throws Error when the file is another one, or of a later version
 */
export function openIncidentFile(path: string): IncidentHistory {
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  const database = new DatabaseSync(path);
  prepareStateFile(database, path);
  // What is written here keeps code from being run twice, after a power failure too.
  database.exec("PRAGMA synchronous = FULL");
  database.exec(tables);
  const addEvent = database.prepare("INSERT INTO incidentEvent (incident, value) VALUES (?, ?)");
  const put = database.prepare("INSERT OR REPLACE INTO incident VALUES (?, ?, ?, ?, ?)");
  const keep = database.prepare("INSERT OR REPLACE INTO kept (name, text) VALUES (?, ?)");
  const kept = database.prepare("SELECT text FROM kept WHERE name = ?");
  const latest = database.prepare("SELECT value FROM incident ORDER BY openedMs DESC, id DESC LIMIT ?");
  const latestOf = database.prepare(
    "SELECT value FROM incident WHERE state = ? ORDER BY openedMs DESC, id DESC LIMIT ?",
  );
  const exact = database.prepare("SELECT value FROM incident WHERE id = ?");
  const beginning = database.prepare("SELECT value FROM incident WHERE substr(id, 1, ?) = ? LIMIT 2");
  const eventsOf = database.prepare("SELECT value FROM incidentEvent WHERE incident = ? ORDER BY number DESC LIMIT ?");
  const old = "SELECT id FROM incident WHERE resolvedMs < ?";
  const dropEvents = database.prepare(`DELETE FROM incidentEvent WHERE incident IN (${old})`);
  const drop = database.prepare("DELETE FROM incident WHERE resolvedMs < ?");

  return {
    get state() {
      return (kept.get(KEPT) as { readonly text: string } | undefined)?.text;
    },
    append({ events, incidents, state }) {
      together(database, () => {
        for (const event of events) addEvent.run(event.incidentId, JSON.stringify(event));
        for (const one of incidents) {
          put.run(one.id, one.openedAtMs, one.resolvedAtMs ?? null, one.state, JSON.stringify(one));
        }
        keep.run(KEPT, state);
      });
    },
    list({ state, limit = LIST_LIMIT } = {}) {
      return parsed<Incident>(state === undefined ? latest.all(limit) : latestOf.all(state, limit));
    },
    find(id) {
      const found = parsed<Incident>(exact.all(id));
      const [incident, another] =
        found.length > 0 || id === "" ? found : parsed<Incident>(beginning.all(id.length, id));
      if (incident === undefined || another !== undefined) return undefined;
      const events = parsed<IncidentEvent>(eventsOf.all(incident.id, MAX_EVENTS)).reverse();
      return { ...incident, events };
    },
    prune(beforeMs) {
      together(database, () => {
        dropEvents.run(beforeMs);
        drop.run(beforeMs);
      });
    },
    close: () => database.close(),
  };
}

function parsed<T>(rows: unknown): T[] {
  return (rows as readonly { readonly value: string }[]).map(({ value }) => JSON.parse(value) as T);
}
