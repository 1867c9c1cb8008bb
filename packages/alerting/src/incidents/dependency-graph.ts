import type { DependencyEdge } from "./dependency-edge.ts";

/** Which services call which, with the ways from one to another. */
export class DependencyGraph {
  readonly #calls: ReadonlyMap<string, readonly string[]>;
  readonly #callers: ReadonlyMap<string, readonly string[]>;
  readonly #maxHops: number;
  readonly #paths = new Map<string, ReadonlyMap<string, readonly string[]>>();
  readonly #near = new Map<string, readonly string[]>();

  constructor(edges: readonly DependencyEdge[], maxHops: number) {
    this.#maxHops = maxHops;
    this.#calls = neighbours(edges);
    this.#callers = neighbours(edges.map(({ from, to }) => ({ from: to, to: from })));
  }

  /** The services to which there is a way, from which there is one, and itself. */
  near(name: string): readonly string[] {
    const known = this.#near.get(name);
    if (known !== undefined) return known;
    const reached = [this.#calls, this.#callers].flatMap((along) => [...this.#pathsFrom(name, along).keys()]);
    const near = [...new Set(reached)];
    this.#near.set(name, near);
    return near;
  }

  /** The shortest way along the calls, of several the first by name; undefined when it takes too many. */
  path(from: string, to: string): readonly string[] | undefined {
    let paths = this.#paths.get(from);
    if (paths === undefined) {
      paths = this.#pathsFrom(from, this.#calls);
      this.#paths.set(from, paths);
    }
    return paths.get(to);
  }

  #pathsFrom(start: string, along: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
    const paths = new Map<string, readonly string[]>([[start, [start]]]);
    let front = [start];
    for (let hops = 0; hops < this.#maxHops && front.length > 0; hops++) {
      const next: string[] = [];
      for (const from of front) {
        for (const to of along.get(from) ?? []) {
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

function neighbours(edges: readonly DependencyEdge[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const { from, to } of edges) {
    const known = found.get(from) ?? new Set();
    if (from !== to) found.set(from, known.add(to));
  }
  return new Map([...found].map(([from, to]) => [from, [...to].sort()]));
}
