/** What is asked for at each collection: from the peers as they are, and not from counts that drift when an event is lost. */
import { observedGauge, observedUpDownCounter } from "@telltale/metrics";
import { consensusScope } from "../consensus-scope.ts";
import { catalogue } from "./catalogue.ts";
import type { Direction } from "./network-series.ts";

/** What is observed of a network; undefined is not known. */
export interface NetworkView {
  readonly network: string;
  readonly bannedCount: number;
  connected(direction: Direction): number;
  connecting(direction: Direction): number;
  successRatio(): number | undefined;
  score(): number | undefined;
  unresponsive(): number | undefined;
}

export const liveNetworks: Set<NetworkView> = new Set();

/** Peers that a node says it has, without their direction. */
export interface PeerCount {
  readonly network: string;
  peers(): number | undefined;
}

export const livePeerCounts: Set<PeerCount> = new Set();

const directions = ["inbound", "outbound"] as const;

observedUpDownCounter({ ...catalogue.peers, scope: consensusScope }, (observe) => {
  for (const view of liveNetworks) {
    const own = { "p2p.network": view.network };
    for (const direction of directions) {
      const attributes = { ...own, "p2p.direction": direction };
      observe(view.connected(direction), { ...attributes, "p2p.peer.state": "connected" });
      observe(view.connecting(direction), { ...attributes, "p2p.peer.state": "connecting" });
    }
    observe(view.bannedCount, { ...own, "p2p.peer.state": "banned" });
  }
  for (const count of livePeerCounts) {
    const peers = count.peers();
    if (peers !== undefined) observe(peers, { "p2p.network": count.network, "p2p.peer.state": "connected" });
  }
});

observedGauge({ ...catalogue.connectionSuccessRatio, scope: consensusScope }, (observe) => {
  for (const view of liveNetworks) {
    const ratio = view.successRatio();
    if (ratio !== undefined) observe(ratio, { "p2p.network": view.network });
  }
});

observedGauge({ ...catalogue.unresponsivePeers, scope: consensusScope }, (observe) => {
  for (const view of liveNetworks) {
    const count = view.unresponsive();
    if (count !== undefined) observe(count, { "p2p.network": view.network });
  }
});

observedGauge({ ...catalogue.healthScore, scope: consensusScope }, (observe) => {
  for (const view of liveNetworks) {
    const score = view.score();
    if (score !== undefined) observe(score, { "p2p.network": view.network });
  }
});
