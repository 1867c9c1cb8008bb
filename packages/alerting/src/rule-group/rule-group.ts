import type { Expression, Labels, QueryOptions, Sample, SeriesStore } from "@telltale/promql";
import type { AlertingRuleDefinition, RuleDefinition, RuleGroupDefinition } from "../rule-file/rule-file.ts";
import { type Alert, type SentAlert, sentAlert } from "./alert.ts";
import { AlertingRule } from "./alerting-rule.ts";
import type { EvaluatedRule } from "./evaluated-rule.ts";
import { recordingRule } from "./recording-rule.ts";
import { restoreForState } from "./restore-for-state.ts";
import { ruleQuery } from "./rule-query.ts";

/** Where rules find their series and put what they give; `MemoryStore` of @telltale/promql is one. */
export interface RuleStore extends SeriesStore {
  append(samples: Iterable<Sample>): { readonly appended: number };
}

export interface RuleGroupOptions {
  readonly store: RuleStore;
  /** The file that the group is from; two groups of a name are told apart by it. @default "" */
  readonly file?: string;
  /** For a group that does not say how often it is evaluated. @default 60_000 */
  readonly intervalMs?: number;
  /** How long after their time samples may still come, for a group that does not say. @default 0 */
  readonly queryOffsetMs?: number;
  /** Added to every alert that is sent. @default none */
  readonly externalLabels?: Readonly<Record<string, string>>;
  /** Where the user finds the series. @default "" */
  readonly externalUrl?: string;
  /** When an alert is told again. Prometheus: `--rules.alert.resend-delay`. @default 60_000 */
  readonly resendDelayMs?: number;
  /**
   * Takes the state of `for` over from the series ALERTS_FOR_STATE after the second evaluation, and writes the alerts' series from
   * then on. Without it, alerts start anew. @default false
   */
  readonly restore?: boolean;
  /** How old a state to restore may be. Prometheus: `--rules.alert.for-outage-tolerance`. @default 3_600_000 */
  readonly outageToleranceMs?: number;
  /** Prometheus: `--rules.alert.for-grace-period`. @default 600_000 */
  readonly forGracePeriodMs?: number;
  readonly query?: QueryOptions;
  /** Takes the alerts that are due to be told, after each evaluation of a rule that has some. */
  readonly onAlerts?: (alerts: readonly SentAlert[]) => void;
}

/** A rule and how it is. */
export interface RuleStatus {
  readonly definition: RuleDefinition;
  readonly health: "unknown" | "ok" | "err";
  readonly lastError: string | undefined;
  readonly lastEvaluationMs: number | undefined;
  /** Of an alerting rule: pending and firing ones, and those resolved within the last 15 min. */
  readonly alerts: readonly Alert[];
}

const defaults = {
  file: "",
  intervalMs: 60_000,
  queryOffsetMs: 0,
  externalLabels: {} as Readonly<Record<string, string>>,
  externalUrl: "",
  resendDelayMs: 60_000,
  restore: false,
  outageToleranceMs: 3_600_000,
  forGracePeriodMs: 600_000,
  query: {} as QueryOptions,
  onAlerts: () => {},
};

/** When Prometheus restores: by then every scrape has come once. */
const RESTORED_AFTER_EVALUATIONS = 2;

interface Held {
  readonly rule: EvaluatedRule | AlertingRule;
  series: Map<string, Labels>;
  health: RuleStatus["health"];
  lastError: string | undefined;
  lastEvaluationMs: number | undefined;
}

/** The rules of a group, evaluated one after the other at times that the caller gives, by Prometheus' semantics. */
export class RuleGroup {
  readonly definition: RuleGroupDefinition;
  readonly intervalMs: number;
  readonly #options: Required<RuleGroupOptions>;
  readonly #held: readonly Held[];
  #unclaimed: Labels[] = [];
  #evaluations = 0;
  #restorePending: boolean;

