/**
 * Names by the translation that Prometheus itself applies to OTLP, with unit and type suffixes, so that one rule file fits
 * whichever way the metrics came.
 * @see https://github.com/prometheus/otlptranslator
 */

export type FamilyType = "counter" | "gauge" | "histogram" | "info";

export interface NamedMetric {
  readonly name: string;
  readonly unit: string;
  readonly type: FamilyType;
  /** Whether OpenTelemetry calls it a gauge; an up-down counter is a gauge in Prometheus but no ratio. */
  readonly ratio: boolean;
}

/** The family's name; a counter's ends in `_total`. Undefined when nothing of the name can be used. */
export function metricName({ name, unit, type, ratio }: NamedMetric): string | undefined {
  const [main, per] = unitWords(unit);
  const tokens = name.split(/[^A-Za-z0-9:]+/).filter((token) => token !== "");
  if (main !== "" && !tokens.includes(main)) tokens.push(main);
  if (per !== "" && !tokens.includes(per)) tokens.push(per);
  if (type === "counter") moveToEnd(tokens, "total");
  else if (ratio && unit === "1") moveToEnd(tokens, "ratio");
  const joined = tokens.join("_");
  if (joined === "") return undefined;
  return /^[0-9]/.test(joined) ? `_${joined}` : joined;
}

/** What OpenMetrics' UNIT line may say: the unit that the family's name ends with. */
export function unitSuffix(unit: string): string {
  return unitWords(unit)
    .filter((word) => word !== "")
    .join("_");
}

/** A label name: letters, digits and underscores, not beginning with a digit. Undefined when nothing is left. */
export function labelName(key: string): string | undefined {
  const clean = key.replace(/[^A-Za-z0-9_]+/g, "_").replace(/_{2,}/g, "_");
  if (clean === "" || clean === "_") return undefined;
  if (/^[0-9]/.test(clean)) return `key_${clean}`;
  return clean.startsWith("_") ? `key${clean}` : clean;
}

/**
 * The name as it is, with suffixes, as otlptranslator's strategy NoUTF8EscapingWithSuffixes has it. Undefined when there is none.
 */
export function utf8MetricName({ name, unit, type, ratio }: NamedMetric): string | undefined {
  const [main, per] = unitWords(unit);
  const isRatio = type !== "counter" && ratio && unit === "1";
  let base = wellFormed(name);
  if (isRatio) base = withoutSuffix(base, "ratio");
  if (type === "counter") base = withoutSuffix(base, "total");
  if (per !== "") base = withoutSuffix(base, per);
  if (base === "") return undefined;
  if (main !== "" && !base.endsWith(main)) base += `_${main}`;
  if (per !== "") base += `_${per}`;
  if (type === "counter") base += "_total";
  return isRatio ? `${base}_ratio` : base;
}

/** The key as it is. Undefined when it has underscores only; what Prometheus keeps for itself is translated. */
export function utf8LabelName(key: string): string | undefined {
  return /^_*$/.test(key) || key.startsWith("__") ? labelName(key) : wellFormed(key);
}

/** UCUM codes, as otlptranslator's `unitMap`. */
const UNITS: Readonly<Record<string, string>> = {
  d: "days",
  h: "hours",
  min: "minutes",
  s: "seconds",
  ms: "milliseconds",
  us: "microseconds",
  ns: "nanoseconds",
  By: "bytes",
  KiBy: "kibibytes",
  MiBy: "mebibytes",
  GiBy: "gibibytes",
  TiBy: "tibibytes",
  KBy: "kilobytes",
  MBy: "megabytes",
  GBy: "gigabytes",
  TBy: "terabytes",
  m: "meters",
  V: "volts",
  A: "amperes",
  J: "joules",
  W: "watts",
  g: "grams",
  Cel: "celsius",
  Hz: "hertz",
  "1": "",
  "%": "percent",
};

/** As otlptranslator's `perUnitMap`. */
const PER_UNITS: Readonly<Record<string, string>> = {
  s: "second",
  m: "minute",
  h: "hour",
  d: "day",
  w: "week",
  mo: "month",
  y: "year",
};

function unitWords(unit: string): readonly [main: string, per: string] {
  const slash = unit.indexOf("/");
  const main = (slash === -1 ? unit : unit.slice(0, slash)).trim();
  const per = slash === -1 ? "" : unit.slice(slash + 1).trim();
  const perWord = word(per, PER_UNITS);
  return [word(main, UNITS), perWord === "" ? "" : `per_${perWord}`];
}

/** Annotations in braces name what is counted, which the metric's own name already does. */
function word(code: string, known: Readonly<Record<string, string>>): string {
  if (code === "" || /[{}]/.test(code)) return "";
  return (Object.hasOwn(known, code) ? (known[code] as string) : code)
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
}

/** Without the suffix and the character before it. */
function withoutSuffix(name: string, suffix: string): string {
  return name.endsWith(suffix) && name.length > suffix.length + 1 ? name.slice(0, -suffix.length - 1) : name;
}

/** Without lone surrogates, which UTF-8 cannot write. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

function moveToEnd(tokens: string[], token: string): void {
  for (let i = tokens.indexOf(token); i !== -1; i = tokens.indexOf(token)) tokens.splice(i, 1);
  tokens.push(token);
}
