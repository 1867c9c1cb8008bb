import { type Expression, flaggedFeatures, type VectorSelector } from "@telltale/promql";
import { didYouMean } from "../near-name.ts";
import { parseRuleFile, type RuleDefinition, RuleFileError, type RuleGroupDefinition } from "../rule-file/rule-file.ts";
import type { RuleSource } from "../rule-runner/rule-runner.ts";
import { replicaFaults } from "./one-replica.ts";
import { resultLabels, spokenLabels } from "./result-labels.ts";
import { type Place, type RulePlaces, rulePlaces } from "./rule-places.ts";
import { selectorsOf } from "./selectors.ts";

/** What is looked for. */
export const lintChecks = [
  "broken",
  "feature-flag",
  "one-replica",
  "unknown-metric",
  "unknown-label",
  "no-for",
  "no-severity",
  "no-summary",
] as const;

export type LintCheck = (typeof lintChecks)[number];

/** Something in a rule file that will not do what its author means, here or on a server. */
export interface LintFinding extends Place {
  readonly path: string;
  readonly check: LintCheck;
  /** An error fails everywhere, a warning somewhere; a note is there to be known. */
  readonly level: "error" | "warning" | "note";
  /** The alert or the recorded metric; empty for what is no rule. */
  readonly rule: string;
  readonly message: string;
}

/** The metrics that there are. */
export interface KnownMetrics {
  has(name: string): boolean;
  /** The one that was probably meant. */
  nearest(name: string): string | undefined;
}

export interface LintOptions {
  /** @default metrics are not looked at */
  readonly metrics?: KnownMetrics;
  /** The label that tells the replicas of a service apart. @default "instance" */
  readonly replicaLabel?: string;
}

/** Looks through rule files that are used together: what one records, the others know. */
export function lintRules(sources: readonly RuleSource[], options: LintOptions = {}): readonly LintFinding[] {
  const { metrics, replicaLabel = "instance" } = options;
  const read = sources.map(({ path, text }) => ({ path, text, ...readGroups(path, text) }));
  const rules = read.flatMap(({ path, text, groups }) => {
    const places = rulePlaces(text);
    return groups.flatMap((group, g) => group.rules.map((rule, r) => ({ path, rule, places: places(g, r) })));
  });
  const recorded = new Set(rules.flatMap(({ rule }) => (rule.kind === "recording" ? [rule.name] : [])));
  const without = recordedTogether(
    rules.map(({ rule }) => rule),
    replicaLabel,
  );
  const lookingBack = new Set(
    rules.flatMap(({ rule }) => (rule.kind === "recording" && looksBack(rule.expression) ? [rule.name] : [])),
  );
  const context = { metrics, recorded, lookingBack, replica: { label: replicaLabel, without } };
  return [
    ...read.flatMap(({ broken }) => broken),
    ...rules.flatMap(({ path, rule, places }) => {
      const found: LintFinding[] = [];
      const find: Find = (check, level, place, message) => {
        found.push({ path, ...place, check, level, rule: rule.name, message });
      };
      lintExpression(rule, places, { ...context, find });
      if (rule.kind === "alerting") lintAlert(rule, places, { lookingBack, find });
      return found;
    }),
  ];
}

type Find = (check: LintCheck, level: LintFinding["level"], place: Place, message: string) => void;

interface Context {
  readonly metrics: KnownMetrics | undefined;
  readonly recorded: ReadonlySet<string>;
  /** Recorded metrics that are of more than one sample. */
  readonly lookingBack: ReadonlySet<string>;
  readonly replica: { readonly label: string; readonly without: ReadonlySet<string> };
  readonly find: Find;
}

/** With everything allowed that servers have behind flags: what of it is used is told by name. */
function readGroups(
  path: string,
  text: string,
): { readonly groups: readonly RuleGroupDefinition[]; readonly broken: readonly LintFinding[] } {
  try {
    const { groups } = parseRuleFile(text, { path, experimentalFunctions: true, fillModifiers: true });
    return { groups, broken: [] };
  } catch (error) {
    if (!(error instanceof RuleFileError)) throw error;
    const broken = error.problems.map(({ line, column, ruleName = "", message }) => {
      return { path, line, column, check: "broken", level: "error", rule: ruleName, message } as const;
    });
    return { groups: [], broken };
  }
}

