/** Agents that forage: they are sent messages, pursue goals, crash now and then, and evolve. */
import type { Agent, Agents } from "@telltale/cluster/agents";
import type { SeededRandom } from "../seeded-random.ts";
import type { SimulatedClock } from "../simulated-clock.ts";

/** How the agents behave at this moment. */
export interface ColonyMood {
  /** Of a second, for one of them. */
  readonly crashChance: number;
  readonly goalFailures: number;
}

export interface ColonyWorld {
  readonly clock: SimulatedClock;
  readonly random: SeededRandom;
  readonly agents: Agents;
}

/** What the agents did, to compare the metrics with. */
export interface ColonyCounts {
  crashes: number;
  messages: number;
  goals: number;
  generations: number;
}

const AGENTS = 40;
const GENERATION_MS = 120_000;
const RESTART_MS = 5_000;

export class Colony {
  readonly counts: ColonyCounts = { crashes: 0, messages: 0, goals: 0, generations: 0 };
  private readonly world: ColonyWorld;
  private readonly mood: () => ColonyMood;
  private readonly foragers: readonly Agent[];

  constructor(world: ColonyWorld, mood: () => ColonyMood) {
    this.world = world;
    this.mood = mood;
    const { clock, agents } = world;
    this.foragers = Array.from({ length: AGENTS }, () => agents.spawn({ type: "forager" }));
    for (const forager of this.foragers) forager.started();
    clock.every(
      () => 1_000,
      () => this.live(),
    );
    clock.every(
      () => GENERATION_MS,
      () => this.evolve(),
    );
  }

  private live(): void {
    const { random } = this.world;
    const { crashChance } = this.mood();
    for (const forager of this.foragers) {
      if (!forager.isAlive) continue;
      if (random.chance(crashChance)) this.crash(forager);
      else if (random.chance(0.2)) this.message(forager);
      else if (random.chance(0.05)) this.pursue(forager);
    }
  }

  private crash(forager: Agent): void {
    this.counts.crashes++;
    forager.crashed();
    this.world.clock.after(RESTART_MS, () => forager.restarted());
  }

  private message(forager: Agent): void {
    const { clock, random } = this.world;
    const message = forager.receive();
    clock.after(random.exponential(200), () => {
      const done = message.taken();
      this.counts.messages++;
      clock.after(random.exponential(40), done);
    });
  }

  private pursue(forager: Agent): void {
    const { clock, random } = this.world;
    const goal = forager.goal();
    this.counts.goals++;
    const fails = random.chance(this.mood().goalFailures);
    clock.after(random.exponential(3_000), () => {
      // An agent that crashed in the meantime has abandoned it.
      if (goal.outcome !== undefined) return;
      if (fails) goal.failed();
      else goal.completed();
    });
  }

  private evolve(): void {
    const { random, agents } = this.world;
    this.counts.generations++;
    const mean = this.counts.generations / 10;
    const fitness = this.foragers.map(() => random.normal(mean, 0.5));
    agents.population("foragers").generation(this.counts.generations, fitness);
    for (const forager of this.foragers) if (forager.isAlive && random.chance(0.3)) forager.evolved();
  }
}
