import { type Labels, labelsOf, type Sample, toRecord, type VectorSample, withLabel } from "@telltale/promql";
import type { AlertingRuleDefinition } from "../rule-file/rule-file.ts";
import {
  type AlertTemplate,
  type AlertTemplateData,
  alertData,
  tolerantAlertTemplate,
} from "../template/alert-template.ts";
import { type Alert, type HeldAlert, needsSending, RESOLVED_RETENTION_MS } from "./alert.ts";
import type { EvaluatedRule, RuleEvaluation } from "./evaluated-rule.ts";

/** An alerting rule with the alerts that it holds, by Prometheus' semantics. */
export class AlertingRule implements EvaluatedRule {
  readonly definition: AlertingRuleDefinition;
  /** The series ALERTS are written only then, so that they do not hide what is to be restored. */
  restored: boolean;
  readonly #data: AlertTemplateData;
  readonly #labels: readonly (readonly [string, AlertTemplate])[];
  readonly #annotations: readonly (readonly [string, AlertTemplate])[];
  #alerts = new Map<string, HeldAlert>();

  constructor(definition: AlertingRuleDefinition, data: AlertTemplateData, options: { readonly restored: boolean }) {
    this.definition = definition;
    this.restored = options.restored;
    this.#data = data;
    const templates = (texts: Readonly<Record<string, string>>) =>
      Object.entries(texts).map(([name, text]) => [name, tolerantAlertTemplate(definition.name, text)] as const);
    this.#labels = templates(definition.labels);
    this.#annotations = templates(definition.annotations);
  }

  /** Those pending or firing, and those resolved of which somebody may not know yet. */
  alerts(): readonly Alert[] {
    return [...this.#alerts.values()];
  }

  /** Takes over the alerts of the same rule before a reload. */
  adopt(from: AlertingRule): void {
    for (const [key, alert] of from.#alerts) this.#alerts.set(key, { ...alert });
  }

  /** Sets since when alerts are active, as `find` knows it. */
  restore(find: (alert: Alert) => number | undefined): void {
    for (const alert of this.#alerts.values()) alert.activeAtMs = find(alert) ?? alert.activeAtMs;
    this.restored = true;
  }

  /** The alerts that are due to be sent, which then count as sent. */
  takeUnsent(times: { readonly timeMs: number; readonly resendDelayMs: number }): readonly Alert[] {
    const due = [...this.#alerts.values()].filter((alert) => needsSending(alert, times));
    return due.map((alert) => {
      alert.lastSentAtMs = times.timeMs;
      return { ...alert };
    });
  }

  evaluate(evaluation: RuleEvaluation): readonly Sample[] {
    const { timeMs, queryOffsetMs, limit } = evaluation;
    const found = this.#found(evaluation);
    for (const [key, alert] of found) {
      const held = this.#alerts.get(key);
      if (held === undefined || held.state === "inactive") this.#alerts.set(key, alert);
      else {
        held.value = alert.value;
        held.annotations = alert.annotations;
      }
    }
    const samples: Sample[] = [];
    let active = 0;
    for (const [key, alert] of this.#alerts) {
      if (found.has(key)) alert.keepFiringSinceMs = undefined;
      else if (!this.#keepsFiring(key, alert, timeMs)) continue;
      active++;
      this.#promote(alert, timeMs);
      if (this.restored) samples.push(...this.#series(alert, timeMs - queryOffsetMs));
    }
    if (limit > 0 && active > limit) {
      this.#alerts = new Map();
      throw new Error(`exceeded limit of ${limit} with ${active} alerts`);
    }
    return samples;
  }

  /** The labels that an alert's series ALERTS_FOR_STATE has. */
  forStateLabels(alert: Alert): Labels {
    return this.#seriesLabels(alert, { __name__: "ALERTS_FOR_STATE", alertname: this.definition.name });
  }

  #found({ timeMs, queryOffsetMs, query }: RuleEvaluation): ReadonlyMap<string, HeldAlert> {
    const found = new Map<string, HeldAlert>();
    const surroundings = {
      timeMs,
      query: (text: string) => query(text, timeMs),
      externalUrl: this.#data.externalUrl,
    };
    for (const sample of query(this.definition.expression, timeMs - queryOffsetMs)) {
      const data = this.#labels.length + this.#annotations.length > 0 ? alertData(sample, this.#data) : null;
      const annotations: Record<string, string> = {};
      let labels = withLabel(sample.labels, "__name__", "");
      for (const [name, template] of this.#labels)
        labels = withLabel(labels, name, template.expand(data, surroundings));
      labels = withLabel(labels, "alertname", this.definition.name);
      for (const [name, template] of this.#annotations) annotations[name] = template.expand(data, surroundings);
      if (found.has(labels.key)) {
        throw new Error("vector contains metrics with the same labelset after applying alert labels");
      }
      found.set(labels.key, newAlert(sample, labels, annotations, timeMs));
    }
    return found;
  }

  /** Of an alert that the expression does not give any more: whether it fires on; else it is resolved, or forgotten. */
  #keepsFiring(key: string, alert: HeldAlert, timeMs: number): boolean {
    const { keepFiringForMs } = this.definition;
    if (alert.state === "firing" && keepFiringForMs > 0) {
      alert.keepFiringSinceMs ??= timeMs;
      if (timeMs - alert.keepFiringSinceMs < keepFiringForMs) return true;
    }
    const forgotten = alert.resolvedAtMs !== undefined && timeMs - alert.resolvedAtMs > RESOLVED_RETENTION_MS;
    if (alert.state === "pending" || forgotten) this.#alerts.delete(key);
    if (alert.state !== "inactive") {
      alert.state = "inactive";
      alert.resolvedAtMs = timeMs;
    }
    return false;
  }

  #promote(alert: HeldAlert, timeMs: number): void {
    const isDue = timeMs - alert.activeAtMs >= this.definition.forMs;
    if (alert.state === "pending" && isDue) {
      alert.state = "firing";
      alert.firedAtMs = timeMs;
    } else if (alert.state === "firing" && !isDue) {
      // The rule was reloaded with a longer `for`.
      alert.state = "pending";
      alert.firedAtMs = undefined;
      alert.lastSentAtMs = undefined;
      alert.keepFiringSinceMs = undefined;
    }
  }

  #series(alert: Alert, timeMs: number): readonly Sample[] {
    const { name } = this.definition;
    const labels = this.#seriesLabels(alert, { __name__: "ALERTS", alertname: name, alertstate: alert.state });
    return [
      { labels, timeMs, value: 1 },
      { labels: this.forStateLabels(alert), timeMs, value: Math.floor(alert.activeAtMs / 1000) },
    ];
  }

  #seriesLabels(alert: Alert, more: Readonly<Record<string, string>>): Labels {
    return labelsOf({ ...this.definition.labels, ...toRecord(alert.labels), ...more });
  }
}

function newAlert(
  sample: VectorSample,
  labels: Labels,
  annotations: Readonly<Record<string, string>>,
  timeMs: number,
): HeldAlert {
  return {
    labels,
    annotations,
    state: "pending",
    value: sample.value,
    activeAtMs: timeMs,
    firedAtMs: undefined,
    resolvedAtMs: undefined,
    lastSentAtMs: undefined,
    keepFiringSinceMs: undefined,
  };
}
