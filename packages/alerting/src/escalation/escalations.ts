import { matchesAll } from "../routing/alert-matcher.ts";
import type { EscalationDefinition } from "./escalation-definition.ts";
import {
  begun,
  begunAnew,
  byStart,
  type EscalatedAlert,
  type EscalationState,
  isOf,
  keysOf,
  latest,
  nextLevel,
  notLaterThan,
  withTold,
} from "./escalation-state.ts";

/** An alert that fires, as escalation sees it. */
export interface EscalationCandidate {
  readonly alert: EscalatedAlert;
  readonly isAcknowledged: boolean;
  /** It is silenced, inhibited or held back: nobody is to hear of it now. */
  isSuppressed(): boolean;
}

/** Somebody is to be told. */
export interface EscalationStep {
  readonly incidentId: string;
  /** The incident that receivers know it by. */
  readonly toldAs: string;
  readonly name: string;
  /** From 1. */
  readonly level: number;
  readonly receivers: readonly string[];
  readonly alerts: readonly EscalatedAlert[];
  readonly resolved: boolean;
  readonly repeatMs: number | undefined;
  /** Since when the first of them fires. */
  readonly sinceMs: number;
}

/** What is due but must not be told now, and what could not be, is looked at again after so long. */
const AGAIN_AFTER_MS = 30_000;

/**
 * Who is told next of what nobody has taken up. Time is an argument; what `due` gives is for the caller to tell, and ends with
 * `told` or `failed`.
 */
export class Escalations {
  readonly #definitions: readonly EscalationDefinition[];
  readonly #running = new Map<string, EscalationState>();
  /** Those of which somebody is being told. */
  readonly #busy = new Set<string>();
  /** Where those went of which somebody is being told. */
  readonly #movedTo = new Map<string, string>();
  /** Those that failed. */
  readonly #notBeforeMs = new Map<string, number>();
  /** Those that are due, of which nobody is to hear now. */
  readonly #lookAgainMs = new Map<string, number>();

