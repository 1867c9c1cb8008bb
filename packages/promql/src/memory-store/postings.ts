import type { Work } from "../evaluation/turn.ts";
import type { LabelMatcher } from "../label-matcher.ts";
import { labelValue } from "../labels.ts";
import { literalAlternatives } from "../regular-expression.ts";
import type { MemorySeries } from "./memory-series.ts";

/** How many series or values are looked at between two possible interruptions. */
const SEEN_PER_TURN = 2_048;

/** Which series have a label with a value, so that selecting looks at few of them. */
export class Postings {
  readonly #byName = new Map<string, Map<string, MemorySeries[]>>();

  add(series: MemorySeries): void {
    const { pairs } = series.labels;
    for (let i = 0; i < pairs.length; i += 2) {
      const byValue = this.#byName.get(pairs[i]!) ?? new Map<string, MemorySeries[]>();
      if (byValue.size === 0) this.#byName.set(pairs[i]!, byValue);
      const list = byValue.get(pairs[i + 1]!);
      if (list === undefined) byValue.set(pairs[i + 1]!, [series]);
      else list.push(series);
    }
  }

  /** Takes out all series that are deleted. */
  removeDeleted(): void {
    for (const [name, byValue] of this.#byName) {
      for (const [value, list] of byValue) {
        const kept = list.filter((series) => !series.deleted);
        if (kept.length === list.length) continue;
        if (kept.length > 0) byValue.set(value, kept);
        else byValue.delete(value);
      }
      if (byValue.size === 0) this.#byName.delete(name);
    }
  }

  /** The series that meet all conditions, in the order in which they came; `all` are all there are. */
  *select(matchers: readonly LabelMatcher[], all: Iterable<MemorySeries>): Work<readonly MemorySeries[]> {
    let fewest: readonly MemorySeries[] | undefined;
    let chosen: LabelMatcher | undefined;
    for (const matcher of matchers) {
      // A condition that the empty value meets says nothing of the series that have the label.
      if (matcher.matches("")) continue;
      const candidates = yield* this.#candidates(matcher);
      if (candidates.length === 0) return [];
      if (fewest !== undefined && candidates.length >= fewest.length) continue;
      fewest = candidates;
      chosen = matcher;
    }
    const rest = matchers.filter((matcher) => matcher !== chosen).map(remembering);
    return yield* filtered(fewest ?? all, (series) => !series.deleted && rest.every((meets) => meets(series)));
  }

  names(): readonly string[] {
    return [...this.#byName.keys()].sort();
  }

  values(name: string): readonly string[] {
    return [...(this.#byName.get(name)?.keys() ?? [])].sort();
  }

  *#candidates(matcher: LabelMatcher): Work<readonly MemorySeries[]> {
    const byValue = this.#byName.get(matcher.name);
    if (byValue === undefined) return [];
    if (matcher.operator === "=") return byValue.get(matcher.value) ?? [];
    const literals = matcher.operator === "=~" ? literalAlternatives(matcher.value) : undefined;
    const values =
      literals === undefined
        ? yield* filtered(byValue.keys(), (value) => matcher.matches(value))
        : [...new Set(literals)];
    if (values.length === 1) return byValue.get(values[0]!) ?? [];
    return values.flatMap((value) => byValue.get(value) ?? []);
  }
}

function* filtered<T>(all: Iterable<T>, keeps: (one: T) => boolean): Work<readonly T[]> {
  const kept: T[] = [];
  let seen = 0;
  for (const one of all) {
    if (++seen % SEEN_PER_TURN === 0) yield;
    if (keeps(one)) kept.push(one);
  }
  return kept;
}

/** A condition that is tried once a value. */
function remembering(matcher: LabelMatcher): (series: MemorySeries) => boolean {
  const known = new Map<string, boolean>();
  return ({ labels }) => {
    const value = labelValue(labels, matcher.name);
    let meets = known.get(value);
    if (meets === undefined) {
      meets = matcher.matches(value);
      known.set(value, meets);
    }
    return meets;
  };
}
