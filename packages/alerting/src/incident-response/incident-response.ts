/** telltale.alerting.yaml at work, between the rules and the notifier. The parts know no time and no connection; this has both. */
import { labelsOf } from "@telltale/promql";
import { wallClock } from "../clock.ts";
import type { EscalatedAlert } from "../escalation/escalation-state.ts";
import type { EscalationCandidate, EscalationStep } from "../escalation/escalations.ts";
import { type Heartbeat, startHeartbeat } from "../heartbeat/heartbeat.ts";
import { type FiringAlert, FiringAlerts } from "../incidents/firing-alerts.ts";
import type { Incident } from "../incidents/incident.ts";
import type { IncidentEvent } from "../incidents/incident-event.ts";
import { memoryHistory } from "../incidents/incident-history.ts";
import type { IncidentSteps } from "../incidents/incidents.ts";
import { alertName } from "../incidents/joining-reason.ts";
import type { InterventionStep } from "../intervention/interventions.ts";
import type { DirectTelling } from "../routing/dispatcher.ts";
import type { IncomingAlert } from "../routing/held-alerts.ts";
import { withRunbook } from "../runbook/runbook.ts";
import { Acknowledgements, acknowledgedAlerts, checkAcknowledgement } from "./acknowledgements.ts";
import { alertsByIncident } from "./alerts-by-incident.ts";
import { endFormerRun } from "./end-former-run.ts";
import { tellStep } from "./escalation-telling.ts";
import type { IncidentFigures, IncidentResponse, IncidentResponseOptions } from "./incident-response-options.ts";
import { interveneWithin } from "./intervene-within.ts";
import { journal } from "./journal.ts";
import { notifiedEvents } from "./notified-events.ts";
import { responseParts, responseState } from "./response-parts.ts";
import { type HeldAcknowledgement, readResponseState } from "./response-state.ts";
import { suppressedAlerts } from "./suppressed-alerts.ts";

/** How long rules may take after a restart to say again what fires. */
const GRACE_MS = 5 * 60_000;

/** Nothing but a computer that slept, or a clock that jumped, is so late. */
const LATE_MS = 30_000;

/** So many alerts of incidents that are over are known, for what is told of them afterwards. */
const MAX_RECENT = 5_000;

/** Of so many incidents that were over before the start. */
const MAX_FORMER = 100;

