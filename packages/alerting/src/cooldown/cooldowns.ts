import { readDuration, readMatchers } from "../alerting-file/definition-fields.ts";
import { type AlertMatcher, matchesAll } from "../routing/alert-matcher.ts";
import type { YamlValue } from "../yaml-reader.ts";

/** How long an alert that was resolved may fire again without another word. */
export interface CooldownDefinition {
  readonly matchers: readonly AlertMatcher[];
  readonly durationMs: number;
}

/** What cooldowns know of one alert, by its labels. */
export interface CooldownState {
  readonly key: string;
  /** Until then it is held back. */
  readonly untilMs: number;
}

const example = "duration is missing; give one, such as 30m";

/** Reads an item of `cooldowns`; faults are problems of the document. */
export function readCooldown(value: YamlValue): CooldownDefinition {
  const fields = value.fields(["matchers", "duration"]);
  const durationMs = readDuration(fields, "duration", { otherwise: Number.NaN });
  if (!fields.has("duration")) value.problem(example);
  return { matchers: readMatchers(fields), durationMs };
}

/**
 * Which alerts are held back because they were resolved a short time ago. An alert that still fires when its cooldown is over
 * is told then. One that was held back begins no cooldown of its own, so what flaps for ever is told once in each.
 */
export class Cooldowns {
  readonly #definitions: readonly CooldownDefinition[];
  readonly #untilMs: Map<string, number>;

  constructor(definitions: readonly CooldownDefinition[], known: readonly CooldownState[] = []) {
    this.#definitions = definitions;
    this.#untilMs = new Map(known.map(({ key, untilMs }) => [key, untilMs]));
  }

  holdsBack(key: string, labels: Readonly<Record<string, string>>, nowMs: number): boolean {
    const untilMs = this.#untilMs.get(key);
    if (untilMs === undefined || untilMs <= nowMs) return false;
    // The file may have changed, and the clock may have been put back.
    const durationMs = this.#durationOf(labels);
    if (durationMs === undefined) return false;
    if (untilMs > nowMs + durationMs) this.#untilMs.set(key, nowMs + durationMs);
    return true;
  }

  /** An alert that was told is resolved: its cooldown begins, that of the first definition that is about it. */
  resolved(key: string, labels: Readonly<Record<string, string>>, nowMs: number): void {
    const durationMs = this.#durationOf(labels);
    if (durationMs !== undefined) this.#untilMs.set(key, nowMs + durationMs);
  }

  prune(nowMs: number): void {
    for (const [key, untilMs] of this.#untilMs) if (untilMs <= nowMs) this.#untilMs.delete(key);
  }

  state(): readonly CooldownState[] {
    return [...this.#untilMs].map(([key, untilMs]) => ({ key, untilMs }));
  }

  #durationOf(labels: Readonly<Record<string, string>>): number | undefined {
    return this.#definitions.find(({ matchers }) => matchesAll(matchers, labels))?.durationMs;
  }
}
