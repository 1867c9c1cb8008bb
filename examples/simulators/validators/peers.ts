/** The peers of a node: fifty connections, of which some end and are made anew. */
import type { Network, Peer } from "@telltale/consensus/p2p";
import type { SeededRandom } from "../seeded-random.ts";
import type { SimulatedClock } from "../simulated-clock.ts";

/** How the network behaves at this moment. */
export interface PeersMood {
  /** Nobody can be reached, and nobody reaches this node. */
  readonly isCutOff: boolean;
  readonly dialFailures: number;
  readonly rttMs: number;
  /** How many of them send nothing more. */
  readonly silent: number;
}

export interface PeersWorld {
  readonly clock: SimulatedClock;
  readonly random: SeededRandom;
  readonly network: Network;
}

const TARGET = 50;
const MESSAGES_MS = 5_000;

export class Peers {
  dials = 0;
  private readonly world: PeersWorld;
  private readonly mood: () => PeersMood;
  private readonly connected: Peer[] = [];
  private named = 0;

  constructor(world: PeersWorld, mood: () => PeersMood) {
    this.world = world;
    this.mood = mood;
    const { clock, random } = world;
    for (let i = 0; i < TARGET; i++) this.connect();
    clock.every(
      () => MESSAGES_MS,
      () => this.talk(),
    );
    clock.every(
      () => random.exponential(4_000),
      () => this.turnOver(),
    );
  }

  private talk(): void {
    const { random } = this.world;
    const { isCutOff, rttMs, silent } = this.mood();
    if (isCutOff) {
      for (const peer of this.connected.splice(0)) peer.closed("timeout");
      return;
    }
    for (const peer of this.connected.slice(silent)) {
      peer.message({ direction: "receive", type: "vote", bytes: Math.floor(random.between(200, 2_000)) });
      peer.message({ direction: "transmit", type: "vote", bytes: 250 });
      peer.rtt(rttMs * random.between(0.8, 1.2));
    }
  }

  /** The newest goes, another one is dialed, and the others stay. */
  private turnOver(): void {
    const { isCutOff } = this.mood();
    if (!isCutOff && this.connected.length >= TARGET) this.connected.pop()?.closed("closed");
    this.connect();
  }

  private connect(): void {
    const { clock, random, network } = this.world;
    const { isCutOff, dialFailures } = this.mood();
    const dial = network.dial({ transport: "tcp" });
    this.dials++;
    const fails = isCutOff || random.chance(dialFailures);
    clock.after(random.between(20, 120), () => {
      if (fails) {
        dial.failed(Object.assign(new Error("connect ETIMEDOUT"), { code: "ETIMEDOUT" }));
        return;
      }
      dial.succeeded();
      this.named++;
      this.connected.push(network.peer(`peer-${this.named}`));
    });
  }
}
