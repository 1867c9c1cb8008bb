import { matchesAll } from "../routing/alert-matcher.ts";
import { type InterventionDefinition, interventionId } from "./intervention-definition.ts";

/** What interventions know, as JSON it outlives a restart. */
export interface InterventionsState {
  /** Not due yet. */
  readonly waiting: readonly WaitingIntervention[];
  /** Begun, with an outcome that nobody knows yet. */
  readonly begun: readonly InterventionStep[];
  /** Those that count for the limits. */
  readonly runs: readonly { readonly id: string; readonly timeMs: number }[];
}

export interface WaitingIntervention {
  /** Of the definition. */
  readonly id: string;
  /** Of the alert. */
  readonly key: string;
  readonly dueMs: number;
}

/** Code is to be run, or is not for a reason that is written down. */
export interface InterventionStep {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly dryRun: boolean;
  readonly timeoutMs: number;
  readonly refused?: string;
}

/** How an alert is that fires. */
export interface InterventionCandidate {
  readonly isAcknowledged: boolean;
  isSuppressed(): boolean;
}

/**
 * Which code is run because of which alert, once for each time that it fires. Time is an argument; what `due` gives without a
 * refusal is for the caller to run, and ends with `done`. What was begun before a restart is not begun again.
 */
export class Interventions {
  readonly #definitions: ReadonlyMap<string, InterventionDefinition>;
  #waiting: WaitingIntervention[];
  #begun: InterventionStep[];
  #runs: { readonly id: string; readonly timeMs: number }[];

  constructor(definitions: readonly InterventionDefinition[], state?: InterventionsState) {
    this.#definitions = new Map(definitions.map((one) => [interventionId(one), one]));
    this.#waiting = (state?.waiting ?? []).filter(({ id }) => this.#definitions.has(id));
    this.#begun = [...(state?.begun ?? [])];
    this.#runs = [...(state?.runs ?? [])];
  }

  /** What was begun when the process ended: nobody knows what became of it. */
  interrupted(): readonly InterventionStep[] {
    const begun = this.#begun;
    this.#begun = [];
    return begun;
  }

  /** An alert is told. */
  fired(key: string, labels: Readonly<Record<string, string>>, nowMs: number): void {
    for (const [id, { matchers, delayMs }] of this.#definitions) {
      if (matchesAll(matchers, labels)) this.#waiting.push({ id, key, dueMs: nowMs + delayMs });
    }
  }

  resolved(key: string): void {
    this.#waiting = this.#waiting.filter((one) => one.key !== key);
  }

  nextDueMs(): number {
    return this.#waiting.reduce((nextMs, { dueMs }) => Math.min(nextMs, dueMs), Number.POSITIVE_INFINITY);
  }

  /** What is to be run now; undefined for an alert that fires no more. */
  due(nowMs: number, candidate: (key: string) => InterventionCandidate | undefined): readonly InterventionStep[] {
    this.#putBack(nowMs);
    const due = this.#waiting.filter(({ dueMs }) => dueMs <= nowMs);
    if (due.length === 0) return [];
    this.#waiting = this.#waiting.filter(({ dueMs }) => dueMs > nowMs);
    this.#runs = this.#runs.filter(({ id, timeMs }) => {
      const definition = this.#definitions.get(id);
      return definition !== undefined && timeMs > nowMs - definition.atMost.perMs;
    });
    return due.flatMap(({ id, key }): readonly InterventionStep[] => {
      const definition = this.#definitions.get(id);
      const how = candidate(key);
      if (definition === undefined || how === undefined) return [];
      const { name, dryRun, timeoutMs } = definition;
      const step = { id, key, name, dryRun, timeoutMs };
      const refused = this.#refusal(id, definition, how);
      if (refused !== undefined) return [{ ...step, refused }];
      this.#runs.push({ id, timeMs: nowMs });
      this.#begun.push(step);
      return [step];
    });
  }

  /** Its outcome is known. */
  done(step: InterventionStep): void {
    // The same may have been begun again, for the next time that the alert fires.
    this.#begun = this.#begun.filter((one) => one !== step);
  }

  state(): InterventionsState {
    return { waiting: this.#waiting, begun: this.#begun, runs: this.#runs };
  }

  /** A clock may be put back: nothing is farther ahead than it was when it was written down. */
  #putBack(nowMs: number): void {
    this.#waiting = this.#waiting.map((one) => {
      const dueMs = nowMs + this.#definitions.get(one.id)!.delayMs;
      return one.dueMs <= dueMs ? one : { ...one, dueMs };
    });
    this.#runs = this.#runs.map((run) => (run.timeMs <= nowMs ? run : { ...run, timeMs: nowMs }));
  }

  #refusal(id: string, { atMost }: InterventionDefinition, how: InterventionCandidate): string | undefined {
    if (how.isAcknowledged) return "the alert is acknowledged";
    if (how.isSuppressed()) return "the alert is silenced or inhibited";
    const count = this.#runs.filter((run) => run.id === id).length;
    if (count >= atMost.count) return `there were ${count} already in the last ${atMost.perMs / 1000} s`;
    return undefined;
  }
}
