/** What a generation is worth: of all its members, or already computed. */
export type Fitness = Iterable<number> | { readonly best: number; readonly mean: number; readonly worst: number };

/** Agents that evolve together. */
export class Population {
  readonly name: string;
  private readonly refused: (what: string) => void;
  private now: { readonly number: number; readonly fitness: ReadonlyMap<Statistic, number> } | undefined;

  /** Made by `agents.population()`. */
  constructor(name: string, refused: (what: string) => void) {
    this.name = name;
    this.refused = refused;
  }

  /** The generation that lives now. Fitness that is no finite number is left out; higher is better. */
  generation(number: number, fitness: Fitness = []): void {
    if (!(Number.isSafeInteger(number) && number >= 0)) {
      this.refused(`generation ${String(number)} of population ${this.name} is no whole number from 0`);
      return;
    }
    this.now = { number, fitness: this.statistics(fitness) };
  }

  get current(): { readonly number: number; readonly fitness: ReadonlyMap<Statistic, number> } | undefined {
    return this.now;
  }

  private statistics(fitness: Fitness): ReadonlyMap<Statistic, number> {
    const given = Symbol.iterator in fitness ? summary(fitness) : fitness;
    const statistics = new Map<Statistic, number>();
    if (given === undefined) return statistics;
    for (const statistic of ["best", "mean", "worst"] as const) {
      if (Number.isFinite(given[statistic])) statistics.set(statistic, given[statistic]);
      else this.refused(`the ${statistic} fitness of population ${this.name} is ${String(given[statistic])}`);
    }
    return statistics;
  }
}

export type Statistic = "best" | "mean" | "worst";

function summary(fitness: Iterable<number>): Readonly<Record<Statistic, number>> | undefined {
  let [count, sum, best, worst] = [0, 0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const one of fitness) {
    if (!Number.isFinite(one)) continue;
    count++;
    sum += one;
    best = Math.max(best, one);
    worst = Math.min(worst, one);
  }
  return count === 0 ? undefined : { best, mean: sum / count, worst };
}
