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
  /** All is resolved; who was told is still to hear of it. */
  readonly isOver?: boolean;
}

interface EscalationTelling {
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

export function nextLevel(
  { sinceMs, told, toldAtMs }: EscalationState,
  { levels, repeatMs }: EscalationDefinition,
): { readonly level: EscalationLevel; readonly number: number; readonly dueMs: number } {
  const level = levels[told];
  if (level !== undefined) return { level, number: told + 1, dueMs: sinceMs + level.delayMs };
  const dueMs = repeatMs === undefined ? Number.POSITIVE_INFINITY : (toldAtMs ?? sinceMs) + repeatMs;
  return { level: levels.at(-1)!, number: levels.length, dueMs };
}

export function begun(incidentId: string, name: string, sinceMs: number): EscalationState {
  return { incidentId, name, sinceMs, told: 0, tellings: [], isStopped: false };
}

export function begunAnew({ incidentId, name, tellings }: EscalationState, sinceMs: number): EscalationState {
  return { ...begun(incidentId, name, sinceMs), tellings };
}

/** A clock may be put back: what lies ahead since then was not meant to. */
export function notLaterThan(one: EscalationState, nowMs: number): EscalationState {
  const { sinceMs, toldAtMs } = one;
  if (sinceMs <= nowMs && (toldAtMs ?? nowMs) <= nowMs) return one;
  return { ...one, sinceMs: Math.min(sinceMs, nowMs), ...(toldAtMs !== undefined && { toldAtMs: nowMs }) };
}

export function latest(one: number | undefined, other: number | undefined): { readonly toldAtMs?: number } {
  const toldAtMs = Math.max(one ?? Number.NEGATIVE_INFINITY, other ?? Number.NEGATIVE_INFINITY);
  return Number.isFinite(toldAtMs) ? { toldAtMs } : {};
}

interface ToldLevel {
  readonly toldAs: string;
  readonly level: number;
}

export function isOf(one: ToldLevel, other: ToldLevel): boolean {
  return one.toldAs === other.toldAs && one.level === other.level;
}

export function keysOf({ alerts }: EscalationTelling): string {
  return JSON.stringify(alerts.map(({ key }) => key));
}

/** Who was told of other alerts before hears of the end of those as well. */
export function withTold(
  tellings: readonly EscalationTelling[],
  step: ToldLevel & Pick<EscalationTelling, "alerts">,
  receivers: readonly string[],
): readonly EscalationTelling[] {
  const { toldAs, level, alerts } = step;
  const isBefore = (telling: EscalationTelling, receiver: string) =>
    isOf(step, telling) && telling.receiver === receiver;
  const now = receivers.map((receiver): EscalationTelling => {
    const before = tellings.filter((telling) => isBefore(telling, receiver)).flatMap((telling) => telling.alerts);
    const known = [...new Map([...before, ...alerts].map((alert) => [alert.key, alert])).values()].sort(byStart);
    return { toldAs, level, receiver, alerts: known };
  });
  return [...tellings.filter((telling) => !receivers.some((receiver) => isBefore(telling, receiver))), ...now];
}

export function byStart(a: EscalatedAlert, b: EscalatedAlert): number {
  return a.startsAtMs - b.startsAtMs || (a.key < b.key ? -1 : 1);
}
