/** What the conditions of alerts in code say, as metrics: they are asked when the metrics are collected, and at no other time. */
import { diag } from "@opentelemetry/api";
import { type BoundGauge, type Gauge, gauge, observedCounter, observedGauge } from "@telltale/metrics";
import { catalogue } from "../catalogue.ts";

interface Condition {
  readonly ask: () => string | undefined;
  /** Published while the condition holds. */
  text: BoundGauge | undefined;
  errors: number;
}

/** A text is there to be read: what is longer is cut. */
const MAX_TEXT = 300;

const conditions = new Map<string, Condition>();
let texts: Gauge<{ readonly rule: string; readonly text: string }> | undefined;

export function observeCondition(rule: string, ask: () => string | undefined): void {
  texts ??= declareMetrics();
  conditions.set(rule, { ask, text: undefined, errors: 0 });
}

export function forgetCondition(rule: string): void {
  const condition = conditions.get(rule);
  conditions.delete(rule);
  if (condition !== undefined) end(condition);
}

/** With the first alert, so that who has none has no such metrics. */
function declareMetrics(): NonNullable<typeof texts> {
  observedGauge(catalogue.condition, (observe) => {
    for (const [rule, condition] of conditions) {
      const holds = evaluate(rule, condition);
      if (holds !== undefined) observe(holds ? 1 : 0, { rule });
    }
  });
  observedCounter(catalogue.conditionErrors, (observe) => {
    for (const [rule, { errors }] of conditions) observe(errors, { rule });
  });
  // After the first, which gives its series their values.
  return gauge(catalogue.conditionText);
}

/** Undefined when nobody knows: neither 1 nor 0 would be true. */
function evaluate(rule: string, condition: Condition): boolean | undefined {
  let said: unknown;
  try {
    said = condition.ask();
  } catch (error) {
    failed(rule, condition, error);
    return undefined;
  }
  if (said === undefined || said === null || said === false || said === "") {
    end(condition);
    return false;
  }
  if (typeof said !== "string") {
    // Nobody waits for it, and one that rejects would end the process.
    if (said instanceof Promise) said.catch(() => {});
    const got = said instanceof Promise ? "a promise" : `${typeof said} ${String(said)}`;
    failed(rule, condition, new TypeError(`it gave ${got}; return a text at once, or undefined`));
    return undefined;
  }
  if (condition.text === undefined) {
    const text = said.length > MAX_TEXT ? `${said.slice(0, MAX_TEXT - 1)}…` : said;
    condition.text = texts?.bind({ rule, text });
    condition.text?.record(1);
  }
  return true;
}

function end(condition: Condition): void {
  // Readers see its last number for a while yet, and that must not be 1.
  condition.text?.record(0);
  condition.text?.unbind();
  condition.text = undefined;
}

function failed(rule: string, condition: Condition, error: unknown): void {
  if (condition.errors++ > 0) return;
  const count = "telltale.condition.errors counts how often";
  diag.warn(
    `telltale: the condition of alert ${JSON.stringify(rule)} failed, and is left out when it does; ${count}`,
    error,
  );
}
