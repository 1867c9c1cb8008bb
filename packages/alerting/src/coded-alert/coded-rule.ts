/** The rule of an alert in code, checked where it is declared; without a parser, unless it has what needs one. */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** How bad it is; routes of an alertmanager.yml tell by it whom to wake. */
export type AlertSeverity = "info" | "warning" | "critical";

/** An alert whose condition is code. Durations are as in rule files: `30s`, `5m`, `1h30m`. */
export interface CodedAlertOptions {
  /** Of the alert; another one of this process must not have it. */
  readonly name: string;
  readonly severity: AlertSeverity;
  /**
   * What is wrong, in words, or undefined when nothing is. It is called at each collection of metrics, by each reader: at once,
   * without waiting, and cheap. One that throws is counted in `telltale.condition.errors` and told once; nothing else suffers.
   */
  readonly condition: () => string | undefined;
  /** How long the condition has to hold. @default at once */
  readonly for?: string;
  /**
   * How long the alert goes on after its condition ended, so that one that comes and goes is told once: `keep_firing_for` of the
   * rule. @default none
   */
  readonly cooldown?: string;
  /** Labels besides `severity`, templates as in rule files. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Templates as in rule files. @default `summary`: the text of the condition */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The rule of an alert in code, as rule files have it. */
export interface CodedRule {
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const SEVERITIES: readonly AlertSeverity[] = ["info", "warning", "critical"];

/**
 * The text of the condition, from the series of the same replica. Without one, as when the page was not read since, the name of
 * the rule has to do.
 */
const TEXT_OF_CONDITION =
  '{{ with printf "telltale_condition_text{rule=%q,job=%q,instance=%q} == 1" $labels.rule $labels.job $labels.instance | query }}' +
  '{{ . | first | label "text" }}{{ else }}{{ $labels.rule }}{{ end }}';

/** The rule for what `alert()` was given. @throws TypeError with code TELLTALE_BAD_ALERT */
export function codedRule(options: CodedAlertOptions): CodedRule {
  const given = Object(options) as Partial<CodedAlertOptions>;
  const { name, severity, condition, for: held, cooldown, labels, annotations } = given;
  if (typeof name !== "string" || name.trim() === "" || name.length > MAX_NAME) {
    throw bad(`name is ${shown(name)}; give a text of 1 to ${MAX_NAME} letters, such as "LargeLoss"`);
  }
  const where = `of alert ${JSON.stringify(name)}`;
  if (!SEVERITIES.includes(severity as AlertSeverity)) {
    throw bad(`severity ${where} is ${shown(severity)}; give info, warning or critical`);
  }
  if (typeof condition !== "function") {
    throw bad(`condition ${where} is ${shown(condition)}; give a function that returns a text, or undefined`);
  }
  if (labels !== undefined && Object.hasOwn(labels, "severity")) {
    throw bad(`labels ${where} have a severity; leave it out, the option severity says it`);
  }
  const fields = {
    alert: name,
    expr: `telltale_condition{rule=${JSON.stringify(name)}} == 1`,
    // Said also where it is nothing: at once, on purpose.
    for: held ?? "0s",
    ...(cooldown !== undefined && { keep_firing_for: cooldown }),
    labels: { severity, ...labels },
    annotations: { summary: TEXT_OF_CONDITION, ...annotations },
  };
  if (!isPlain(given)) check(fields, where);
  return { name, fields };
}

const MAX_NAME = 200;

const PLAIN_NAME = /^[\x20-\x7e]+$/;
const PLAIN_DURATION = /^(?=\d)(\d{1,3}h)?(\d{1,4}m)?(\d{1,6}s)?$/;
/** Neither control characters nor halves of letters. */
const PLAIN_TEXT = /^\P{C}*$/u;
const PLAIN_LABEL = /^[a-zA-Z]\w*$/;

/** Whether nothing of it can be wrong: a parser would take longer to load than all else that an alert needs. */
function isPlain({ name, for: held, cooldown, labels, annotations }: Partial<CodedAlertOptions>): boolean {
  return (
    PLAIN_NAME.test(name ?? "") &&
    [held, cooldown].every((duration) => duration === undefined || PLAIN_DURATION.test(duration)) &&
    [...Object.entries(labels ?? {}), ...Object.entries(annotations ?? {})].every(
      ([key, text]) =>
        PLAIN_LABEL.test(key) && typeof text === "string" && PLAIN_TEXT.test(text) && !text.includes("{{"),
    )
  );
}

/** Durations, names of labels and templates are what they are in any rule file. */
function check(fields: Readonly<Record<string, unknown>>, where: string): void {
  const { labels, annotations } = fields as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  const values = [fields["for"], fields["keep_firing_for"], ...Object.values({ ...labels, ...annotations })];
  const wrong = values.find((value) => value !== undefined && !["string", "number", "boolean"].includes(typeof value));
  if (wrong !== undefined) throw bad(`the options ${where} have ${shown(wrong)} where a text belongs; give a text`);
  // By its name it is what the application has of this package, or would have.
  const { parseRuleFile, RuleFileError } = require("@telltale/alerting") as typeof import("@telltale/alerting");
  try {
    // JSON is YAML.
    parseRuleFile(JSON.stringify({ groups: [{ name: "alert()", rules: [fields] }] }));
  } catch (error) {
    if (!(error instanceof RuleFileError)) throw error;
    throw bad(`the options ${where} make no rule: ${error.problems.map(({ message }) => message).join("; ")}`);
  }
}

function bad(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: "TELLTALE_BAD_ALERT" });
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 80)) : String(value);
}
