import type { CanonicalAttributes } from "./attribute-schema.ts";

/** Puts the keys of attributes into one order for each set of keys, whoever writes them in which. */
export interface KeyOrder {
  of(canonical: CanonicalAttributes, attributes: unknown): CanonicalAttributes;
}

/** How many sets of keys are remembered; an instrument has a handful. */
const MAX_SETS = 1_000;

/**
 * The order in which the first caller wrote them, because most callers write the same: the series then lie where those
 * callers' attributes lead, and are kept once and not by two orders.
 */
export function keyOrder(): KeyOrder {
  const orders = new Map<string, readonly number[]>();
  return {
    of(canonical, attributes) {
      const { keys, values } = canonical;
      if (keys.length < 2) return canonical;
      const set = keys.join("\0");
      let order = orders.get(set);
      if (order === undefined) {
        if (orders.size >= MAX_SETS) return canonical;
        order = asWritten(keys, attributes);
        orders.set(set, order);
      }
      return {
        ...canonical,
        keys: order.map((i) => keys[i] as string),
        values: order.map((i) => values[i] as CanonicalAttributes["values"][number]),
      };
    },
  };
}

function asWritten(keys: readonly string[], attributes: unknown): number[] {
  const written = typeof attributes === "object" && attributes !== null ? Object.keys(attributes) : [];
  const order = written.map((key) => keys.indexOf(key)).filter((i) => i >= 0);
  return order.length === keys.length ? order : keys.map((_, i) => i);
}
