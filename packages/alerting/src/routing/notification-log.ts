/** What a receiver was told last of a group. Keys are those of alerts. */
export interface NotificationLogEntry {
  /** Of the group and the receiver's integration. */
  readonly key: string;
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
  /** 0 when it has never accepted anything. */
  readonly timeMs: number;
  /** Then it is forgotten. */
  readonly expiresAtMs: number;
  /** What it may take to fire as well, or to be over: something of it was sent, and nobody has heard what became of that. */
  readonly unheard?: readonly string[];
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

  /**
   * Writes down what is about to be sent: from now on the receiver may know of it, even if nobody hears so, and nothing of it is
   * sure. If it is refused, `restore` what is returned.
   */
  sending({ key, firing, resolved, expiresAtMs }: NotificationLogEntry): NotificationLogEntry | undefined {
    const before = this.#entries.get(key);
    const old = before ?? { key, firing: [], resolved: [], timeMs: 0, expiresAtMs };
    const sure = old.firing.filter((one) => !resolved.includes(one));
    const perhaps = new Set([...(old.unheard ?? []), ...firing, ...old.firing]);
    const unheard = [...perhaps].filter((one) => !sure.includes(one));
    const over = old.resolved.filter((one) => !firing.includes(one));
    this.#entries.set(key, { ...old, firing: sure, resolved: over, ...(unheard.length > 0 && { unheard }) });
    return before;
  }

  restore(key: string, before: NotificationLogEntry | undefined): void {
    if (before === undefined) this.#entries.delete(key);
    else this.#entries.set(key, before);
  }

  /** Whether somebody was told, perhaps, that an alert fires, and not that it does not any more. */
  isOpen(key: string, alert: string): boolean {
    const { firing = [], unheard = [] } = this.#entries.get(key) ?? {};
    return firing.includes(alert) || unheard.includes(alert);
  }

  all(): readonly NotificationLogEntry[] {
    return [...this.#entries.values()];
  }

  clear(): void {
    this.#entries.clear();
  }

  /** Forgets what has expired, unless it is wanted still. */
  prune(nowMs: number, isWanted: (key: string) => boolean): void {
    for (const [key, { expiresAtMs }] of this.#entries) {
      if (expiresAtMs < nowMs && !isWanted(key)) this.#entries.delete(key);
    }
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
  if (firing.length === 0) return entry.firing.length > 0 || (entry.unheard ?? []).length > 0;
  if (sendResolved && !isSubset(resolved, entry.resolved)) return true;
  return entry.timeMs < nowMs - repeatIntervalMs;
}

function isSubset(keys: readonly string[], of: readonly string[]): boolean {
  const all = new Set(of);
  return keys.every((key) => all.has(key));
}
