/** A ledger of five nodes that agree by Raft, as one that follows sees it. */
import type { Consensus } from "@telltale/consensus";
import type { SeededRandom } from "../seeded-random.ts";
import type { SimulatedClock } from "../simulated-clock.ts";

/** How the ledger behaves at this moment. */
export interface RaftMood {
  /** The leader stands still every two minutes, and another one is elected. */
  readonly leaderStalls: boolean;
  readonly hasQuorum: boolean;
  /** Of the log to the disk. */
  readonly fsyncMs: number;
}

export interface RaftWorld {
  readonly clock: SimulatedClock;
  readonly random: SeededRandom;
  readonly consensus: Consensus;
}

const NODES = ["n1", "n2", "n3", "n4", "n5"];
const STALL_MS = 120_000;
const ELECTION_MS = 1_500;
const PROPOSAL_MS = 1_000;

export class Raft {
  leaderChanges = 0;
  proposals = 0;
  private readonly world: RaftWorld;
  private readonly mood: () => RaftMood;
  private leader = 0;
  private term = 4;
  private isStalled = false;

  constructor(world: RaftWorld, mood: () => RaftMood) {
    this.world = world;
    this.mood = mood;
    const { clock, random } = world;
    this.tell();
    clock.every(
      () => PROPOSAL_MS * random.between(0.8, 1.2),
      () => this.propose(),
    );
    clock.every(
      () => STALL_MS,
      () => {
        if (this.mood().leaderStalls) this.stall();
      },
    );
  }

  private propose(): void {
    const { random, consensus } = this.world;
    const { hasQuorum, fsyncMs } = this.mood();
    consensus.leader({ present: hasQuorum && !this.isStalled, self: false });
    if (!hasQuorum || this.isStalled) {
      consensus.pendingProposals(1);
      return;
    }
    this.proposals++;
    consensus.pendingProposals(0);
    consensus.proposal("committed");
    consensus.proposal("applied");
    consensus.walSynced((fsyncMs * random.between(0.7, 1.3)) / 1_000);
  }

  /** The followers miss its heartbeats, and one of them stands for election. */
  private stall(): void {
    const { clock, consensus } = this.world;
    this.isStalled = true;
    consensus.heartbeatFailed();
    clock.after(ELECTION_MS, () => {
      this.isStalled = false;
      this.leader = (this.leader + 1) % NODES.length;
      this.term++;
      this.leaderChanges++;
      this.tell();
    });
  }

  private tell(): void {
    const { consensus } = this.world;
    consensus.term(this.term);
    consensus.leader({ id: NODES[this.leader]!, self: false });
  }
}
