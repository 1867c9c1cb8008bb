import { type AlertStatus, alertStatus, type GroupStatus, isSuppressed, type Whereabouts } from "./alert-status.ts";
import type { AlertmanagerConfig } from "./alertmanager-config.ts";
import { compareHeld, type HeldAlert, HeldAlerts, type IncomingAlert, isResolved } from "./held-alerts.ts";
import { inhibition } from "./inhibition.ts";
import type { IntegrationDefinition } from "./integrations.ts";
import { mutedBy } from "./muting.ts";
import { NotificationLog, type NotificationLogEntry } from "./notification-log.ts";
import type { ReceiverDefinition } from "./receiver-definition.ts";
import { formatGroupLabels, groupLabelsOf, matchRoutes, type Route } from "./route.ts";
import { type Silence, type SilenceDefinition, Silences } from "./silences.ts";
import { type GroupTelling, logKeys, tellingsOf } from "./tellings.ts";

/** Something to be delivered: the alerts of one group to one integration of a receiver. */
export interface Notification {
  readonly receiver: string;
  readonly integration: IntegrationDefinition;
  /** The same for the same group, for ever: what receivers tell repetitions by. */
  readonly groupKey: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly alerts: readonly NotifiedAlert[];
  /** Until then it is worth trying; afterwards the group is due again. */
  readonly deadlineMs: number;
  /** When the integration last accepted something of the group; not there when it never has. */
  readonly lastToldMs?: number;
}

export interface NotifiedAlert extends HeldAlert {
  readonly resolved: boolean;
}

/** Alerts for one receiver, whatever the routes say. */
export interface DirectTelling {
  readonly receiver: string;
  /** What the receiver tells repetitions by, and what the notification log is kept under. */
  readonly groupKey: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly alerts: readonly NotifiedAlert[];
  /** The same is told again after so long. @default never */
  readonly repeatIntervalMs?: number;
}

/** What a dispatcher is made of; as JSON it outlives a restart. */
export interface DispatcherState {
  readonly alerts: readonly HeldAlert[];
  readonly notificationLog: readonly NotificationLogEntry[];
  readonly silences: readonly Silence[];
}

interface Group {
  readonly id: string;
  readonly route: Route;
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly alerts: Map<string, HeldAlert>;
  dueMs: number;
  /** Nothing of it was due yet. */
  isNew: boolean;
  /** Of the last flush. */
  readonly pending: Set<Notification>;
  failed: boolean;
  resolved: readonly HeldAlert[];
}

/** What is on its way. */
interface Sending {
  /** Undefined for what is told by no route. */
  readonly group: Group | undefined;
  readonly entry: NotificationLogEntry;
  /** What the log had before it was sent. */
  before?: NotificationLogEntry | undefined;
}

/** A notification is tried for so long at least. Alertmanager: MinTimeout. */
const LEAST_TIMEOUT_MS = 10_000;

/** What is told by no route is tried for so long, and known for so long at least. */
const DIRECT_TIMEOUT_MS = 5 * 60_000;
const DIRECT_KEPT_MS = 30 * 86_400_000;

/**
 * Who is to be told of what, and when: Alertmanager's groups, inhibition, silences, time intervals and notification log, without
 * a timer or a connection. Time is an argument, and what `due` gives is for the caller to deliver.
 */
export class Dispatcher {
  readonly #config: AlertmanagerConfig;
  readonly #alerts: HeldAlerts;
  readonly #log: NotificationLog;
  readonly #silences: Silences;
  readonly #groups = new Map<string, Group>();
  readonly #sendings = new WeakMap<Notification, Sending>();

  constructor(config: AlertmanagerConfig, options: { readonly state?: DispatcherState; readonly nowMs?: number } = {}) {
    const { state, nowMs = 0 } = options;
    this.#config = config;
    this.#alerts = new HeldAlerts(config.resolveTimeoutMs, state?.alerts);
    this.#log = new NotificationLog(state?.notificationLog);
    this.#silences = new Silences(state?.silences);
    for (const alert of this.#alerts.all()) this.#group(alert, nowMs);
  }

  /** Takes alerts in. An alert that is sent again is the same one by its labels. */
  receive(alerts: readonly IncomingAlert[], nowMs: number): void {
    for (const alert of alerts) this.#group(this.#alerts.put(alert, nowMs), nowMs);
  }

  /** Forgets all alerts, and what was told of them, without a word, as when somebody else tells of them now; silences stay. */
  forget(): void {
    this.#alerts.clear();
    this.#log.clear();
    this.#groups.clear();
  }

  /** When `due` has something to do next; Infinity when it has not. */
  nextDueMs(): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { dueMs, pending } of this.#groups.values()) if (pending.size === 0) nextMs = Math.min(nextMs, dueMs);
    return nextMs;
  }

