import type { AlertingRuleDefinition } from "@telltale/alerting";
import type { ExpressionPart } from "./expression-parts.ts";

/** A rule that was found in a file. */
export interface TriedRule {
  readonly file: string;
  readonly rule: AlertingRuleDefinition;
}

export interface TriedSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** An alert that the rule has now. */
export interface TriedAlert extends TriedSeries {
  readonly state: "pending" | "firing";
  /** Since when its expression has held without a break, as far as anybody looked. */
  readonly activeMs: number;
}

/** What a rule would do now. */
export interface RuleTrial extends TriedRule {
  readonly alerts: readonly TriedAlert[];
  readonly parts: readonly (ExpressionPart & { readonly series: readonly TriedSeries[] })[];
  /** Where the numbers are from, in words. */
  readonly from: string;
  /** What whoever reads it should know besides. */
  readonly notes: readonly string[];
}
