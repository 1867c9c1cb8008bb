/** The instruments of one network, bound once, so that a message touches numbers only. */
import { type BoundCounter, type BoundHistogram, counter, histogram } from "@telltale/metrics";
import { bindings } from "../bindings.ts";
import { consensusScope } from "../consensus-scope.ts";
import { catalogue } from "./catalogue.ts";

export type Direction = "inbound" | "outbound";
export type IoDirection = "transmit" | "receive";
export type P2pAnomaly = "closed_dial" | "closed_peer" | "clock" | "bad_value" | "forgotten";

const attempts = counter({ ...catalogue.connectionAttempts, scope: consensusScope });
const connectionDuration = histogram({ ...catalogue.connectionDuration, scope: consensusScope });
const handshakeDuration = histogram({ ...catalogue.handshakeDuration, scope: consensusScope });
const messages = counter({ ...catalogue.messages, scope: consensusScope });
const io = counter({ ...catalogue.io, scope: consensusScope });
const peerLatency = histogram({ ...catalogue.peerLatency, scope: consensusScope });
const anomalies = counter({ ...catalogue.anomalies, scope: consensusScope });

/** What messages of one type in one direction are counted by. */
export interface Traffic {
  readonly messages: BoundCounter;
  readonly bytes: BoundCounter;
}

export type NetworkSeries = ReturnType<typeof networkSeries>;

export function networkSeries(network: string) {
  const own = { "p2p.network": network };
  const traffic = (direction: IoDirection) =>
    bindings<string, Traffic>((type) => {
      const attributes = { ...own, "network.io.direction": direction, "p2p.message.type": type };
      return { messages: messages.bind(attributes), bytes: io.bind(attributes) };
    });
  return {
    peerLatency: peerLatency.bind(own),
    transmitted: traffic("transmit"),
    received: traffic("receive"),
    handshakeDuration: bindings<string, BoundHistogram>((transport) =>
      handshakeDuration.bind({ ...own, "p2p.transport": transport }),
    ),
    succeeded: bindings<Direction, BoundCounter>((direction) =>
      attempts.bind({ ...own, "p2p.direction": direction, "p2p.outcome": "success" }),
    ),
    failed: (direction: Direction, errorType: string): void =>
      attempts.add(1, { ...own, "p2p.direction": direction, "p2p.outcome": "failure", "error.type": errorType }),
    closed: (direction: Direction, reason: string, seconds: number): void =>
      connectionDuration.record(seconds, { ...own, "p2p.direction": direction, "p2p.reason": reason }),
    anomalies: bindings<P2pAnomaly, BoundCounter>((anomaly) => anomalies.bind({ ...own, "p2p.anomaly": anomaly })),
  };
}
