import { randomUUID } from "node:crypto";
import { type AlertMatcher, type AlertMatchOperator, alertMatcher, matchesAll } from "./alert-matcher.ts";

/** What is not to be told for some time. Times are milliseconds since 1970. */
export interface SilenceDefinition {
  readonly matchers: readonly {
    readonly name: string;
    readonly operator: AlertMatchOperator;
    readonly value: string;
  }[];
  /** @default now */
  readonly startsAtMs?: number;
  readonly endsAtMs: number;
  readonly createdBy: string;
  readonly comment: string;
}

export interface Silence extends Required<SilenceDefinition> {
  readonly id: string;
  readonly updatedAtMs: number;
}

export type SilenceState = "pending" | "active" | "expired";

/** How long a silence is remembered after its end. Alertmanager: `--data.retention`. */
const KEPT_MS = 120 * 3_600_000;

/** The silences by their ids. */
export class Silences {
  readonly #byId = new Map<string, { readonly silence: Silence; readonly matchers: readonly AlertMatcher[] }>();

  constructor(known: readonly Silence[] = []) {
    for (const silence of known) this.#set(silence);
  }

  /** @throws RangeError when the silence could never apply, Error when a pattern is none */
  add(definition: SilenceDefinition, nowMs: number): Silence {
    check(definition, nowMs);
    const { startsAtMs = nowMs } = definition;
    const silence = { ...definition, startsAtMs, id: randomUUID(), updatedAtMs: nowMs };
    this.#set(silence);
    return silence;
  }

  /**
   * Changes a silence, as far as what it did stays true; else it ends and another one takes its place. Undefined when there is
   * none of that id.
   * @throws as `add` does
   */
  change(id: string, definition: SilenceDefinition, nowMs: number): Silence | undefined {
    const found = this.#byId.get(id);
    if (found === undefined) return undefined;
    check(definition, nowMs);
    if (!canChange(found.silence, definition, nowMs)) {
      this.expire(id, nowMs);
      return this.add({ ...definition, startsAtMs: Math.max(definition.startsAtMs ?? nowMs, nowMs) }, nowMs);
    }
    const silence = { ...found.silence, ...definition, id, updatedAtMs: nowMs };
    this.#set(silence);
    return silence;
  }

  /** Ends a silence now; false when there is none of that id that has not ended. */
  expire(id: string, nowMs: number): boolean {
    const found = this.#byId.get(id);
    if (found === undefined || found.silence.endsAtMs <= nowMs) return false;
    const { silence } = found;
    this.#set({ ...silence, startsAtMs: Math.min(silence.startsAtMs, nowMs), endsAtMs: nowMs, updatedAtMs: nowMs });
    return true;
  }

  all(): readonly Silence[] {
    return [...this.#byId.values()].map(({ silence }) => silence);
  }

  /** The ids of those that apply to an alert. */
  matching(labels: Readonly<Record<string, string>>, nowMs: number): readonly string[] {
    const found: string[] = [];
    for (const { silence, matchers } of this.#byId.values()) {
      if (silenceState(silence, nowMs) === "active" && matchesAll(matchers, labels)) found.push(silence.id);
    }
    return found;
  }

  prune(nowMs: number): void {
    for (const [id, { silence }] of this.#byId) if (silence.endsAtMs + KEPT_MS < nowMs) this.#byId.delete(id);
  }

  #set(silence: Silence): void {
    const matchers = silence.matchers.map(({ name, operator, value }) => alertMatcher(name, operator, value));
    this.#byId.set(silence.id, { silence, matchers });
  }
}

/** @throws RangeError when the silence could never apply, Error when a pattern is none */
function check({ startsAtMs = 0, endsAtMs, matchers }: SilenceDefinition, nowMs: number): void {
  const bad = (problem: string) => {
    return Object.assign(new RangeError(`silence: ${problem}`), { code: "TELLTALE_BAD_SILENCE" });
  };
  if (endsAtMs <= Math.max(startsAtMs, nowMs)) {
    throw bad(`it ends at ${new Date(endsAtMs).toISOString()}; give an end after its start and after now`);
  }
  if (matchers.some(({ name }) => name === "")) throw bad("a matcher has no name; give the name of a label");
  const compiled = matchers.map(({ name, operator, value }) => alertMatcher(name, operator, value));
  // As Alertmanager has it, where `!=` alone is enough.
  if (compiled.every(({ operator, matches }) => !operator.startsWith("!") && matches(""))) {
    const given = matchers.length === 0 ? "it has no matchers" : "every matcher matches what is not there";
    throw bad(`${given}; give at least one that matches something`);
  }
}

/** Alertmanager: canUpdate. */
function canChange(old: Silence, { matchers, startsAtMs = old.startsAtMs }: SilenceDefinition, nowMs: number): boolean {
  const text = (silence: Pick<Silence, "matchers">) =>
    JSON.stringify(silence.matchers.map(({ name, operator, value }) => [name, operator, value]));
  if (text(old) !== text({ matchers })) return false;
  switch (silenceState(old, nowMs)) {
    case "active":
      // Who shows times in seconds gives them back so.
      return Math.floor(startsAtMs / 1000) === Math.floor(old.startsAtMs / 1000);
    case "pending":
      return startsAtMs >= nowMs;
    case "expired":
      return false;
  }
}

export function silenceState({ startsAtMs, endsAtMs }: Silence, nowMs: number): SilenceState {
  if (endsAtMs <= nowMs) return "expired";
  return startsAtMs > nowMs ? "pending" : "active";
}
