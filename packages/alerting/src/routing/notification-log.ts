/** What a receiver was told last of a group. Keys are those of alerts. */
export interface NotificationLogEntry {
  /** Of the group and the receiver's integration. */
  readonly key: string;
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
  readonly timeMs: number;
  /** Then it is forgotten. */
  readonly expiresAtMs: number;
}

/** Who was told of what, so that nobody is told twice, or never, across restarts too. */
export class NotificationLog {
  readonly #entries = new Map<string, NotificationLogEntry>();

  constructor(known: readonly NotificationLogEntry[] = []) {
    for (const entry of known) this.#entries.set(entry.key, entry);
  }

  get(key: string): NotificationLogEntry | undefined {
    return this.#entries.get(key);
  }

  set(entry: NotificationLogEntry): void {
    this.#entries.set(entry.key, entry);
  }

  all(): readonly NotificationLogEntry[] {
    return [...this.#entries.values()];
  }

  clear(): void {
    this.#entries.clear();
  }

  prune(nowMs: number): void {
    for (const [key, { expiresAtMs }] of this.#entries) if (expiresAtMs < nowMs) this.#entries.delete(key);
  }
}

export interface GroupState {
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
  readonly sendResolved: boolean;
  readonly repeatIntervalMs: number;
  readonly nowMs: number;
}

/** Whether a receiver is to be told of a group, after what it was told last. Alertmanager: DedupStage. */
export function needsTelling(entry: NotificationLogEntry | undefined, state: GroupState): boolean {
  const { firing, resolved, sendResolved, repeatIntervalMs, nowMs } = state;
  if (entry === undefined) return firing.length > 0;
  if (!isSubset(firing, entry.firing)) return true;
  if (firing.length === 0) return entry.firing.length > 0;
  if (sendResolved && !isSubset(resolved, entry.resolved)) return true;
  return entry.timeMs < nowMs - repeatIntervalMs;
}

function isSubset(keys: readonly string[], of: readonly string[]): boolean {
  const all = new Set(of);
  return keys.every((key) => all.has(key));
}
