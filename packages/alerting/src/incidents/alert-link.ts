/** Whether two alerts belong together, and which of such links explain an incident. */
import type { DependencyGraph } from "./dependency-graph.ts";
import type { IncidentOptions } from "./incident-options.ts";

/** An alert as an incident holds it. */
export interface MemberState {
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  /** When it fired first, and last. */
  readonly startsAtMs: number;
  readonly lastStartsAtMs: number;
  readonly resolvedAtMs?: number;
  readonly firings: number;
  /** Its own first. */
  readonly services: readonly string[];
}

/** Two alerts belong together. */
export interface AlertLink {
  /** Keys: of the one that fired first, and of the other. */
  readonly first: string;
  readonly second: string;
  /** One service that both are about, or the way from one's to the other's along the calls. */
  readonly path: readonly string[];
  readonly apartMs: number;
}

/** The order of the members of an incident. */
export function compareMembers(a: MemberState, b: MemberState): number {
  return a.startsAtMs - b.startsAtMs || compareText(a.key, b.key);
}

/** Undefined when they are too far apart, in time or in the graph of services. */
export function linkBetween(
  a: MemberState,
  b: MemberState,
  { options, graph }: { readonly options: IncidentOptions; readonly graph: DependencyGraph },
): AlertLink | undefined {
  const apartMs = timeApart(a, b, options);
  if (apartMs === undefined) return undefined;
  const path = shortestPath(a.services, b.services, graph);
  if (path === undefined) return undefined;
  const [first, second] = compareMembers(a, b) < 0 ? [a, b] : [b, a];
  return { first: first.key, second: second.key, path, apartMs };
}

/**
 * Of all links those that join the members with the fewest calls and the least time between them. It is a tree, and the same
 * one in whatever order links come, also when they come one after another and only the tree is kept.
 */
export function spanningLinks(links: readonly AlertLink[], members: readonly MemberState[]): readonly AlertLink[] {
  const places = new Map(members.toSorted(compareMembers).map(({ key }, i) => [key, i]));
  const place = (key: string) => places.get(key)!;
  const sorted = links.toSorted(
    (a, b) =>
      a.path.length - b.path.length ||
      a.apartMs - b.apartMs ||
      place(a.first) - place(b.first) ||
      place(a.second) - place(b.second) ||
      compareText(a.path.join("\0"), b.path.join("\0")),
  );
  const groups = new DisjointKeys();
  return sorted.filter(({ first, second }) => groups.join(first, second));
}

/** Sets of keys that are put together. */
class DisjointKeys {
  readonly #parents = new Map<string, string>();

  /** False when both were in one already. */
  join(a: string, b: string): boolean {
    const [rootA, rootB] = [this.#root(a), this.#root(b)];
    if (rootA === rootB) return false;
    this.#parents.set(rootA, rootB);
    return true;
  }

  #root(key: string): string {
    let root = key;
    for (let parent = this.#parents.get(root); parent !== undefined; parent = this.#parents.get(root)) root = parent;
    // So that the next look is short.
    for (let at = key; at !== root; ) {
      const parent = this.#parents.get(at)!;
      this.#parents.set(at, root);
      at = parent;
    }
    return root;
  }
}

function timeApart(a: MemberState, b: MemberState, { windowMs, lateWindowMs }: IncidentOptions): number | undefined {
  const [earlier, later] = a.lastStartsAtMs <= b.lastStartsAtMs ? [a, b] : [b, a];
  const apartMs = Math.min(
    Math.abs(a.startsAtMs - b.startsAtMs),
    Math.abs(a.startsAtMs - b.lastStartsAtMs),
    Math.abs(a.lastStartsAtMs - b.startsAtMs),
    Math.abs(a.lastStartsAtMs - b.lastStartsAtMs),
  );
  if (apartMs <= windowMs) return apartMs;
  const stillFired = (earlier.resolvedAtMs ?? Number.POSITIVE_INFINITY) >= later.lastStartsAtMs;
  const lateMs = later.lastStartsAtMs - earlier.lastStartsAtMs;
  return stillFired && lateMs <= lateWindowMs ? lateMs : undefined;
}

function shortestPath(
  a: readonly string[],
  b: readonly string[],
  graph: DependencyGraph,
): readonly string[] | undefined {
  let shared: string | undefined;
  for (const name of a) if (b.includes(name) && (shared === undefined || name < shared)) shared = name;
  if (shared !== undefined) return [shared];
  let best: readonly string[] | undefined;
  for (const one of a) {
    for (const other of b) {
      for (const path of [graph.path(one, other), graph.path(other, one)]) {
        if (path !== undefined && (best === undefined || comparePaths(path, best) < 0)) best = path;
      }
    }
  }
  return best;
}

function comparePaths(a: readonly string[], b: readonly string[]): number {
  return a.length - b.length || compareText(a.join("\0"), b.join("\0"));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