/** Starts what is to be done about alerts besides telling. */
export function startIncidentResponse(options: IncidentResponseOptions): IncidentResponse {
  const { notifier, clock = wallClock, history = memoryHistory(), edges = () => [], ownService, intervene } = options;
  const { isWell = () => true, onProblem = () => {}, graceMs = GRACE_MS } = options;
  let { file } = options;
  const saved = readResponseState(history.state, onProblem);
  const startMs = clock.now();
  const firing = new FiringAlerts(saved.alerts, startMs + graceMs);
  let parts = responseParts(file, saved, { ownService });
  const acknowledged = new Acknowledgements(saved.acknowledgements, notifier);
  const recent = new Map<string, string>();
  const onTheirWay = new Set<Promise<void>>();
  const failing = new Set<string>();
  const count = { heldBack: 0, escalated: 0, interventions: 0, heartbeats: 0, failedHeartbeats: 0 };
  const log = journal({
    history,
    state: () => JSON.stringify(responseState(parts, { firing, acknowledged })),
    incident: (id) => withAcknowledgement(parts.incidents.get(id)),
    onProblem,
  });
  let timer: Disposable | undefined;
  let plannedMs = Number.POSITIVE_INFINITY;
  let stopped = false;

  function wake(): void {
    timer?.[Symbol.dispose]();
    if (stopped) return;
    const nowMs = clock.now();
    settle(nowMs);
    const suppressed = suppressedAlerts(notifier, { nowMs, silenceOf: (key) => acknowledged.silenceOf(key) });
    const byIncident = alertsByIncident(firing, parts);
    const candidates = (id: string) => (byIncident.get(id) ?? []).map((one) => candidate(one, suppressed));
    const escalated = parts.escalations.due(nowMs, candidates);
    const due = parts.interventions.due(nowMs, (key) => {
      const alert = firing.get(key);
      return alert && candidate(alert, suppressed);
    });
    if (due.length > 0) log.touch();
    log.add(due.flatMap(beginning));
    // Written before anything is begun: after a restart it is not begun again.
    log.flush();
    for (const step of escalated) run(escalate(step));
    for (const step of due) if (step.refused === undefined) run(make(step));
    const { incidents, escalations, interventions } = parts;
    const nextMs = Math.min(...[firing, incidents, escalations, interventions].map((one) => one.nextDueMs()));
    plannedMs = Math.max(nextMs, nowMs + 1);
    if (Number.isFinite(plannedMs)) timer = clock.at(plannedMs, wake);
  }

  function candidate(alert: FiringAlert, suppressed: (alert: FiringAlert) => boolean): EscalationCandidate {
    const isAcknowledged = acknowledged.has(alert.key);
    return { alert: toldAlert(alert), isAcknowledged, isSuppressed: () => suppressed(alert) };
  }

  function toldAlert(alert: FiringAlert): EscalatedAlert {
    const { key, labels, annotations, startsAtMs, generatorUrl } = withRunbook(alert, file.runbooks);
    return { key, labels, annotations, startsAtMs, generatorUrl };
  }

  /** What the time brings about by itself. */
  function settle(nowMs: number): void {
    // While the computer slept nobody could say what fires: it is not resolved for that.
    if (nowMs > plannedMs + LATE_MS) firing.prolong(nowMs + graceMs);
    end(firing.due(nowMs), nowMs);
    log.add(acknowledged.givenBack(nowMs).flatMap(givenBack));
    const steps = parts.incidents.due(nowMs);
    for (const { members, id } of steps.closed) for (const { key } of members) recent.set(key, id);
    for (const key of [...recent.keys()].slice(0, Math.max(0, recent.size - MAX_RECENT))) recent.delete(key);
    log.add(steps.events, steps.closed);
    parts.cooldowns.prune(nowMs);
    log.prune(nowMs, file.incidents.keepMs);
  }

  function end(alerts: readonly FiringAlert[], nowMs: number): void {
    if (alerts.length === 0) return;
    for (const { key, labels, isHeldBack } of alerts) {
      if (!isHeldBack) parts.cooldowns.resolved(key, labels, nowMs);
      parts.interventions.resolved(key);
      acknowledged.end(key, nowMs);
    }
    const keys = alerts.map(({ key }) => key);
    log.add(parts.incidents.resolved(keys, nowMs).events);
  }

  function begin(fired: readonly FiringAlert[], admitted: readonly FiringAlert[], nowMs: number): void {
    if (fired.length + admitted.length === 0) return;
    const steps = fired.length === 0 ? noSteps : parts.incidents.fired(fired, edgesNow(), nowMs);
    const gone = steps.merges.flatMap(({ from }) => log.ended(from, nowMs));
    for (const { from, into } of steps.merges) parts.escalations.merged(from, into);
    const held = fired.filter(({ isHeldBack }) => isHeldBack);
    count.heldBack += held.length;
    const events = held.map((alert) => ({
      ...eventOf(alert, "held_back"),
      text: `${alertName(alert)} is not told: its cooldown is not over`,
    }));
    for (const alert of admitted) {
      parts.escalations.fired(parts.incidents.of(alert.key)!, toldAlert(alert));
      parts.interventions.fired(alert.key, alert.labels, nowMs);
    }
    log.add([...steps.events, ...events], gone);
    log.touch();
  }

  /** Those of which the notifier hears now, and what it is to have of all. */
  function admit<T extends IncomingAlert>(alerts: readonly T[], fired: readonly FiringAlert[], nowMs: number) {
    const keys = alerts.map(({ labels }) => labelsOf(labels).key);
    const waited = [...new Set(keys)].filter(
      (key) => firing.get(key)?.isHeldBack && !parts.cooldowns.holdsBack(key, firing.get(key)!.labels, nowMs),
    );
    const released = waited.map((key) => firing.release(key));
    const passed = alerts.filter((_, i) => !firing.isHeldBack(keys[i]!));
    return {
      admitted: [...fired.filter(({ isHeldBack }) => !isHeldBack), ...released],
      passed: passed.map((alert) => withRunbook(alert, file.runbooks)),
    };
  }

  async function escalate(step: EscalationStep): Promise<void> {
    const { name, level, resolved, alerts } = step;
    const { receivers, accepted } = await tellStep(step, notifier(), clock.now());
    if (stopped) return;
    const id = `${name}/${level}`;
    const incidentId = parts.incidents.of(alerts[0]!.key) ?? step.incidentId;
    if (accepted.length === receivers.length) {
      parts.escalations.told(step, clock.now());
      failing.delete(id);
      const what = resolved ? "that all is resolved" : `of ${alerts.map(alertName).join(", ")}`;
      if (!resolved) count.escalated++;
      const text = `${name}, level ${level}: ${receivers.join(", ")} told ${what}`;
      log.add([{ incidentId, timeMs: clock.now(), kind: "escalated", text }]);
    } else {
      parts.escalations.failed(step, clock.now(), accepted);
      const missed = receivers.filter((one) => !accepted.includes(one)).join(", ");
      const problem = `escalation ${name}: level ${level} could not be told to ${missed}; it is tried again`;
      if (!failing.has(id)) onProblem(problem);
      failing.add(id);
    }
    wake();
  }

  async function make(step: InterventionStep): Promise<void> {
    const { name, dryRun, key, timeoutMs } = step;
    const alert = firing.get(key)!;
    const { labels, annotations, startsAtMs } = toldAlert(alert);
    const incidentId = parts.incidents.of(key)!;
    const request = { name, dryRun, incidentId, alert: { labels, annotations, startsAtMs }, timeoutMs };
    count.interventions++;
    const about = eventOf(alert, "intervention");
    const { outcome, text } = await interveneWithin(request, intervene, clock);
    if (stopped) return;
    parts.interventions.done(step);
    const what = `${outcome.replace("_", " ")}${text === "" ? "" : `: ${text}`}`;
    const now = { incidentId: parts.incidents.of(key) ?? incidentId, timeMs: clock.now() };
    log.add([{ ...about, ...now, text: `${name}: ${what}` }]);
    if (outcome !== "done" && outcome !== "would_run") onProblem(`intervention ${name}: ${what}`);
    wake();
  }

  function beginning(step: InterventionStep): readonly IncidentEvent[] {
    const alert = firing.get(step.key);
    return alert === undefined ? [] : [{ ...eventOf(alert, "intervention"), text: beginningText(step) }];
  }

  function givenBack({ key, by }: HeldAcknowledgement): readonly IncidentEvent[] {
    const alert = firing.get(key);
    const text = `its silence was ended, so ${by} has it no more`;
    return alert === undefined ? [] : [{ ...eventOf(alert, "given_back"), text: `${alertName(alert)}: ${text}` }];
  }

  function run(work: Promise<void>): void {
    const tracked = work
      .catch((error: Error) => onProblem(`incidents: ${error.message}`))
      .finally(() => onTheirWay.delete(tracked));
    onTheirWay.add(tracked);
  }

  function edgesNow(): ReturnType<typeof edges> {
    try {
      return edges();
    } catch (error) {
      onProblem(`incidents: who calls whom is not known: ${(error as Error).message}`);
      return [];
    }
  }

  function eventOf(alert: FiringAlert, kind: IncidentEvent["kind"]): Omit<IncidentEvent, "text"> {
    return { incidentId: parts.incidents.of(alert.key)!, timeMs: clock.now(), kind, labels: alert.labels };
  }

  function withAcknowledgement(incident: Incident | undefined): Incident | undefined {
    return incident && { ...incident, acknowledgedBy: acknowledged.lastOf(incident.members.map(({ key }) => key)) };
  }

  function beat(): Heartbeat | undefined {
    const { heartbeat: definition } = file;
    const tell = (telling: DirectTelling) => notifier().tell(telling);
    const onBeat = (arrived: boolean) => void count[arrived ? "heartbeats" : "failedHeartbeats"]++;
    return definition && startHeartbeat({ definition, clock, isWell, onProblem, tell, onBeat });
  }

  /** What fires already is escalated by definitions that were not there before. */
  function escalateWhatFires(): void {
    for (const alert of firing.all()) {
      if (!alert.isHeldBack) parts.escalations.fires(parts.incidents.of(alert.key)!, toldAlert(alert));
    }
  }

  for (const { id, members } of log.former({ state: "resolved", limit: MAX_FORMER }).toReversed()) {
    for (const { key } of members) recent.set(key, id);
  }
  endFormerRun({ parts, log, acknowledged, nowMs: startMs, onProblem });
  escalateWhatFires();
  let heartbeat = beat();
  wake();

  return {
    receive(alerts) {
      const nowMs = clock.now();
      settle(nowMs);
      const { fired, resolved } = firing.receive(alerts, nowMs, (key, labels) =>
        parts.cooldowns.holdsBack(key, labels, nowMs),
      );
      const { admitted, passed } = admit(alerts, fired, nowMs);
      end(resolved, nowMs);
      begin(fired, admitted, nowMs);
      log.flush();
      // When the notifier has them: until then it does not know what is silenced or inhibited.
      queueMicrotask(wake);
      return passed;
    },
    notified(notification) {
      const incidentOf = (key: string) => parts.incidents.of(key) ?? recent.get(key);
      log.add(notifiedEvents(notification, incidentOf, clock.now()));
      log.flush();
    },
    acknowledge(what, by) {
      checkAcknowledgement(by);
      const nowMs = clock.now();
      const meant = acknowledgedAlerts(what, { firing: [...firing.all()], incidents: parts.incidents.open() });
      const done = meant.map((alert) => {
        const silenceId = acknowledged.take(alert, by, nowMs);
        return { incidentId: parts.incidents.of(alert.key)!, labels: alert.labels, silenceId };
      });
      const text = (alert: FiringAlert) => `${alertName(alert)}${by.comment ? `: ${by.comment}` : ""}`;
      log.add(meant.map((alert) => ({ ...eventOf(alert, "acknowledged"), text: text(alert), by: by.by })));
      // Before the silences are kept: one that nobody knows of would outlast its alert.
      log.flush();
      notifier().wake();
      wake();
      return done;
    },
    incidents: (query) => history.list(query),
    incident: (id) => history.find(id),
    figures: (): IncidentFigures => ({ ...count, open: parts.incidents.ids().length }),
    reload(next) {
      const isSameBeat = JSON.stringify(next.heartbeat) === JSON.stringify(file.heartbeat);
      file = next;
      parts = responseParts(next, responseState(parts, { firing, acknowledged }), { ownService, before: parts });
      escalateWhatFires();
      log.touch();
      if (!isSameBeat) {
        heartbeat?.stop();
        heartbeat = beat();
      }
      wake();
    },
    wake,
    async settled() {
      await heartbeat?.settled();
      while (onTheirWay.size > 0) await Promise.all(onTheirWay);
    },
    stop() {
      stopped = true;
      timer?.[Symbol.dispose]();
      heartbeat?.stop();
    },
  };
}

const noSteps: IncidentSteps = { events: [], merges: [], closed: [] };

function beginningText({ name, dryRun, refused }: InterventionStep): string {
  if (refused !== undefined) return `${name}: not made, ${refused}`;
  return `${name}: ${dryRun ? "dry run, nothing is done" : "begun"}`;
}
