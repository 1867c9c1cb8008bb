import type { DatabaseSync } from "node:sqlite";
import type { DispatcherState } from "../routing/dispatcher.ts";

/** A notifier's state in a file of SQLite: what `state` is handed in, and `save` is called as `onState`. */
export interface StateFile {
  /** What was saved last; undefined in a new file. */
  readonly state: DispatcherState | undefined;
  /** Writes what is not in the file yet, before it returns. */
  save(state: DispatcherState): void;
  /** A text that was kept under a name. */
  kept(name: string): string | undefined;
  /** Keeps a text under a name, in the place of the one before and of what was added to it. */
  keep(name: string, text: string): void;
  /** What was added to the text under a name since it was kept, in order. */
  added(name: string): readonly string[];
  /** Adds to the text that is kept under a name. */
  add(name: string, text: string): void;
  close(): void;
}

const VERSION = 1;

const BAD_FILE = "TELLTALE_BAD_STATE_FILE";

/**
 * Opens a file of states, or makes it. SQLite waits for the disk: use it in a worker, where there is something to be held up.
 * @throws Error when the file is another one, or of a later version
 */
export function openStateFile(path: string): StateFile {
  // Loaded here only: Node.js 22 warns of it.
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  const database = opened(() => new DatabaseSync(path), path);
  opened(() => prepareStateFile(database, path), path);
  const written = new Map<string, string>();
  const known: KnownRows = new WeakMap();
  const rows = database.prepare("SELECT kind, key, value FROM held").all() as unknown as readonly Row[];
  for (const { kind, key, value } of rows) written.set(rowId(kind, key), value);
  const put = database.prepare("INSERT OR REPLACE INTO held (kind, key, value) VALUES (?, ?, ?)");
  const drop = database.prepare("DELETE FROM held WHERE kind = ? AND key = ?");
  const find = database.prepare("SELECT text FROM kept WHERE name = ?");
  const replace = database.prepare("INSERT OR REPLACE INTO kept (name, text) VALUES (?, ?)");
  const additions = database.prepare("SELECT text FROM added WHERE name = ? ORDER BY number");
  const add = database.prepare("INSERT INTO added (name, text) VALUES (?, ?)");
  const dropAdditions = database.prepare("DELETE FROM added WHERE name = ?");

  return {
    state: rows.length === 0 ? undefined : stateOf(rows),
    save(state) {
      const next = new Map(rowsOf(state, known).map((row) => [row.id, row]));
      const changed = [...next.values()].filter(({ id, value }) => written.get(id) !== value);
      const gone = [...written.keys()].filter((id) => !next.has(id));
      if (changed.length + gone.length === 0) return;
      together(database, () => {
        for (const { kind, key, value } of changed) put.run(kind, key, value);
        for (const id of gone) drop.run(...(JSON.parse(id) as [string, string]));
      });
      for (const { id, value } of changed) written.set(id, value);
      for (const id of gone) written.delete(id);
    },
    kept: (name) => (find.get(name) as { readonly text: string } | undefined)?.text,
    keep(name, text) {
      together(database, () => {
        replace.run(name, text);
        dropAdditions.run(name);
      });
    },
    added: (name) => (additions.all(name) as unknown as readonly { readonly text: string }[]).map(({ text }) => text),
    add: (name, text) => void add.run(name, text),
    close: () => database.close(),
  };
}

/** SQLite does not say which file it is about. */
function opened<T>(open: () => T, path: string): T {
  try {
    return open();
  } catch (cause) {
    const { message, code } = cause as NodeJS.ErrnoException;
    if (code === BAD_FILE) throw cause;
    const text = `${path} cannot be used for the state (${message}); give a file in a folder that is there and may be written`;
    throw Object.assign(new Error(text, { cause }), { code: BAD_FILE });
  }
}

interface Row {
  readonly kind: keyof DispatcherState;
  readonly key: string;
  readonly value: string;
}

/** Writes all of it or nothing. @throws what `write` throws, or SQLite */
export function together(database: DatabaseSync, write: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    write();
    database.exec("COMMIT");
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

/** Or nothing could be written any more, even after the disk has room again. */
function rollBack(database: DatabaseSync): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // SQLite has done so by itself.
  }
}

/** Makes the tables of a new file. @throws Error when the file is another one, or of a later version */
export function prepareStateFile(database: DatabaseSync, path: string): void {
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  const { user_version: version } = database.prepare("PRAGMA user_version").get() as { readonly user_version: number };
  const { count } = database.prepare("SELECT count(*) AS count FROM sqlite_master").get() as { readonly count: number };
  if (version === 0 && count === 0) {
    database.exec(`CREATE TABLE held (kind TEXT, key TEXT, value TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID;
      CREATE TABLE kept (name TEXT PRIMARY KEY, text TEXT) WITHOUT ROWID;
      PRAGMA user_version = ${VERSION}`);
  } else if (version !== VERSION) refuse(database, path, version);
  // Not in the files of before.
  database.exec("CREATE TABLE IF NOT EXISTS added (number INTEGER PRIMARY KEY, name TEXT, text TEXT)");
}

/** @throws Error always */
function refuse(database: DatabaseSync, path: string, version: number): never {
  database.close();
  const message = `${path} is no state of version ${VERSION} but has version ${version}; give another file, or remove this one`;
  throw Object.assign(new Error(message), { code: BAD_FILE });
}

/** What has been written as JSON before: nothing of a state changes, but another thing takes its place. */
type KnownRows = WeakMap<object, RowOfState>;

interface RowOfState extends Row {
  /** Of its kind and its key. */
  readonly id: string;
}

/** Keys of alerts may have characters of any kind, so they are written as JSON. */
function rowsOf({ alerts, notificationLog, silences }: DispatcherState, known: KnownRows): readonly RowOfState[] {
  const row = (kind: Row["kind"], name: string, value: object): RowOfState => {
    const found = known.get(value);
    if (found !== undefined) return found;
    const key = JSON.stringify(name);
    const made = { id: rowId(kind, key), kind, key, value: JSON.stringify(value) };
    known.set(value, made);
    return made;
  };
  return [
    ...alerts.map((alert) => row("alerts", alert.key, alert)),
    ...notificationLog.map((entry) => row("notificationLog", entry.key, entry)),
    ...silences.map((silence) => row("silences", silence.id, silence)),
  ];
}

function stateOf(rows: readonly Row[]): DispatcherState {
  const of = <T>(kind: Row["kind"]): readonly T[] =>
    rows.filter((row) => row.kind === kind).map(({ value }) => JSON.parse(value) as T);
  return { alerts: of("alerts"), notificationLog: of("notificationLog"), silences: of("silences") };
}

function rowId(kind: string, key: string): string {
  return JSON.stringify([kind, key]);
}
