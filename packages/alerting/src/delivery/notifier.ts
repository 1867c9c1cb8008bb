import { type Clock, wallClock } from "../clock.ts";
import { notificationTemplates } from "../notification-template/notification-template.ts";
import type { AlertmanagerConfig } from "../routing/alertmanager-config.ts";
import { type DirectTelling, Dispatcher, type DispatcherState, type Notification } from "../routing/dispatcher.ts";
import type { IncomingAlert } from "../routing/held-alerts.ts";
import { checkDeliverable } from "../routing/receiver-definition.ts";
import { type Attempt, attemptOf } from "./attempt.ts";
import { checkTemplates } from "./check-templates.ts";

export interface NotifierOptions {
  readonly config: AlertmanagerConfig;
  /** Where the user finds the alerts; receivers are told. @default "" */
  readonly externalUrl?: string;
  /** The texts of the template files that the configuration names. */
  readonly templates?: readonly string[];
  /** What `state()` gave before a restart. */
  readonly state?: DispatcherState;
  /** @default the wall clock */
  readonly clock?: Clock;
  /** Called after each change that must outlive a restart, before anything else happens: store it. */
  readonly onState?: (state: DispatcherState) => void;
  /** Called when a receiver has accepted. */
  readonly onDelivered?: (notification: Notification) => void;
  /**
   * Called when a receiver could not be told; it is tried again when the group is due the next time. And when some addresses of
   * a mail were refused for good, while others have it, and when `onState` throws while a receiver is told.
   */
  readonly onFailure?: (notification: Notification, reason: string) => void;
}

/** Tells receivers of alerts until it is stopped. */
export interface Notifier {
  readonly dispatcher: Dispatcher;
  readonly config: AlertmanagerConfig;
  /** Takes alerts in, as a rule group's `onAlerts` gives them. */
  receive(alerts: readonly IncomingAlert[]): void;
  /**
   * Tells a receiver by no route; true when all of it has accepted, or knows from before. While the same is on its way, and
   * when a receiver has not accepted in 5 minutes, it is false.
   */
  tell(telling: DirectTelling): Promise<boolean>;
  /** Forgets all alerts, and tells nobody that they were resolved: somebody else has them now. */
  forget(): void;
  /** Keeps the state and looks again at what is due, after something was changed in the dispatcher, such as a silence. */
  wake(): void;
  /** Until nothing is on its way any more. */
  settled(): Promise<void>;
  /** Ends what is on its way; it counts as not delivered. */
  stop(): Promise<void>;
}

/** The first pause before another attempt; each is twice as long as the one before. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;

/** How long an answer is waited for, where the file does not say; Alertmanager waits until the group is due again. */
const ATTEMPT_TIMEOUT_MS = 30_000;

/**
 * Starts telling receivers of what they are to be told, with attempts until the group is due again.
 * @throws Error with the code TELLTALE_RECEIVER_UNSUPPORTED for receivers that cannot be told, TemplateParseError
 */
