import type { DependencyEdge } from "./dependency-edge.ts";

/** Which services call which, with the ways from one to another. */
export class DependencyGraph {
  readonly #calls = new Map<string, readonly string[]>();
  readonly #maxHops: number;
  readonly #paths = new Map<string, ReadonlyMap<string, readonly string[]>>();

  constructor(edges: readonly DependencyEdge[], maxHops: number) {
    this.#maxHops = maxHops;
    const calls = new Map<string, Set<string>>();
    for (const { from, to } of edges) {
      if (from === to) continue;
      const known = calls.get(from) ?? new Set();
      calls.set(from, known.add(to));
    }
    for (const [from, to] of calls) this.#calls.set(from, [...to].sort());
  }

  /** The shortest way along the calls, of several the first by name; undefined when it takes too many. */
  path(from: string, to: string): readonly string[] | undefined {
    let paths = this.#paths.get(from);
    if (paths === undefined) {
      paths = this.#pathsFrom(from);
      this.#paths.set(from, paths);
    }
    return paths.get(to);
  }

  #pathsFrom(start: string): ReadonlyMap<string, readonly string[]> {
    const paths = new Map<string, readonly string[]>([[start, [start]]]);
    let front = [start];
    for (let hops = 0; hops < this.#maxHops && front.length > 0; hops++) {
      const next: string[] = [];
      for (const from of front) {
        for (const to of this.#calls.get(from) ?? []) {
          if (paths.has(to)) continue;
          paths.set(to, [...paths.get(from)!, to]);
          next.push(to);
        }
      }
      front = next;
    }
    return paths;
  }
}
