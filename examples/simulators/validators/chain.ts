/** A chain of forty validators that agree on a block every six seconds, as one node of them sees it. */
import type { Consensus, Height } from "@telltale/consensus";
import type { SeededRandom } from "../seeded-random.ts";
import type { SimulatedClock } from "../simulated-clock.ts";

/** How the validators behave at this moment. */
export interface ChainMood {
  /** How many of them are not there. */
  readonly missing: number;
  /** One of them votes twice. */
  readonly equivocates: boolean;
  /** The proposals of so many rounds of each height are refused at once, and the next one is slow. */
  readonly refusedRounds: number;
  readonly finalizes: boolean;
  readonly reorganizes: boolean;
}

export interface ChainWorld {
  readonly clock: SimulatedClock;
  readonly random: SeededRandom;
  readonly consensus: Consensus;
}

/** What the chain did, to compare the metrics with. */
export interface ChainCounts {
  blocks: number;
  rounds: number;
  faults: number;
  reorgs: number;
}

export const VALIDATORS = 40;
const POWER = 10;
const TOTAL = VALIDATORS * POWER;
const BLOCK_MS = 6_000;
const REORG_MS = 90_000;
const PROPOSE_TIMEOUT_MS = 3_000;
const SLOW_PROPOSAL_MS = 15_000;
/** Blocks that a block has to have above it to be final. */
const DEPTH = 2;

export class Chain {
  readonly counts: ChainCounts = { blocks: 0, rounds: 0, faults: 0, reorgs: 0 };
  private readonly world: ChainWorld;
  private readonly mood: () => ChainMood;
  private head = 1_200;
  private final = 0;
  private startedAtMs = 0;
  private reorgAtMs = 0;

  constructor(world: ChainWorld, mood: () => ChainMood) {
    this.world = world;
    this.mood = mood;
    this.next();
  }

  private next(): void {
    const { clock, consensus } = this.world;
    const { missing, equivocates } = this.mood();
    const byzantine = equivocates ? 1 : 0;
    const count = { active: VALIDATORS - missing - byzantine, missing, byzantine, jailed: 0 };
    const power = Object.fromEntries(Object.entries(count).map(([state, many]) => [state, many * POWER]));
    consensus.validators(count, power);
    this.startedAtMs = clock.now();
    this.round(consensus.height(this.head + 1), 0);
  }

  private round(height: Height, number: number): void {
    const { clock, random } = this.world;
    const { missing, refusedRounds } = this.mood();
    this.counts.rounds++;
    const round = height.round(number);
    round.phase("propose");
    if (number < refusedRounds) {
      round.proposal("rejected");
      clock.after(10, () => this.round(height, number + 1));
      return;
    }
    if (proposerOf(height.number, number) < missing) {
      clock.after(PROPOSE_TIMEOUT_MS, () => this.round(height, number + 1));
      return;
    }
    const slowMs = refusedRounds > 0 ? SLOW_PROPOSAL_MS : 0;
    clock.after(slowMs + random.between(100, 300), () => {
      round.proposal("received");
      round.phase("prevote");
      this.vote(height, number, "prevote");
    });
    clock.after(slowMs + 900, () => {
      round.phase("precommit");
      this.vote(height, number, "precommit");
    });
    clock.after(slowMs + 1_600, () => {
      const hasQuorum = (VALIDATORS - missing) / VALIDATORS > 2 / 3;
      if (hasQuorum) this.commit(height);
      else clock.after(PROPOSE_TIMEOUT_MS, () => this.round(height, number + 1));
    });
  }

  private vote(height: Height, number: number, type: string): void {
    const { clock, random, consensus } = this.world;
    const { missing, equivocates } = this.mood();
    const round = height.round(number);
    for (let i = missing; i < VALIDATORS; i++) {
      const vote = { type, validator: `v${i}`, power: POWER, total: TOTAL };
      clock.after(random.between(20, 550), () => round.vote(vote));
    }
    if (equivocates && type === "prevote" && height.number % 5 === 0) {
      this.counts.faults++;
      consensus.fault("equivocation", { validator: `v${VALIDATORS - 1}`, evidence: "two prevotes in one round" });
    }
  }

  private commit(height: Height): void {
    const { clock, random, consensus } = this.world;
    const { finalizes, reorganizes } = this.mood();
    const txs = Math.floor(random.between(5, 80));
    height.committed({ bytes: 600 + txs * 250, txs });
    this.counts.blocks++;
    this.head = height.number;
    if (reorganizes && clock.now() - this.reorgAtMs >= REORG_MS) {
      this.reorgAtMs = clock.now();
      this.counts.reorgs++;
      consensus.reorg({ depth: 1 });
      this.head--;
    }
    if (finalizes && this.head - DEPTH > this.final) {
      this.final = this.head - DEPTH;
      consensus.finalized(this.final);
    }
    clock.after(Math.max(0, BLOCK_MS - (clock.now() - this.startedAtMs)), () => this.next());
  }
}

/** Whose turn it is; those who are missing are neighbours, and their turns are not. */
function proposerOf(height: number, round: number): number {
  return (height * 17 + round * 13) % VALIDATORS;
}
