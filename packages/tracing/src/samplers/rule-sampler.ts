import type { Attributes } from "@opentelemetry/api";
import type { Sampler } from "@opentelemetry/sdk-trace";
import { isLocalSampler, type LocalSampler, NOT_RECORD } from "../engine/local-sampler.ts";

export interface SamplingRule {
  /** What `status()` calls it. @default what it matches */
  readonly name?: string;
  /** The span's name at its start; `*` stands for any text. */
  readonly span?: string;
  /**
   * The request's path: `http.route`, else `url.path` or `http.target`. `*` and `:name` stand for one segment, `**` for any
   * text.
   */
  readonly route?: string;
  /** All of these attributes at the span's start; in texts `*` stands for any text. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  /** Any other condition; what it throws counts as no. */
  readonly matches?: (span: { readonly name: string; readonly attributes: Attributes | undefined }) => boolean;
  readonly sampler: Sampler;
}

export interface RuleSamplerOptions {
  /** The first that matches decides. */
  readonly rules: readonly SamplingRule[];
  /** Decides where no rule matches. */
  readonly otherwise: Sampler;
}

/** What one rule has decided so far. */
export interface RuleStatus {
  readonly rule: string;
  /** Such as `TraceIdRatioBased{0.1}`. */
  readonly sampler: string;
  readonly kept: number;
  readonly dropped: number;
}

export interface RuleSampler extends Sampler {
  /** In the order of the rules; the last one is "otherwise". */
  status(): readonly RuleStatus[];
}

interface CountedRule {
  readonly name: string;
  readonly matches: ((span: Described) => boolean) | undefined;
  readonly sampler: Sampler;
  kept: number;
  dropped: number;
}

interface Described {
  readonly name: string;
  readonly attributes: Attributes | undefined;
}

/** Samples by what a span says of itself at its start: health checks never, payments always, all else a tenth. */
export function ruleSampler({ rules, otherwise }: RuleSamplerOptions): RuleSampler {
  const counted: readonly CountedRule[] = [
    ...rules.map((rule) => ({ ...counts(rule.sampler), name: nameOf(rule), matches: matcher(rule) })),
    { ...counts(otherwise), name: "otherwise", matches: undefined },
  ];
  const ruleFor = (span: Described): CountedRule =>
    counted.find(({ matches }) => matches === undefined || matches(span)) as CountedRule;
  const status = (): readonly RuleStatus[] =>
    counted.map(({ name, sampler, kept, dropped }) => ({ rule: name, sampler: sampler.toString(), kept, dropped }));
  const shouldSample: Sampler["shouldSample"] = (context, traceId, name, kind, attributes, links) => {
    const rule = ruleFor({ name, attributes });
    return count(rule, rule.sampler.shouldSample(context, traceId, name, kind, attributes, links));
  };
  const describe = (): string => `RuleSampler{${counted.map(({ name, sampler }) => `${name}: ${sampler}`).join(", ")}}`;
  const samplers = counted.map(({ sampler }) => sampler);
  if (!samplers.every(isLocalSampler)) return { shouldSample, status, toString: describe };
  const only = counted.length === 1 ? counted[0] : undefined;
  const local: LocalSampler & RuleSampler = {
    followsParent: false,
    unsampled: NOT_RECORD,
    ignoresTrace: samplers.every(({ ignoresTrace }) => ignoresTrace === true),
    sampleRoot(span) {
      const rule = only ?? ruleFor({ name: span.name, attributes: span.options?.attributes });
      return count(rule, (rule.sampler as LocalSampler).sampleRoot(span));
    },
    shouldSample,
    status,
    toString: describe,
  };
  return local;
}

function counts(sampler: Sampler): Pick<CountedRule, "sampler" | "kept" | "dropped"> {
  return { sampler, kept: 0, dropped: 0 };
}

function count<T extends { readonly decision: number }>(rule: CountedRule, result: T): T {
  if (result.decision === NOT_RECORD) rule.dropped++;
  else rule.kept++;
  return result;
}

function nameOf({ name, span, route, attributes = {} }: SamplingRule): string {
  if (name !== undefined) return name;
  const parts = [
    ...(span === undefined ? [] : [`span ${span}`]),
    ...(route === undefined ? [] : [`route ${route}`]),
    ...Object.entries(attributes).map(([key, value]) => `${key}=${value}`),
  ];
  return parts.join(", ") || "everything";
}

function matcher({ span, route, attributes = {}, matches = () => true }: SamplingRule): (span: Described) => boolean {
  const name = span === undefined ? undefined : pattern(span, ".*");
  const path = route === undefined ? undefined : pattern(route, "[^/]*");
  const wanted = Object.entries(attributes).map(([key, value]) => [key, valueMatcher(value)] as const);
  return (one) => {
    if (name !== undefined && !name.test(one.name)) return false;
    if (path !== undefined && !path.test(pathOf(one.attributes))) return false;
    if (!wanted.every(([key, isWanted]) => isWanted(one.attributes?.[key]))) return false;
    try {
      return matches(one);
    } catch {
      return false;
    }
  };
}

function valueMatcher(wanted: string | number | boolean): (value: unknown) => boolean {
  if (typeof wanted !== "string") return (value) => value === wanted;
  const text = pattern(wanted, ".*");
  return (value) => value !== undefined && value !== null && text.test(String(value));
}

function pathOf(attributes: Attributes | undefined): string {
  const path = attributes?.["http.route"] ?? attributes?.["url.path"] ?? attributes?.["http.target"];
  return typeof path === "string" ? path.split("?", 1)[0]! : "";
}

/** `star` is what `*` and, in paths, `:name` stand for. */
function pattern(text: string, star: string): RegExp {
  const source = text.replace(/\*\*|\*|:[A-Za-z_]\w*|[.+?^${}()|[\]\\]/g, (found) => {
    if (found === "**") return ".*";
    if (found === "*") return star;
    if (found.startsWith(":")) return star === ".*" ? found : "[^/]+";
    return `\\${found}`;
  });
  return new RegExp(`^${source}$`, "s");
}