  constructor(definition: RuleGroupDefinition, options: RuleGroupOptions) {
    this.definition = definition;
    this.#options = { ...defaults, ...options };
    this.intervalMs = definition.intervalMs ?? this.#options.intervalMs;
    this.#restorePending = this.#options.restore;
    this.#held = definition.rules.map((rule) => ({
      rule: rule.kind === "recording" ? recordingRule(rule) : this.#alertingRule(rule),
      series: new Map(),
      health: "unknown",
      lastError: undefined,
      lastEvaluationMs: undefined,
    }));
  }

  #alertingRule(rule: AlertingRuleDefinition): AlertingRule {
    return new AlertingRule(rule, this.#options, { restored: !this.#options.restore });
  }

  get queryOffsetMs(): number {
    return this.definition.queryOffsetMs ?? this.#options.queryOffsetMs;
  }

  /** The first time from `nowMs` on at which this group is evaluated: groups are spread over their interval. */
  nextEvaluationMs(nowMs: number): number {
    const offsetMs = hash(`${this.#options.file}\0${this.definition.name}`) % this.intervalMs;
    return Math.ceil((nowMs - offsetMs) / this.intervalMs) * this.intervalMs + offsetMs;
  }

  /** Evaluates all rules at one time. A rule that fails is told by `rules()`, and the others go on. */
  evaluate(timeMs: number): void {
    for (const held of this.#held) this.#evaluateRule(held, timeMs);
    this.#finish(timeMs);
  }

  /** As `evaluate`, with a pause after each rule so that others have their turn: `setImmediate` of node:timers/promises. */
  async evaluateInTurns(timeMs: number, pause: () => Promise<unknown>): Promise<void> {
    for (const held of this.#held) {
      this.#evaluateRule(held, timeMs);
      await pause();
    }
    this.#finish(timeMs);
  }

  rules(): readonly RuleStatus[] {
    return this.#held.map(({ rule, health, lastError, lastEvaluationMs }) => ({
      definition: rule.definition,
      health,
      lastError,
      lastEvaluationMs,
      alerts: rule instanceof AlertingRule ? rule.alerts() : [],
    }));
  }

  /** Takes over alerts and series of the group before a reload, rule by rule: by name and labels. */
  adopt(previous: RuleGroup): void {
    const old = new Map<string, Held[]>();
    for (const held of previous.#held) {
      const key = identity(held.rule.definition);
      old.set(key, [...(old.get(key) ?? []), held]);
    }
    for (const held of this.#held) {
      const from = old.get(identity(held.rule.definition))?.shift();
      if (from === undefined) continue;
      held.series = from.series;
      if (!(held.rule instanceof AlertingRule && from.rule instanceof AlertingRule)) continue;
      held.rule.adopt(from.rule);
      held.rule.restored ||= from.rule.restored;
    }
    this.#restorePending &&= previous.#restorePending;
    this.#unclaimed = [
      ...previous.#unclaimed,
      ...[...old.values()].flat().flatMap(({ series }) => [...series.values()]),
    ];
  }

  /** Ends the series of a group that is no more. */
  end(timeMs: number): void {
    this.#unclaimed.push(...this.#held.flatMap(({ series }) => [...series.values()]));
    for (const held of this.#held) held.series = new Map();
    this.#endUnclaimed(timeMs);
  }

  #evaluateRule(held: Held, timeMs: number): void {
    const { rule } = held;
    const { store, query: queryOptions } = this.#options;
    held.lastEvaluationMs = timeMs;
    const query = (text: Expression | string, atMs: number) =>
      ruleQuery(store, text, { ...queryOptions, timeMs: atMs });
    const { queryOffsetMs } = this;
    let samples: readonly Sample[];
    try {
      samples = rule.evaluate({ timeMs, queryOffsetMs, query, limit: this.definition.limit });
    } catch (error) {
      held.health = "err";
      held.lastError = (error as Error).message;
      return;
    }
    held.health = "ok";
    held.lastError = undefined;
    if (rule instanceof AlertingRule) this.#send(rule, timeMs);
    this.#store(held, samples, timeMs - queryOffsetMs);
  }

  #send(rule: AlertingRule, timeMs: number): void {
    const { resendDelayMs, externalLabels, externalUrl, onAlerts } = this.#options;
    const alerts = rule.takeUnsent({ timeMs, resendDelayMs });
    if (alerts.length === 0) return;
    // Four times, so that two of them may fail. Prometheus: sendAlerts.
    const validUntilMs = timeMs + 4 * Math.max(this.intervalMs, resendDelayMs);
    const { query } = rule.definition;
    onAlerts(alerts.map((alert) => sentAlert(alert, { validUntilMs, externalLabels, externalUrl, query })));
  }

  #store(held: Held, samples: readonly Sample[], timeMs: number): void {
    const { store } = this.#options;
    const given = new Map<string, Labels>();
    for (const sample of samples) {
      if (store.append([sample]).appended === 1) given.set(sample.labels.key, sample.labels);
      else {
        held.health = "err";
        held.lastError = "a sample is older than the last one of its series";
      }
    }
    for (const [key, labels] of held.series) {
      if (!given.has(key)) store.append([{ labels, timeMs, value: Number.NaN, stale: true }]);
    }
    held.series = given;
  }

  #finish(timeMs: number): void {
    this.#endUnclaimed(timeMs);
    this.#evaluations++;
    if (!this.#restorePending || this.#evaluations < RESTORED_AFTER_EVALUATIONS) return;
    this.#restorePending = false;
    const { store, outageToleranceMs, forGracePeriodMs } = this.#options;
    for (const { rule } of this.#held) {
      if (rule instanceof AlertingRule) restoreForState(rule, store, { timeMs, outageToleranceMs, forGracePeriodMs });
    }
  }

  #endUnclaimed(timeMs: number): void {
    const atMs = timeMs - this.queryOffsetMs;
    this.#options.store.append(
      this.#unclaimed.map((labels) => ({ labels, timeMs: atMs, value: Number.NaN, stale: true })),
    );
    this.#unclaimed = [];
  }
}

function identity({ kind, name, labels }: RuleDefinition): string {
  return JSON.stringify([kind, name, Object.entries(labels).sort()]);
}

/** FNV-1a, of 32 bits. */
function hash(text: string): number {
  let mixed = 0x811c9dc5;
  for (const byte of Buffer.from(text)) mixed = Math.imul(mixed ^ byte, 0x01000193) >>> 0;
  return mixed;
}