/** Metrics that are recorded of all replicas together: what asks for them is not told again. */
function recordedTogether(rules: readonly RuleDefinition[], label: string): ReadonlySet<string> {
  const without = new Set<string>();
  // One may be recorded from another that stands below it.
  for (let before = -1; before < without.size; ) {
    before = without.size;
    for (const { kind, name, expression } of rules) {
      if (kind === "recording" && !replicaFaults(expression, { label, without }).apart) without.add(name);
    }
  }
  return without;
}

function lintExpression(rule: RuleDefinition, places: RulePlaces, { metrics, recorded, replica, find }: Context): void {
  const { expression } = rule;
  const placeOf = (part: Pick<Expression, "position">): Place => places.of("expr", part.position.start);
  for (const part of flaggedFeatures(expression)) {
    const message = `${part.feature} works on a Prometheus server only with --enable-feature=${part.flag}`;
    find("feature-flag", "warning", placeOf(part), message);
  }
  for (const { expression: part, message, note } of replicaFaults(expression, replica).faults) {
    find("one-replica", note ? "note" : "warning", placeOf(part), message);
  }
  if (metrics === undefined) return;
  const told = new Set<string>();
  for (const selector of selectorsOf(expression)) {
    const name = nameOf(selector);
    if (name === "" || OF_SERVERS.has(name) || recorded.has(name) || metrics.has(name) || told.has(name)) continue;
    told.add(name);
    find("unknown-metric", "warning", placeOf(selector), unknownText(name, [...recorded], metrics));
  }
}

/** A name with a colon is by custom one that a rule records. */
function unknownText(name: string, recorded: readonly string[], metrics: KnownMetrics): string {
  if (name.includes(":")) {
    return `no rule of these files records ${name}${didYouMean(name, recorded)}; give the file that does as well`;
  }
  const near = metrics.nearest(name);
  const hint = near === undefined ? "is it one of your own?" : `did you mean ${near}?`;
  return `no catalogue has the metric ${name}; ${hint}`;
}

/** What servers make by themselves. */
const OF_SERVERS: ReadonlySet<string> = new Set([
  ...["up", "ALERTS", "ALERTS_FOR_STATE", "target_info"],
  ...["scrape_duration_seconds", "scrape_samples_scraped", "scrape_samples_post_metric_relabeling"],
  ...["scrape_series_added", "scrape_timeout_seconds", "scrape_sample_limit", "scrape_body_size_bytes"],
]);

/** Empty where it is given by a pattern. */
function nameOf({ name, matchers }: VectorSelector): string {
  if (name !== "") return name;
  return matchers.find((one) => one.name === "__name__" && one.operator === "=")?.value ?? "";
}

function lintAlert(
  { expression, labels, annotations }: RuleDefinition & { readonly kind: "alerting" },
  places: RulePlaces,
  { find, lookingBack }: Pick<Context, "find" | "lookingBack">,
): void {
  const known = resultLabels(expression);
  for (const [field, texts] of Object.entries({ labels, annotations })) {
    for (const [name, text] of Object.entries(texts)) {
      const missing = known === undefined ? [] : spokenLabels(text).filter((label) => !known.has(label));
      for (const label of missing) {
        const message = `${name} speaks of the label ${label}, which the expression leaves out; it has ${[...known!].join(", ") || "none"}`;
        find("unknown-label", "warning", places.of(field), message);
      }
    }
  }
  if (!places.has("for") && isOfOneSample(expression, lookingBack)) {
    const message = "one sample is enough to fire: say for how long it has to hold, or for: 0s where that is meant";
    find("no-for", "warning", places.of("alert"), message);
  }
  if ((labels["severity"] ?? "") === "") {
    find("no-severity", "warning", places.of("alert"), "no label severity, by which routes tell whom to wake");
  }
  if ((annotations["summary"] ?? "") === "") {
    find("no-summary", "warning", places.of("alert"), "no annotation summary: who is woken reads the name alone");
  }
}

function looksBack(expression: Expression): boolean {
  return selectorsOf(expression, { ranges: true }).length > 0;
}

/** By custom the last part of a recorded name says over what time it is: `ratio_rate5m`. */
const OVER_TIME = /:[a-z_]*(?:rate|increase|delta|over_time|burnrate)_?\d+[smhdw]$/;

/** Alerts have held already, and what asks for no sample fires on purpose. */
function isOfOneSample(expression: Expression, lookingBack: ReadonlySet<string>): boolean {
  if (looksBack(expression)) return false;
  const names = selectorsOf(expression).map(nameOf);
  return names.some((name) => name !== "ALERTS" && !lookingBack.has(name) && !OVER_TIME.test(name));
}