  /** `before` are those by another file, whose tellings may be on their way. */
  constructor(
    definitions: readonly EscalationDefinition[],
    state: readonly EscalationState[] = [],
    before?: Escalations,
  ) {
    this.#definitions = definitions;
    for (const one of state) this.#running.set(idOf(one), one);
    if (before === undefined) return;
    for (const id of before.#busy) this.#busy.add(id);
    for (const [from, to] of before.#movedTo) this.#movedTo.set(from, to);
    for (const [id, timeMs] of before.#notBeforeMs) this.#notBeforeMs.set(id, timeMs);
  }

  /** An alert of an incident is told to those whom the routes name: escalations that are about it begin. */
  fired(incidentId: string, alert: EscalatedAlert): void {
    for (const { name, matchers } of this.#definitions) {
      if (!matchesAll(matchers, alert.labels)) continue;
      const known = this.#running.get(idOf({ incidentId, name }));
      if (known === undefined) this.#set(begun(incidentId, name, alert.startsAtMs));
      // Somebody took up what was there, or it was over; this is news, which begins anew.
      else if (known.isStopped || known.isOver) this.#set(begunAnew(known, alert.startsAtMs));
    }
  }

  /** An alert fires that was told before there were these definitions: those that are new and about it begin. */
  fires(incidentId: string, alert: EscalatedAlert): void {
    for (const { name, matchers } of this.#definitions) {
      if (!matchesAll(matchers, alert.labels) || this.#running.has(idOf({ incidentId, name }))) continue;
      this.#set(begun(incidentId, name, alert.startsAtMs));
    }
  }

  /** Two incidents turned out to be one: who was told of either is not told again. */
  merged(from: string, into: string): void {
    for (const one of [...this.#running.values()].filter(({ incidentId }) => incidentId === from)) {
      const id = idOf(one);
      const next = idOf({ incidentId: into, name: one.name });
      this.#drop(id);
      if (this.#busy.delete(id)) {
        this.#busy.add(next);
        this.#movedTo.set(id, next);
      }
      const other = this.#running.get(next);
      this.#set(
        other === undefined
          ? { ...one, incidentId: into }
          : {
              ...other,
              sinceMs: Math.min(one.sinceMs, other.sinceMs),
              told: Math.max(one.told, other.told),
              ...latest(one.toldAtMs, other.toldAtMs),
              tellings: [...other.tellings, ...one.tellings],
              isStopped: one.isStopped && other.isStopped,
              isOver: one.isOver === true && other.isOver === true,
            },
      );
    }
  }

  /** What is to be told now, by the alerts of an incident that fire; there are none when all are resolved. */
  due(nowMs: number, firingIn: (incidentId: string) => readonly EscalationCandidate[]): readonly EscalationStep[] {
    return [...this.#running.values()].flatMap((known) => {
      const one = notLaterThan(known, nowMs);
      const id = idOf(one);
      if (this.#busy.has(id) || nowMs < (this.#notBeforeMs.get(id) ?? 0)) return [];
      this.#notBeforeMs.delete(id);
      this.#lookAgainMs.delete(id);
      const definition = this.#definitions.find(({ name }) => name === one.name);
      if (one.isOver) return this.#begin(id, this.#ending(one));
      const about = firingIn(one.incidentId).filter(({ alert }) =>
        definition === undefined
          ? one.tellings.some(({ alerts }) => alerts.some(({ key }) => key === alert.key))
          : matchesAll(definition.matchers, alert.labels),
      );
      if (about.length === 0) {
        this.#set({ ...one, isOver: true });
        return this.#begin(id, this.#ending(one));
      }
      return definition === undefined ? [] : this.#begin(id, this.#next(one, definition, { about, nowMs }));
    });
  }

  /** Nothing is escalated, nor may be soon. */
  get isIdle(): boolean {
    return this.#running.size === 0;
  }

  /** When `due` has something to do next; Infinity when it has not. */
  nextDueMs(): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const one of this.#running.values()) {
      if (this.#busy.has(idOf(one))) continue;
      const againMs = this.#notBeforeMs.get(idOf(one)) ?? this.#lookAgainMs.get(idOf(one));
      const definition = this.#definitions.find(({ name }) => name === one.name);
      const isWaiting = definition !== undefined && !one.isStopped;
      const dueMs = isWaiting ? nextLevel(one, definition).dueMs : Number.POSITIVE_INFINITY;
      nextMs = Math.min(nextMs, againMs ?? dueMs);
    }
    return nextMs;
  }

  /** All receivers of the step know. */
  told(step: EscalationStep, nowMs: number): void {
    const id = this.#arrived(step);
    const one = this.#running.get(id);
    if (one === undefined) return;
    if (step.resolved) {
      const tellings = one.tellings.filter(
        (telling) => !isOf(step, telling) || !step.receivers.includes(telling.receiver),
      );
      if (tellings.length === 0 && one.isOver) this.#drop(id);
      else this.#set({ ...one, tellings });
      return;
    }
    const tellings = withTold(one.tellings, step, step.receivers);
    this.#set({ ...one, told: Math.max(one.told, step.level), toldAtMs: nowMs, tellings });
  }

  /** It is tried again later. Those who have accepted hear of the end all the same. */
  failed(step: EscalationStep, nowMs: number, accepted: readonly string[] = []): void {
    const id = this.#arrived(step);
    const one = this.#running.get(id);
    if (one === undefined) return;
    this.#notBeforeMs.set(id, nowMs + AGAIN_AFTER_MS);
    if (!step.resolved) this.#set({ ...one, tellings: withTold(one.tellings, step, accepted) });
  }

  state(): readonly EscalationState[] {
    return [...this.#running.values()];
  }

  #begin(id: string, steps: readonly EscalationStep[]): readonly EscalationStep[] {
    if (steps.length > 0) this.#busy.add(id);
    return steps;
  }

  /** The escalation that a step is of by now. */
  #arrived(step: EscalationStep): string {
    let id = idOf(step);
    for (let next = this.#movedTo.get(id); next !== undefined; next = this.#movedTo.get(id)) {
      this.#movedTo.delete(id);
      id = next;
    }
    this.#busy.delete(id);
    return id;
  }

  #next(
    before: EscalationState,
    definition: EscalationDefinition,
    { about, nowMs }: { readonly about: readonly EscalationCandidate[]; readonly nowMs: number },
  ): readonly EscalationStep[] {
    const endsByAcknowledgement = definition.until === "acknowledged";
    const left = endsByAcknowledgement ? about.filter(({ isAcknowledged }) => !isAcknowledged) : about;
    if (left.length === 0) {
      this.#set({ ...before, isStopped: true });
      return [];
    }
    // Whoever had taken it up has given it back.
    const one = before.isStopped ? begunAnew(before, nowMs) : before;
    this.#set(one);
    const next = nextLevel(one, definition);
    if (next.dueMs > nowMs) return [];
    const told = left.filter((one) => !one.isSuppressed());
    if (told.length === 0) {
      this.#lookAgainMs.set(idOf(one), nowMs + AGAIN_AFTER_MS);
      return [];
    }
    const { incidentId, name, sinceMs } = one;
    const { repeatMs } = definition;
    const alerts = told.map(({ alert }) => alert).sort(byStart);
    const { receivers } = next.level;
    const step = { incidentId, toldAs: incidentId, name, level: next.number, receivers, alerts };
    return [{ ...step, resolved: false, repeatMs, sinceMs }];
  }

  /** Who was told hears that it is over. */
  #ending(one: EscalationState): readonly EscalationStep[] {
    const { incidentId, name, sinceMs, tellings } = one;
    if (tellings.length === 0) this.#drop(idOf(one));
    const first = tellings[0];
    if (first === undefined) return [];
    const { toldAs, level } = first;
    const same = tellings.filter((telling) => isOf(first, telling) && keysOf(telling) === keysOf(first));
    const receivers = same.map(({ receiver }) => receiver);
    const step = { incidentId, toldAs, name, level, receivers, alerts: first.alerts };
    return [{ ...step, resolved: true, repeatMs: undefined, sinceMs }];
  }

  #drop(id: string): void {
    this.#running.delete(id);
    this.#notBeforeMs.delete(id);
    this.#lookAgainMs.delete(id);
  }

  #set(one: EscalationState): void {
    this.#running.set(idOf(one), one);
  }
}

function idOf({ incidentId, name }: { readonly incidentId: string; readonly name: string }): string {
  return JSON.stringify([incidentId, name]);
}