export function startNotifier(options: NotifierOptions): Notifier {
  const { config, externalUrl = "", state, clock = wallClock, onState, onDelivered, onFailure } = options;
  checkDeliverable(config.receivers);
  const templates = notificationTemplates(options.templates, clock);
  checkTemplates(config, templates);
  const dispatcher = new Dispatcher(config, { nowMs: clock.now(), ...(state === undefined ? {} : { state }) });
  const stopped = new AbortController();
  const deliveries = new Set<Promise<unknown>>();
  const tellings = new Set<string>();
  let timer: Disposable | undefined;

  function wake(): void {
    timer?.[Symbol.dispose]();
    timer = undefined;
    if (stopped.signal.aborted) return;
    for (const notification of beforeSending(dispatcher.due(clock.now()))) {
      void onItsWay(deliver(notification), wake);
    }
    const nextMs = dispatcher.nextDueMs();
    if (Number.isFinite(nextMs)) timer = clock.at(nextMs, wake);
  }

  /** From here on receivers may know: if this process ends, the next one has to know that. */
  function beforeSending(notifications: readonly Notification[]): readonly Notification[] {
    for (const notification of notifications) dispatcher.sending(notification);
    if (notifications.length > 0) keep(notifications);
    return notifications;
  }

  /** Receivers are told even where nobody can keep what they were told. */
  function keep(about: readonly Notification[]): void {
    try {
      onState?.(dispatcher.state());
    } catch (error) {
      for (const one of about) onFailure?.(one, `the state could not be kept: ${(error as Error).message}`);
    }
  }

  function onItsWay<T>(delivery: Promise<T>, afterwards = () => {}): Promise<T> {
    deliveries.add(delivery);
    return delivery.finally(() => {
      deliveries.delete(delivery);
      afterwards();
    });
  }

  async function tell(telling: DirectTelling): Promise<boolean> {
    const id = JSON.stringify([telling.receiver, telling.groupKey]);
    const isKnown = config.receivers.some(({ name }) => name === telling.receiver);
    if (!isKnown || stopped.signal.aborted || tellings.has(id)) return false;
    tellings.add(id);
    try {
      const notifications = beforeSending(dispatcher.direct(telling, clock.now()));
      return (await Promise.all(notifications.map((one) => onItsWay(deliver(one))))).every(Boolean);
    } finally {
      tellings.delete(id);
    }
  }

  /** Whether the receiver has accepted in time. */
  async function deliver(notification: Notification): Promise<boolean> {
    const { deadlineMs } = notification;
    let pauseMs = FIRST_PAUSE_MS;
    let isRefused = true;
    for (;;) {
      const attempt = await attemptOnce(notification);
      if (attempt.outcome === "accepted") {
        dispatcher.delivered(notification, clock.now());
        keep([notification]);
        onDelivered?.(notification);
        if (attempt.reason !== undefined) onFailure?.(notification, attempt.reason);
        return true;
      }
      if (attempt.outcome === "retry" && attempt.isUnheard) isRefused = false;
      // Who says "at once" again and again is not asked without a pause either.
      const waitMs =
        attempt.outcome === "retry" ? Math.max(attempt.retryAfterMs ?? 0, pauseMs) : Number.POSITIVE_INFINITY;
      if (stopped.signal.aborted || clock.now() + waitMs >= deadlineMs) {
        dispatcher.failed(notification, { isRefused });
        keep([notification]);
        onFailure?.(notification, attempt.reason);
        return false;
      }
      await pause(waitMs);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }

  async function attemptOnce(notification: Notification): Promise<Attempt> {
    const { deadlineMs, integration } = notification;
    const nowMs = clock.now();
    const late = new AbortController();
    const limitMs = integration.timeoutMs > 0 ? integration.timeoutMs : ATTEMPT_TIMEOUT_MS;
    using _ = clock.at(Math.min(nowMs + limitMs, deadlineMs), () => late.abort(new Error("no answer in time")));
    const signal = AbortSignal.any([stopped.signal, late.signal]);
    return await attemptOf(notification, { externalUrl, templates, signal, nowMs });
  }

  async function pause(durationMs: number): Promise<void> {
    let resume: () => void = () => {};
    const over = new Promise<void>((resolve) => {
      resume = resolve;
    });
    using _ = clock.at(clock.now() + durationMs, () => resume());
    stopped.signal.addEventListener("abort", resume);
    if (stopped.signal.aborted) resume();
    await over;
    stopped.signal.removeEventListener("abort", resume);
  }

  wake();
  return {
    dispatcher,
    config,
    receive(alerts) {
      dispatcher.receive(alerts, clock.now());
      onState?.(dispatcher.state());
      wake();
    },
    tell,
    forget() {
      dispatcher.forget();
      onState?.(dispatcher.state());
    },
    wake() {
      onState?.(dispatcher.state());
      wake();
    },
    async settled() {
      while (deliveries.size > 0) await Promise.all(deliveries);
    },
    async stop() {
      stopped.abort();
      timer?.[Symbol.dispose]();
      await Promise.all(deliveries);
    },
  };
}
