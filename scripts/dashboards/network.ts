import { catalogue as p2p } from "../../packages/consensus/src/p2p/catalogue.ts";
import { catalogue as host } from "../../packages/runtime/src/catalogue.ts";
import type { Dashboard } from "../dashboard.ts";
import { bucketRates, greatest, inRange, onPage, perSecond, quantiles, share, total } from "../page-queries.ts";
import { group } from "../rules/p2p.ts";

const { series, buckets } = onPage;

export const dashboard: Dashboard = {
  name: "network",
  title: "Network traffic",
  description: "What goes over the interfaces of the host, and how the network of peers is.",
  of: host.networkIo,
  alerts: group.alerts,
  rows: [
    {
      title: "Peers now",
      panels: [
        {
          kind: "number",
          title: "Health",
          description: "0 to 100: a geometric mean of peers, dials and latency.",
          unit: "short",
          limits: ["NetworkHealthLow"],
          queries: { "{{p2p_network}}": `min by (p2p_network) (${series(p2p.healthScore)})` },
        },
        {
          kind: "number",
          title: "Peers",
          description: "Connected.",
          unit: "short",
          queries: { "{{p2p_network}}": total(series(p2p.peers, { "p2p.peer.state": "connected" }), "p2p_network") },
        },
        {
          kind: "number",
          title: "Successful dials",
          description: "Share in the health window.",
          unit: "percentunit",
          limits: ["ConnectionSuccessLow"],
          queries: { "{{p2p_network}}": `min by (p2p_network) (${series(p2p.connectionSuccessRatio)})` },
        },
        {
          kind: "number",
          title: "Unresponsive peers",
          description: "Connected and silent.",
          unit: "short",
          limits: ["PeersUnresponsive"],
          queries: { "{{p2p_network}}": greatest(series(p2p.unresponsivePeers), "p2p_network") },
        },
        {
          kind: "number",
          title: "In",
          description: "Over all interfaces.",
          unit: "Bps",
          queries: { in: perSecond(series(host.networkIo, { "network.io.direction": "receive" })) },
        },
        {
          kind: "number",
          title: "Out",
          description: "Over all interfaces.",
          unit: "Bps",
          queries: { out: perSecond(series(host.networkIo, { "network.io.direction": "transmit" })) },
        },
      ],
    },
    {
      title: "Interfaces",
      panels: [
        {
          kind: "lines",
          title: "Bytes",
          description: "A second, by interface and direction.",
          unit: "Bps",
          min: 0,
          queries: {
            "{{network_interface_name}} {{network_io_direction}}": perSecond(
              series(host.networkIo),
              "network_interface_name",
              "network_io_direction",
            ),
          },
        },
        {
          kind: "lines",
          title: "Packets and errors",
          description: "A second.",
          unit: "pps",
          min: 0,
          queries: {
            "{{system_device}} {{network_io_direction}}": perSecond(
              series(host.networkPackets),
              "system_device",
              "network_io_direction",
            ),
            "{{network_interface_name}} errors": perSecond(series(host.networkErrors), "network_interface_name"),
          },
        },
      ],
    },
    {
      title: "Peers",
      panels: [
        {
          kind: "lines",
          title: "Peers",
          description: "By state and by who called whom.",
          unit: "short",
          stacked: true,
          min: 0,
          queries: {
            "{{p2p_peer_state}} {{p2p_direction}}": total(series(p2p.peers), "p2p_peer_state", "p2p_direction"),
          },
        },
        {
          kind: "lines",
          title: "Dials and accepts",
          description: "A minute, by outcome.",
          unit: "short",
          min: 0,
          queries: {
            "{{p2p_direction}} {{p2p_outcome}} {{error_type}}": `60 * ${perSecond(series(p2p.connectionAttempts), "p2p_direction", "p2p_outcome", "error_type")}`,
          },
        },
        {
          kind: "lines",
          title: "Messages",
          description: "A second, by type and direction.",
          unit: "cps",
          min: 0,
          queries: {
            "{{p2p_message_type}} {{network_io_direction}}": perSecond(
              series(p2p.messages),
              "p2p_message_type",
              "network_io_direction",
            ),
          },
        },
        {
          kind: "lines",
          title: "Traffic with peers",
          description: "Bytes a second, by type and direction.",
          unit: "Bps",
          min: 0,
          queries: {
            "{{p2p_message_type}} {{network_io_direction}}": perSecond(
              series(p2p.io),
              "p2p_message_type",
              "network_io_direction",
            ),
          },
        },
        {
          kind: "heat",
          title: "Round trips",
          description: "How many took how long.",
          unit: "s",
          queries: { "{{le}}": bucketRates(buckets(p2p.peerLatency)) },
        },
        {
          kind: "lines",
          title: "Round trips and handshakes",
          description: "p50 and p99 of round trips; handshakes by transport.",
          unit: "s",
          min: 0,
          queries: {
            ...quantiles([0.5, 0.99], buckets(p2p.peerLatency)),
            ...quantiles([0.99], buckets(p2p.handshakeDuration), "p2p_transport"),
          },
        },
        {
          kind: "lines",
          title: "Lifetime of connections",
          description: "Mean, by the reason of their end.",
          unit: "s",
          min: 0,
          queries: {
            "{{p2p_reason}}": share(
              perSecond(onPage.sum(p2p.connectionDuration), "p2p_reason"),
              perSecond(onPage.count(p2p.connectionDuration), "p2p_reason"),
            ),
          },
        },
        {
          kind: "bars",
          title: "Anomalies",
          description: "In the time that is shown.",
          unit: "short",
          queries: { "{{p2p_network}} {{p2p_anomaly}}": inRange(series(p2p.anomalies), "p2p_network", "p2p_anomaly") },
        },
      ],
    },
  ],
};
