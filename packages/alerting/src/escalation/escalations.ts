import { matchesAll } from "../routing/alert-matcher.ts";
import type { EscalationDefinition, EscalationLevel } from "./escalation-definition.ts";

/** An escalation of one incident, as JSON it outlives a restart. */
export interface EscalationState {
  readonly incidentId: string;
  /** Of the definition. */
  readonly name: string;
  /** When the first of the alerts fired. */
  readonly sinceMs: number;
  /** How many levels were told; what is beyond the last one are repetitions of it. */
  readonly told: number;
  /** When the last level was told last. */
  readonly toldAtMs?: number;
  /** Who was told, of which alerts: they are told when all is over. */
  readonly tellings: readonly EscalationTelling[];
  /** A person took it up, and nobody else is told. */
  readonly isStopped: boolean;
}

export interface EscalationTelling {
  /** The incident that it was at that time. */
  readonly toldAs: string;
  readonly level: number;
  readonly receiver: string;
  readonly alerts: readonly EscalatedAlert[];
}

/** An alert as receivers are told of it. */
export interface EscalatedAlert {
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAtMs: number;
  readonly generatorUrl: string;
}

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

  constructor(definitions: readonly EscalationDefinition[], state: readonly EscalationState[] = []) {
    this.#definitions = definitions;
    for (const one of state) this.#running.set(idOf(one), one);
  }

  /** An alert of an incident is told to those whom the routes name: escalations that are about it begin. */
  fired(incidentId: string, alert: EscalatedAlert): void {
    for (const { name, matchers } of this.#definitions) {
      if (!matchesAll(matchers, alert.labels)) continue;
      const known = this.#running.get(idOf({ incidentId, name }));
      if (known === undefined) {
        const sinceMs = alert.startsAtMs;
        this.#set({ incidentId, name, sinceMs, told: 0, tellings: [], isStopped: false });
      } else if (known.isStopped) {
        // Somebody took up what was there; this is news, which begins anew.
        this.#set({ ...known, sinceMs: alert.startsAtMs, told: 0, isStopped: false });
      }
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
              tellings: [...other.tellings, ...one.tellings],
              isStopped: one.isStopped && other.isStopped,
            },
      );
    }
  }

  /** What is to be told now, by the alerts of an incident that fire; there are none when all are resolved. */
  due(nowMs: number, firingIn: (incidentId: string) => readonly EscalationCandidate[]): readonly EscalationStep[] {
    return [...this.#running.values()].flatMap((one) => {
      const id = idOf(one);
      if (this.#busy.has(id) || nowMs < (this.#notBeforeMs.get(id) ?? 0)) return [];
      this.#notBeforeMs.delete(id);
      this.#lookAgainMs.delete(id);
      const definition = this.#definitions.find(({ name }) => name === one.name);
      const about = firingIn(one.incidentId).filter(({ alert }) =>
        definition === undefined
          ? one.tellings.some(({ alerts }) => alerts.some(({ key }) => key === alert.key))
          : matchesAll(definition.matchers, alert.labels),
      );
      if (definition === undefined && about.length > 0) return [];
      const steps =
        definition === undefined || about.length === 0
          ? this.#ending(one)
          : this.#next(one, definition, { about, nowMs });
      if (steps.length > 0) this.#busy.add(id);
      return steps;
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
      const tellings = one.tellings.filter(({ toldAs, level }) => toldAs !== step.toldAs || level !== step.level);
      if (tellings.length === 0) this.#drop(id);
      else this.#set({ ...one, tellings });
      return;
    }
    const { toldAs, level, alerts } = step;
    const isSame = (telling: EscalationTelling) => telling.toldAs === toldAs && telling.level === level;
    const before = one.tellings.filter(isSame).flatMap((telling) => telling.alerts);
    // Who was told of more before hears of the end of that as well.
    const known = [...new Map([...before, ...alerts].map((alert) => [alert.key, alert])).values()].sort(byStart);
    const others = one.tellings.filter((telling) => !isSame(telling));
    const tellings = [...others, ...step.receivers.map((receiver) => ({ toldAs, level, receiver, alerts: known }))];
    this.#set({ ...one, told: Math.max(one.told, level), toldAtMs: nowMs, tellings });
  }

  /** It is tried again later. */
  failed(step: EscalationStep, nowMs: number): void {
    this.#notBeforeMs.set(this.#arrived(step), nowMs + AGAIN_AFTER_MS);
  }

  state(): readonly EscalationState[] {
    return [...this.#running.values()];
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
    one: EscalationState,
    definition: EscalationDefinition,
    { about, nowMs }: { readonly about: readonly EscalationCandidate[]; readonly nowMs: number },
  ): readonly EscalationStep[] {
    const endsByAcknowledgement = definition.until === "acknowledged";
    const left = endsByAcknowledgement ? about.filter(({ isAcknowledged }) => !isAcknowledged) : about;
    if (left.length === 0) {
      if (!one.isStopped) this.#set({ ...one, isStopped: true });
      return [];
    }
    const next = nextLevel(one, definition);
    if (one.isStopped || next.dueMs > nowMs) return [];
    // Its own acknowledgement silences an alert, and must not be what keeps the others from being told.
    const told = left.filter((one) => one.isAcknowledged || !one.isSuppressed());
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
    const same = tellings.filter((telling) => telling.toldAs === toldAs && telling.level === level);
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

function nextLevel(
  { sinceMs, told, toldAtMs }: EscalationState,
  { levels, repeatMs }: EscalationDefinition,
): { readonly level: EscalationLevel; readonly number: number; readonly dueMs: number } {
  const level = levels[told];
  if (level !== undefined) return { level, number: told + 1, dueMs: sinceMs + level.delayMs };
  const dueMs = repeatMs === undefined ? Number.POSITIVE_INFINITY : (toldAtMs ?? sinceMs) + repeatMs;
  return { level: levels.at(-1)!, number: levels.length, dueMs };
}

function byStart(a: EscalatedAlert, b: EscalatedAlert): number {
  return a.startsAtMs - b.startsAtMs || (a.key < b.key ? -1 : 1);
}

function idOf({ incidentId, name }: { readonly incidentId: string; readonly name: string }): string {
  return JSON.stringify([incidentId, name]);
}
