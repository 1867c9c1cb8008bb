import type { LaneLevel } from "./lane-level.ts";

/** What attributes lead to, by the number of their place. */
export interface LaneTable<T> {
  readonly targets: (T | undefined)[];
}

/**
 * Code of its own for these keys and values: V8 reads known properties in a fraction of the time that walking over an
 * object's keys takes, and may build it into the caller. With `exact` the attributes may have no other keys.
 * @throws EvalError where Node makes no code from strings
 */
export function laneCode<T>(
  keys: readonly string[],
  levels: readonly LaneLevel[],
  { table, exact }: { readonly table: LaneTable<T>; readonly exact: boolean },
): (attributes: unknown) => T | undefined {
  const several = levels.map(({ values }, i) => (values.length > 1 ? i : -1)).filter((i) => i >= 0);
  const places = several.map((i) => `places${i}[slot${i}]`).join(" | ");
  const code = `"use strict";
const { targets } = table;
${levels.map((_, i) => `const { slots: slots${i}, places: places${i}, values: [only${i}] } = levels[${i}];`).join("\n")}
return function lane(attributes) {
  if (typeof attributes !== "object" || attributes === null) return undefined;
  try {
  ${exact ? `let keys = 0;\n  for (const key in attributes) keys++;\n  if (keys !== ${keys.length}) return undefined;` : ""}
  ${keys.map((key, i) => keyCode(key, i, levels[i] as LaneLevel)).join("\n  ")}
  return targets[${places || "0"}];
  } catch {
    return undefined;
  }
};`;
  return new Function("levels", "table", code)(levels, table) as (attributes: unknown) => T | undefined;
}

function keyCode(key: string, i: number, level: LaneLevel): string {
  const value = `value${i}`;
  const load = `const ${value} = attributes[${JSON.stringify(key)}];`;
  if (level.values.length === 1) return `${load}\n  if (${value} !== only${i}) return undefined;`;
  return `${load}
  if (typeof ${value} !== "${level.kind}") return undefined;
  ${slotCode(`slot${i}`, value, level)}
  if (slots${i}[slot${i}] !== ${value}) return undefined;`;
}

/** As `slotOf`. */
function slotCode(slot: string, value: string, { kind, spread }: LaneLevel): string {
  const { first = 0, second = 0, factor = 0, bits = 1 } = spread ?? {};
  if (kind === "boolean") return `const ${slot} = ${value} ? 1 : 0;`;
  if (kind === "number") return `const ${slot} = Math.imul(${value}, ${factor}) >>> ${32 - bits};`;
  const character = (fromEnd: number): string => `${value}.charCodeAt(${slot} - ${fromEnd + 1})`;
  const sum = factor === 0 ? character(first) : `${character(first)} + ${character(second)} * ${factor}`;
  return `let ${slot} = ${value}.length;
  if (${slot} > ${Math.max(first, second)}) ${slot} += ${sum};
  ${slot} &= ${(1 << bits) - 1};`;
}
