import type { AttributeValue } from "@opentelemetry/api";
import type { InstrumentationScope } from "@opentelemetry/core";
import type { InstrumentKind } from "./instrument.ts";

/** What a metric attribute may hold. */
export type AttributeValues = Readonly<Record<string, AttributeValue>>;

/** An attribute whose values are not listed; `max` is how many of them are kept apart before the rest is `other`. */
export interface OpenAttribute<V> {
  readonly max: number;
  /** Carries the type to the editor; never set. */
  readonly type?: V;
}

/** For each attribute key: the closed set of its values, or `bounded(n)`, or `open()`. */
export type AttributeDeclarations<A> = { readonly [K in keyof A]: readonly A[K][] | OpenAttribute<A[K]> };

/** The attributes of one call: every key may be left out. */
export type AttributesOf<A> = { readonly [K in keyof A]?: A[K] | undefined };

/** What a counter, an up-down counter and a gauge are declared with. */
export interface InstrumentDeclaration<A extends AttributeValues = AttributeValues> {
  /** Dotted and without the unit: `orders.requests`. The Prometheus names get `_seconds` and `_total` by themselves. */
  readonly name: string;
  /** UCUM: `s`, `By`, `1`, `{request}`. */
  readonly unit?: string;
  readonly description?: string;
  /**
   * The attribute keys and what each may hold. A value outside a closed set becomes `other`; a key that is not declared is
   * left out, which is told once and counted in `telltale.dropped.attributes`: not at each call, since `add` and `record` do
   * not look for such keys beside values that they have met often. Without `attributes` any are taken.
   */
  readonly attributes?: AttributeDeclarations<A>;
  /** @default the scope of this package */
  readonly scope?: InstrumentationScope;
  /** How many series are kept, the overflow series included. @default 2000 */
  readonly maxSeries?: number;
  /** Series that nobody bound and nobody touched for so long are forgotten. @default never */
  readonly expireAfterMs?: number;
  /** Whether series keep a recent value with its trace, as the provider's `exemplarFilter` says. @default false */
  readonly exemplars?: boolean;
}

/** OpenTelemetry SDK specification, section "Cardinality limits". */
export const DEFAULT_MAX_SERIES = 2_000;

/** An attribute of which the first `max` values are kept; later ones become `other`. */
export function bounded(max: number): OpenAttribute<string> {
  if (Number.isInteger(max) && max > 0) return { max };
  throw badDeclaration(`bounded(${String(max)}) cannot be; give a whole number above 0, such as bounded(50)`);
}

/** An attribute of any value: only the instrument's own `maxSeries` bounds it. */
export function open<V extends AttributeValue = string>(): OpenAttribute<V> {
  return { max: Number.POSITIVE_INFINITY };
}

/**
 * Refuses what no exporter could write.
 * @throws TypeError with code TELLTALE_BAD_INSTRUMENT
 */
export function checkDeclaration(
  declaration: InstrumentDeclaration & { readonly kind?: InstrumentKind },
  kind: InstrumentKind,
): void {
  const { name, unit, description, attributes, maxSeries, expireAfterMs } = declaration;
  // OpenTelemetry API specification, "Instrument name syntax".
  if (typeof name !== "string" || !/^[A-Za-z][A-Za-z0-9_.\-/]{0,254}$/.test(name)) {
    throw badDeclaration(
      `The instrument name ${show(name)} cannot be used; begin with a letter, then letters, digits and _ . - /, at most 255, such as "orders.requests"`,
    );
  }
  const where = `instrument "${name}"`;
  if (declaration.kind !== undefined && declaration.kind !== kind) {
    throw badDeclaration(
      `kind of ${where} is ${show(declaration.kind)}, but it is declared as a ${kind}; declare it with the function of its kind`,
    );
  }
  if (unit !== undefined && (typeof unit !== "string" || !/^[\x20-\x7e]{0,63}$/.test(unit))) {
    throw badDeclaration(
      `unit of ${where} is ${show(unit)}; give a UCUM unit of at most 63 ASCII characters, such as "s"`,
    );
  }
  if (description !== undefined && typeof description !== "string") {
    throw badDeclaration(`description of ${where} is ${show(description)}; give a text`);
  }
  if (maxSeries !== undefined && !(Number.isInteger(maxSeries) && maxSeries >= 2)) {
    throw badDeclaration(`maxSeries of ${where} is ${show(maxSeries)}; give a whole number from 2`);
  }
  if (expireAfterMs !== undefined && !(expireAfterMs > 0)) {
    throw badDeclaration(`expireAfterMs of ${where} is ${show(expireAfterMs)}; give milliseconds above 0`);
  }
  for (const [key, rule] of Object.entries(attributes ?? {})) {
    if (Array.isArray(rule) ? rule.length > 0 : typeof (rule as { max?: unknown } | undefined)?.max === "number")
      continue;
    throw badDeclaration(
      `attributes.${key} of ${where} is ${show(rule)}; give the list of its values, bounded(n) or open()`,
    );
  }
}

export function badDeclaration(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: "TELLTALE_BAD_INSTRUMENT" });
}

function show(value: unknown): string {
  return typeof value === "string" ? `"${value.slice(0, 80)}"` : String(value);
}
