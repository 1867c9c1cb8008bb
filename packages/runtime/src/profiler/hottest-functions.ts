import type { Frame, StackProfile } from "./pprof.ts";

/** A function and what was spent in it, in the unit of the profile's last type. */
export interface HotFunction extends Frame {
  /** In the function itself. */
  readonly self: number;
  /** With all that it called; what calls itself is counted once. */
  readonly total: number;
  /** `self` as a share of everything. */
  readonly share: number;
}

/** The functions of a profile, those in which most was spent first. */
export function hottestFunctions({ samples, types }: StackProfile, limit = 20): readonly HotFunction[] {
  const value = types.length - 1;
  const found = new Map<string, { frame: Frame; self: number; total: number }>();
  let everything = 0;
  for (const { stack, values } of samples) {
    const spent = values[value] ?? 0;
    everything += spent;
    const seen = new Set<string>();
    stack.forEach((frame, depth) => {
      const key = `${frame.name}\n${frame.file}\n${frame.line}`;
      const one = found.get(key) ?? { frame, self: 0, total: 0 };
      found.set(key, one);
      if (depth === 0) one.self += spent;
      if (!seen.has(key)) one.total += spent;
      seen.add(key);
    });
  }
  return [...found.values()]
    .sort((a, b) => b.self - a.self || b.total - a.total)
    .slice(0, limit)
    .map(({ frame, self, total }) => ({ ...frame, self, total, share: everything === 0 ? 0 : self / everything }));
}