  /** What is to be delivered now. Each of them ends with `delivered` or `failed`; until then its group waits. */
  due(nowMs: number): readonly Notification[] {
    const notifications: Notification[] = [];
    const whereabouts = this.#whereabouts(nowMs);
    for (const group of this.#groups.values()) {
      if (group.dueMs > nowMs || group.pending.size > 0) continue;
      if (group.alerts.size === 0) this.#groups.delete(group.id);
      else notifications.push(...this.#flush(group, whereabouts));
    }
    // Somebody is still to be told of what is in a group, however long that takes.
    const groups = [...this.#groups.values()];
    this.#alerts.prune(nowMs, (key) => groups.some(({ alerts }) => alerts.has(key)));
    this.#log.prune(nowMs, (key) => groups.some(({ route, key: group }) => this.#logKeys(route, group).includes(key)));
    this.#silences.prune(nowMs);
    return notifications;
  }

  /**
   * It is about to be sent: from now on the receiver may know of it. Whoever keeps the state keeps it then, so that after a
   * crash an alert that is over by then is told to be over.
   */
  sending(notification: Notification): void {
    const sending = this.#sendings.get(notification);
    if (sending !== undefined) sending.before = this.#log.sending(sending.entry);
  }

  /** The receiver accepted it: it is not told the same again. */
  delivered(notification: Notification, nowMs: number): void {
    const sending = this.#sendings.get(notification);
    if (sending === undefined) return;
    const { timeMs, expiresAtMs } = sending.entry;
    this.#log.set({ ...sending.entry, timeMs: nowMs, expiresAtMs: nowMs + expiresAtMs - timeMs });
    this.#settle(notification, sending.group);
  }

  /** It is tried again when the group is due the next time. `isRefused` says that the receiver surely does not know it. */
  failed(notification: Notification, { isRefused = false }: { readonly isRefused?: boolean } = {}): void {
    const sending = this.#sendings.get(notification);
    if (sending === undefined) return;
    const { key } = sending.entry;
    // Unless all was forgotten in the meantime.
    if (isRefused && "before" in sending && this.#log.get(key) !== undefined) this.#log.restore(key, sending.before);
    if (sending.group !== undefined) sending.group.failed = true;
    this.#settle(notification, sending.group);
  }

  /**
   * What is to be delivered so that a receiver is told by no route; nothing when it knows already. Each of them ends with
   * `delivered` or `failed`.
   */
  direct(telling: DirectTelling, nowMs: number): readonly Notification[] {
    const { repeatIntervalMs = Number.POSITIVE_INFINITY } = telling;
    const keptMs = Math.max(DIRECT_KEPT_MS, Number.isFinite(repeatIntervalMs) ? 2 * repeatIntervalMs : 0);
    const timeoutMs = DIRECT_TIMEOUT_MS;
    return this.#notifications({ ...telling, repeatIntervalMs, keptMs, timeoutMs }, undefined, nowMs);
  }

  /** @throws RangeError when the silence could never apply */
  silence(definition: SilenceDefinition, nowMs: number): Silence {
    return this.#silences.add(definition, nowMs);
  }

  /**
   * Changes a silence, or ends it and makes another one where that is more than its end and its comment; undefined when there
   * is none of that id.
   * @throws RangeError when the silence could never apply
   */
  changeSilence(id: string, definition: SilenceDefinition, nowMs: number): Silence | undefined {
    return this.#silences.change(id, definition, nowMs);
  }

  /** Ends a silence; false when none of that id is active or to come. */
  expireSilence(id: string, nowMs: number): boolean {
    return this.#silences.expire(id, nowMs);
  }

  silences(): readonly Silence[] {
    return this.#silences.all();
  }

  alerts(nowMs: number): readonly AlertStatus[] {
    const whereabouts = this.#whereabouts(nowMs);
    return [...this.#alerts.all()].toSorted(compareHeld).map((alert) => alertStatus(alert, whereabouts));
  }

  groups(nowMs: number): readonly GroupStatus[] {
    const whereabouts = this.#whereabouts(nowMs);
    return [...this.#groups.values()].map(({ route, key, labels, alerts }) => ({
      receiver: route.receiver,
      key,
      labels,
      alerts: [...alerts.values()].toSorted(compareHeld).map((alert) => alertStatus(alert, whereabouts)),
      mutedBy: mutedBy(route, this.#config.timeIntervals, nowMs),
    }));
  }

  state(): DispatcherState {
    return {
      alerts: [...this.#alerts.all()],
      notificationLog: this.#log.all(),
      silences: this.#silences.all(),
    };
  }

  #whereabouts(nowMs: number): Whereabouts {
    const config = this.#config;
    const inhibitedBy = inhibition(config.inhibitRules, this.#alerts.all(), nowMs);
    return { config, inhibitedBy, silences: this.#silences, nowMs };
  }

  #group(alert: HeldAlert, nowMs: number): void {
    for (const route of matchRoutes(this.#config.route, alert.labels)) {
      const labels = groupLabelsOf(route, alert.labels);
      const key = `${route.key}:${formatGroupLabels(labels)}`;
      // Two routes of the same matchers have groups of the same key, which are told apart by their receivers only.
      const id = `${route.id}\0${key}`;
      const known = this.#groups.get(id);
      // What is over, and nobody was told of, or everybody knows to be over, is no news: rules say it for some time.
      const isOpen = () => this.#logKeys(route, key).some((one) => this.#log.isOpen(one, alert.key));
      if (isResolved(alert, nowMs) && !known?.alerts.has(alert.key) && !isOpen()) continue;
      // An alert that has waited elsewhere does not wait again.
      const hasWaited = alert.startsAtMs + route.groupWaitMs < nowMs;
      if (known !== undefined) {
        known.alerts.set(alert.key, alert);
        if (known.isNew && hasWaited) known.dueMs = Math.min(known.dueMs, nowMs);
        continue;
      }
      const dueMs = hasWaited ? nowMs : nowMs + route.groupWaitMs;
      const alerts = new Map([[alert.key, alert]]);
      const nothingYet = { isNew: true, pending: new Set<Notification>(), failed: false, resolved: [] };
      this.#groups.set(id, { id, route, key, labels, alerts, dueMs, ...nothingYet });
    }
  }

  #flush(group: Group, whereabouts: Whereabouts): readonly Notification[] {
    const { route } = group;
    const { nowMs } = whereabouts;
    group.dueMs = nowMs + route.groupIntervalMs;
    group.isNew = false;
    group.failed = false;
    const alerts = [...group.alerts.values()]
      .toSorted(compareHeld)
      .map((alert): NotifiedAlert => ({ ...alert, resolved: isResolved(alert, nowMs) }));
    group.resolved = [...group.alerts.values()].filter((alert) => isResolved(alert, nowMs));
    const isMuted = mutedBy(route, this.#config.timeIntervals, nowMs).length > 0;
    const told = isMuted ? [] : alerts.filter((alert) => !isSuppressed(alert, whereabouts));
    const telling = {
      receiver: route.receiver,
      groupKey: group.key,
      groupLabels: group.labels,
      alerts: told,
      repeatIntervalMs: route.repeatIntervalMs,
      keptMs: 2 * route.repeatIntervalMs,
      timeoutMs: Math.max(route.groupIntervalMs, LEAST_TIMEOUT_MS),
    };
    const notifications = told.length === 0 ? [] : this.#notifications(telling, group, nowMs);
    for (const notification of notifications) group.pending.add(notification);
    if (notifications.length === 0) this.#forgetResolved(group);
    return notifications;
  }

  #notifications(telling: GroupTelling, group: Group | undefined, nowMs: number): readonly Notification[] {
    const tellings = tellingsOf(telling, { receiver: this.#receiver(telling.receiver), log: this.#log, nowMs });
    return tellings.map(({ notification, entry }) => {
      this.#sendings.set(notification, { group, entry });
      return notification;
    });
  }

  #receiver(name: string): ReceiverDefinition | undefined {
    return this.#config.receivers.find((one) => one.name === name);
  }

  #logKeys({ receiver }: Route, groupKey: string): readonly string[] {
    const definition = this.#receiver(receiver);
    return definition === undefined ? [] : logKeys(groupKey, definition);
  }

  #settle(notification: Notification, group: Group | undefined): void {
    this.#sendings.delete(notification);
    if (group === undefined) return;
    group.pending.delete(notification);
    if (group.pending.size === 0 && !group.failed) this.#forgetResolved(group);
  }

  /** Unless they have come again in the meantime. */
  #forgetResolved(group: Group): void {
    for (const alert of group.resolved) if (group.alerts.get(alert.key) === alert) group.alerts.delete(alert.key);
    group.resolved = [];
  }
}
