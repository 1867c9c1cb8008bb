import { diag } from "@opentelemetry/api";
import { revise } from "./revision.ts";

/** Why a value was refused, as in the attribute `reason` of `telltale.dropped.records`. */
export type DropReason = "not_finite" | "negative" | "range" | "type" | "unsafe_integer";

/** Why a received line was refused before it came to an instrument, in the same attribute. */
export type LineDropReason = "malformed" | "limit" | "rate" | "event" | "service_check";

/** Why an attribute was left out or changed, as in the attribute `reason` of `telltale.dropped.attributes`. */
export type AttributeDropReason = "undeclared" | "type" | "too_long" | "threw";

const records = new Map<string, Map<DropReason | LineDropReason, number>>();
const attributes = new Map<string, Map<AttributeDropReason, number>>();

/** Counts one refused value and warns the first time. Never throws. */
export function dropRecord(instrument: string, reason: DropReason, value: unknown): void {
  if (count(records, instrument, reason) > 1) return;
  diag.warn(
    `telltale: ${instrument} was given ${describe(value)} (${reason}); not recorded. Further ones are counted in telltale.dropped.records.`,
  );
}

/** Counts one refused line of a receiver; whether it is the first, which the receiver then tells of. Never throws. */
export function dropLine(receiver: string, reason: LineDropReason): boolean {
  return count(records, receiver, reason) === 1;
}

/** Counts one attribute that cannot be exported as given and warns the first time. Never throws. */
export function dropAttribute(instrument: string, reason: AttributeDropReason, key: string): void {
  if (count(attributes, instrument, reason) > 1) return;
  diag.warn(
    `telltale: attribute "${key.slice(0, 80)}" of ${instrument} ${attributeReasons[reason]}. Further ones are counted in telltale.dropped.attributes.`,
  );
}

/** The refused values so far, for `telltale.dropped.records`. */
export function droppedRecords(): Iterable<
  readonly [instrument: string, reason: DropReason | LineDropReason, count: number]
> {
  return entries(records);
}

/** The attributes left out so far, for `telltale.dropped.attributes`. */
export function droppedAttributes(): Iterable<
  readonly [instrument: string, reason: AttributeDropReason, count: number]
> {
  return entries(attributes);
}

/** Which reason a value that the fast path refused has, or undefined when it is fine. */
export function reasonAgainst(value: unknown): DropReason | undefined {
  if (typeof value !== "number") return "type";
  if (!Number.isFinite(value)) return "not_finite";
  return undefined;
}

const attributeReasons: Record<AttributeDropReason, string> = {
  undeclared: "is not declared and is left out",
  type: "holds something that is no text, number, boolean or list of them, and is left out",
  too_long: "is longer than 4,096 characters and is cut, or left out when its key is",
  threw: "threw when it was read; the attributes are left out",
};

function count<R extends string>(tally: Map<string, Map<R, number>>, instrument: string, reason: R): number {
  const reasons = tally.get(instrument) ?? new Map<R, number>();
  tally.set(instrument, reasons);
  const next = (reasons.get(reason) ?? 0) + 1;
  reasons.set(reason, next);
  revise();
  return next;
}

function* entries<R extends string>(
  tally: Map<string, Map<R, number>>,
): Generator<readonly [instrument: string, reason: R, count: number]> {
  for (const [instrument, reasons] of tally) for (const [reason, n] of reasons) yield [instrument, reason, n];
}

function describe(value: unknown): string {
  if (typeof value === "number") return String(value);
  if (typeof value === "bigint") return "a bigint";
  return value === null ? "null" : typeof value === "object" ? "an object" : `a value of type ${typeof value}`;
}
