import { type CodedAlertOptions, codedRule } from "./coded-rule.ts";
import { forgetCondition, observeCondition } from "./conditions.ts";
import { declaredRule, declareRule, withdrawRule } from "./declared-rules.ts";

/** An alert in code; disposing of it ends it. */
export interface CodedAlert extends Disposable {
  readonly name: string;
}

/**
 * Declares an alert whose condition is code. It is published as the gauge `telltale.condition`, in Prometheus
 * `telltale_condition{rule="…"}`, and as a rule that asks for it: `bootstrap({ alerting })` evaluates it with those of files, and
 * `codedRules()` writes it down for a Prometheus server.
 *
 * The text of the condition is no label of the alert, for an alert with other labels is another alert. It is a label of
 * `telltale_condition_text`, a series that is there while the condition holds, where the annotation `summary` finds it. It is the
 * text of the moment when the condition began to hold: one series each time, however often the text changes.
 * @throws TypeError with code TELLTALE_BAD_ALERT or TELLTALE_DUPLICATE_ALERT
 */
export function alert(options: CodedAlertOptions): CodedAlert {
  const rule = codedRule(options);
  if (declaredRule(rule.name) !== undefined) {
    const message = `there is an alert ${JSON.stringify(rule.name)} already; give this one another name, or dispose of the other first`;
    throw Object.assign(new TypeError(message), { code: "TELLTALE_DUPLICATE_ALERT" });
  }
  declareRule(rule);
  observeCondition(rule.name, options.condition);
  return {
    name: rule.name,
    [Symbol.dispose]() {
      if (declaredRule(rule.name) !== rule) return;
      withdrawRule(rule.name);
      forgetCondition(rule.name);
    },
  };
}
