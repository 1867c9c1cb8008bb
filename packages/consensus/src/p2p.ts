export { catalogue } from "./p2p/catalogue.ts";
export type { Dial, DialOptions } from "./p2p/dial.ts";
export { type HealthComponents, type HealthOptions, healthScore } from "./p2p/health-score.ts";
export { createNetwork, type Network, type NetworkHealth, network } from "./p2p/network.ts";
export type { NetworkOptions } from "./p2p/network-options.ts";
export type { Direction, IoDirection } from "./p2p/network-series.ts";
export { P2pInstrumentation, type P2pInstrumentationConfig } from "./p2p/p2p-instrumentation.ts";
export type { Peer, PeerMessage } from "./p2p/peer.ts";
export type { SnapshotFileOptions } from "./p2p/snapshot-file.ts";
