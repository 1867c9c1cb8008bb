import { catalogue as p2p } from "../../packages/consensus/src/p2p/catalogue.ts";
import type { RuleGroup } from "../alert.ts";
import { selectors, stored } from "../series.ts";

const { series } = selectors();

const network = { "p2p.network": "vain" } as const;
const labels = { instance: "a", p2p_network: "vain" };

export const group: RuleGroup = {
  domain: "p2p",
  title: "Network of peers",
  alerts: [
    {
      name: "ConnectionSuccessLow",
      expr: `${series(p2p.connectionSuccessRatio)} < 0.8`,
      for: "5m",
      severity: "warning",
      summary: "Under 80 % of connection attempts in {{ $labels.p2p_network }} succeed",
      meaning: "Peers cannot be reached, or refuse this node.",
      steps: ["error.type of p2p.connection.attempts tells why: a firewall, old addresses, a version nobody speaks."],
      fires: { samples: { [stored(p2p.connectionSuccessRatio, network)]: "0.5x20" }, at: "8m", labels },
      silent: { samples: { [stored(p2p.connectionSuccessRatio, network)]: "0.95x20" }, at: "8m" },
    },
    {
      name: "NoPeers",
      expr: `sum by (instance, p2p_network) (${series(p2p.peers, { "p2p.peer.state": "connected" })}) == 0`,
      for: "1m",
      severity: "critical",
      summary: "No peers in {{ $labels.p2p_network }}",
      meaning: "The node is alone: it neither learns of blocks nor can it tell of its own.",
      steps: ["Check the network of the host, then the list of seeds or bootstrap nodes."],
      fires: { samples: connected("3x2 0x10"), at: "4m", labels },
      silent: { samples: connected("3x10"), at: "4m" },
    },
    {
      name: "PeersUnresponsive",
      expr: `${series(p2p.unresponsivePeers)} > 0`,
      for: "1m",
      severity: "warning",
      summary: "{{ $value }} peers of {{ $labels.p2p_network }} silent for over 60 s",
      meaning: "Connections are open, but nothing comes through them.",
      steps: ["Few: they are dropped in time. Many at once: look at this node's own network and its event loop delay."],
      fires: { samples: { [stored(p2p.unresponsivePeers, network)]: "0 4x10" }, at: "3m", labels, value: "4" },
      silent: { samples: { [stored(p2p.unresponsivePeers, network)]: "0 4 0x10" }, at: "3m" },
    },
    {
      name: "NetworkHealthLow",
      expr: `${series(p2p.healthScore)} < 60`,
      for: "5m",
      severity: "warning",
      summary: "Network health of {{ $labels.p2p_network }} is {{ $value }} of 100",
      meaning: "Peers, successful dials and latency together, as a geometric mean: one that is bad is enough.",
      steps: ["The Network traffic dashboard shows which part it is: too few peers, failed dials or slow ones."],
      fires: { samples: { [stored(p2p.healthScore, network)]: "50x20" }, at: "8m", labels, value: "50" },
      silent: { samples: { [stored(p2p.healthScore, network)]: "88.6x20" }, at: "8m" },
    },
  ],
};

function connected(values: string): Record<string, string> {
  return {
    [stored(p2p.peers, { ...network, "p2p.direction": "inbound", "p2p.peer.state": "connected" })]: values,
    [stored(p2p.peers, { ...network, "p2p.direction": "outbound", "p2p.peer.state": "connected" })]: values,
    [stored(p2p.peers, { ...network, "p2p.direction": "outbound", "p2p.peer.state": "connecting" })]: "2x10",
  };
}
