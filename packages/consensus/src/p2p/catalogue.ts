import { bounded, type Catalogue } from "@telltale/metrics";

/** Every metric of the network of peers; the table in README.md is made from it. */
export const catalogue = {
  peers: {
    kind: "upDownCounter",
    name: "p2p.peers",
    unit: "{peer}",
    description: "Peers by state.",
    attributes: { ...network(), ...peerDirection(), "p2p.peer.state": ["connected", "connecting", "banned"] },
  },
  connectionAttempts: {
    kind: "counter",
    name: "p2p.connection.attempts",
    unit: "{attempt}",
    description: "Dials and accepts.",
    attributes: { ...network(), ...peerDirection(), "p2p.outcome": ["success", "failure"], "error.type": bounded(30) },
  },
  connectionSuccessRatio: {
    kind: "gauge",
    name: "p2p.connection.success_ratio",
    unit: "1",
    description: "Share of the outbound dials in the health window that succeeded.",
    attributes: network(),
  },
  connectionDuration: {
    kind: "histogram",
    name: "p2p.connection.duration",
    unit: "s",
    description: "Lifetime of a connection.",
    attributes: { ...network(), ...peerDirection(), "p2p.reason": bounded(20) },
    boundaries: [1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400, 604_800],
  },
  handshakeDuration: {
    kind: "histogram",
    name: "p2p.handshake.duration",
    unit: "s",
    description: "From the dial to a connection that can be used.",
    attributes: { ...network(), "p2p.transport": bounded(10) },
    boundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
  messages: {
    kind: "counter",
    name: "p2p.messages",
    unit: "{message}",
    description: "Messages exchanged with peers.",
    attributes: { ...network(), ...ioDirection(), "p2p.message.type": bounded(50) },
  },
  io: {
    kind: "counter",
    name: "p2p.io",
    unit: "By",
    description: "Bytes exchanged with peers.",
    attributes: { ...network(), ...ioDirection(), "p2p.message.type": bounded(50) },
  },
  peerLatency: {
    kind: "histogram",
    name: "p2p.peer.latency",
    unit: "s",
    description: "Round trip to peers.",
    attributes: network(),
    boundaries: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  },
  unresponsivePeers: {
    kind: "gauge",
    name: "p2p.unresponsive_peers",
    unit: "{peer}",
    description: "Connected peers that have been silent for longer than allowed.",
    attributes: network(),
  },
  healthScore: {
    kind: "gauge",
    name: "p2p.health.score",
    unit: "{score}",
    description: "Health of the network from 0 to 100; absent while fewer than two of its parts are known.",
    attributes: network(),
  },
  anomalies: {
    kind: "counter",
    name: "p2p.anomalies",
    unit: "{event}",
    description:
      "Events of a dial or peer that is over, values that cannot be, and what was forgotten since there is too much.",
    attributes: { ...network(), "p2p.anomaly": ["closed_dial", "closed_peer", "clock", "bad_value", "forgotten"] },
  },
} as const satisfies Catalogue;

function network() {
  return { "p2p.network": bounded(50) } as const;
}

function peerDirection() {
  return { "p2p.direction": ["inbound", "outbound"] } as const;
}

function ioDirection() {
  return { "network.io.direction": ["transmit", "receive"] } as const;
}
