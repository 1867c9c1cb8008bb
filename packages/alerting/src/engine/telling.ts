/** Who is told: the notifier of an alertmanager.yml that may be replaced, or Alertmanagers with that notifier as their fall-back. */
import type { Clock } from "../clock.ts";
import { type Notifier, type NotifierOptions, startNotifier } from "../delivery/notifier.ts";
import { type HandOver, startHandOver } from "../hand-over/hand-over.ts";
import type { DispatcherState } from "../routing/dispatcher.ts";
import { type HeldAlert, type IncomingAlert, isResolved } from "../routing/held-alerts.ts";
import type { SentAlert } from "../rule-group/alert.ts";
import type { AlertingFiles } from "./alerting-files.ts";

export interface TellingOptions extends Pick<NotifierOptions, "onDelivered" | "onFailure" | "externalUrl"> {
  readonly files: AlertingFiles;
  readonly clock: Clock;
  /** Alertmanagers to hand alerts over to. */
  readonly alertmanagers: readonly string[];
  /** What was saved before a restart. */
  readonly state: DispatcherState | undefined;
  /** How long rules may take after a restart to say again what fires. */
  readonly graceMs: number;
  readonly onState: (state: DispatcherState) => void;
  readonly onHandOverFailure: (reason: string) => void;
}

export interface Telling {
  /** The one of now: at a reload another one takes its place. */
  readonly notifier: Notifier;
  /** Alerts of rules. */
  receive(alerts: readonly SentAlert[]): void;
  /** Goes on by other files. */
  replace(files: AlertingFiles): Promise<void>;
  /** Until nothing is on its way any more. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** How long what is on its way may take at a reload before it is tried anew by the new files. */
const REPLACE_AFTER_MS = 5_000;

/** @throws TypeError for an address of an Alertmanager that is none, and what `startNotifier` throws */
export function startTelling(options: TellingOptions): Telling {
  const { clock, alertmanagers, onState, onHandOverFailure } = options;
  let notifier = start(options.files, options.state && stillFiring(options.state, clock.now() + options.graceMs));
  /** What comes between two notifiers. */
  let waiting: IncomingAlert[] | undefined;

  function start(files: AlertingFiles, state: DispatcherState | undefined): Notifier {
    const { config, templates } = files;
    const { externalUrl, onDelivered, onFailure } = options;
    return startNotifier({
      config,
      templates,
      clock,
      onState,
      ...(externalUrl !== undefined && { externalUrl }),
      ...(onDelivered !== undefined && { onDelivered }),
      ...(onFailure !== undefined && { onFailure }),
      ...(state !== undefined && { state }),
    });
  }

  function receive(alerts: readonly SentAlert[]): void {
    if (waiting === undefined) notifier.receive(alerts);
    else waiting.push(...alerts);
  }

  const handOver: HandOver | undefined =
    alertmanagers.length === 0
      ? undefined
      : startHandOver({
          urls: alertmanagers,
          fallBack: { receive, forget: () => notifier.forget() },
          isFallenBack: (options.state?.alerts.length ?? 0) > 0,
          onFailure: onHandOverFailure,
        });

  return {
    get notifier() {
      return notifier;
    },
    receive: (alerts) => (handOver ?? { receive }).receive(alerts),
    async replace(files) {
      await within(notifier.settled(), clock, REPLACE_AFTER_MS);
      waiting = [];
      await notifier.stop();
      notifier = start(files, notifier.dispatcher.state());
      const missed = waiting;
      waiting = undefined;
      if (missed.length > 0) notifier.receive(missed);
    },
    async settled() {
      await handOver?.settled();
      await notifier.settled();
    },
    async stop() {
      await handOver?.stop();
      await notifier.stop();
    },
  };
}

/** Waits for work to settle, but no longer than that. */
export async function within(work: Promise<unknown>, clock: Clock, limitMs: number): Promise<void> {
  let timer: Disposable | undefined;
  const late = new Promise<void>((resolve) => {
    timer = clock.at(clock.now() + limitMs, resolve);
  });
  await Promise.race([work, late]);
  timer?.[Symbol.dispose]();
}

/** An alert that nobody ended fires until the rules had the time to say so again, or it would count as resolved meanwhile. */
function stillFiring(state: DispatcherState, untilMs: number): DispatcherState {
  const prolonged = (alert: HeldAlert): HeldAlert =>
    isResolved(alert, alert.updatedAtMs) ? alert : { ...alert, endsAtMs: Math.max(alert.endsAtMs, untilMs) };
  return { ...state, alerts: state.alerts.map(prolonged) };
}
