import type { LaneLevel, Spread } from "./lane-level.ts";

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
  if (${levels.map((level, i) => knownCode(i, level)).join(" && ")}) return targets[${places || "0"}];
  } catch {}
};`;
  return new Function("levels", "table", code)(levels, table) as (attributes: unknown) => T | undefined;
}

function keyCode(key: string, i: number, level: LaneLevel): string {
  const value = `value${i}`;
  const load = `const ${value} = attributes[${JSON.stringify(key)}];`;
  if (level.values.length === 1) return load;
  return `${load}
  if (typeof ${value} !== "${level.kind}") return undefined;
  ${slotCode(i, level)}`;
}

function knownCode(i: number, { values }: LaneLevel): string {
  return values.length === 1 ? `value${i} === only${i}` : `slots${i}[slot${i}] === value${i}`;
}

/** As `slotOf`. */
function slotCode(i: number, { kind, spread }: LaneLevel): string {
  const [slot, value, length] = [`slot${i}`, `value${i}`, `length${i}`];
  const { characters, stride, factor, bits } = spread as Spread;
  if (kind === "boolean") return `const ${slot} = ${value} ? 1 : 0;`;
  if (kind === "number") return `const ${slot} = Math.imul(${value}, ${factor}) >>> ${32 - bits};`;
  const mask = (1 << bits) - 1;
  const [first, second] = characters;
  if (first === undefined) return `const ${slot} = ${value}.length & ${mask};`;
  const character = (fromEnd: number): string => `${value}.charCodeAt(${length} - ${fromEnd + 1})`;
  const sum = second === undefined ? character(first) : `${character(first)} + ${character(second)} * ${factor}`;
  return `const ${length} = ${value}.length;
  let ${slot} = ${stride === 1 ? "" : `${stride} * `}${length};
  if (${length} > ${Math.max(...characters)}) ${slot} += ${sum};
  ${slot} &= ${mask};`;
}
