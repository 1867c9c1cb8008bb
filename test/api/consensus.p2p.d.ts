export { catalogue } from "./p2p/catalogue.ts";
export declare const catalogue: {
    readonly peers: {
        readonly kind: "upDownCounter";
        readonly name: "p2p.peers";
        readonly unit: "{peer}";
        readonly description: "Peers by state.";
        readonly attributes: {
            readonly "p2p.peer.state": readonly ["connected", "connecting", "banned"];
            readonly "p2p.network": import("@telltale/metrics").OpenAttribute<string>;
            readonly "p2p.direction": readonly ["inbound", "outbound"];
        };
    };
    readonly connectionAttempts: {
        readonly kind: "counter";
        readonly name: "p2p.connection.attempts";
        readonly unit: "{attempt}";
        readonly description: "Dials and accepts.";
        readonly attributes: {
            readonly "p2p.outcome": readonly ["success", "failure"];
            readonly "error.type": import("@telltale/metrics").OpenAttribute<string>;
            readonly "p2p.network": import("@telltale/metrics").OpenAttribute<string>;
            readonly "p2p.direction": readonly ["inbound", "outbound"];
        };
    };
    readonly connectionSuccessRatio: {
        readonly kind: "gauge";
        readonly name: "p2p.connection.success_ratio";
        readonly unit: "1";
        readonly description: "Share of the outbound dials in the health window that succeeded.";
        readonly attributes: {
            readonly "p2p.network": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly connectionDuration: {
        readonly kind: "histogram";
        readonly name: "p2p.connection.duration";
        readonly unit: "s";
        readonly description: "Lifetime of a connection.";
        readonly attributes: {
            readonly "p2p.reason": import("@telltale/metrics").OpenAttribute<string>;
            readonly "p2p.network": import("@telltale/metrics").OpenAttribute<string>;
            readonly "p2p.direction": readonly ["inbound", "outbound"];
        };
        readonly boundaries: readonly [1, 5, 15, 60, 300, 900, 3600, 14400, 86400, 604800];
    };
    readonly handshakeDuration: {
        readonly kind: "histogram";
        readonly name: "p2p.handshake.duration";
        readonly unit: "s";
        readonly description: "From the dial to a connection that can be used.";
        readonly attributes: {
            readonly "p2p.transport": import("@telltale/metrics").OpenAttribute<string>;
            readonly "p2p.network": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: readonly [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
    };
    readonly messages: {
        readonly kind: "counter";
        readonly name: "p2p.messages";
        readonly unit: "{message}";
        readonly description: "Messages exchanged with peers.";
        readonly attributes: {
            readonly "p2p.message.type": import("@telltale/metrics").OpenAttribute<string>;
            readonly "p2p.network": import("@telltale/metrics").OpenAttribute<string>;
            readonly "network.io.direction": readonly ["transmit", "receive"];
        };
    };
    readonly io: {
        readonly kind: "counter";
        readonly name: "p2p.io";
        readonly unit: "By";
        readonly description: "Bytes exchanged with peers.";
        readonly attributes: {
            readonly "p2p.message.type": import("@telltale/metrics").OpenAttribute<string>;
            readonly "p2p.network": import("@telltale/metrics").OpenAttribute<string>;
            readonly "network.io.direction": readonly ["transmit", "receive"];
        };
    };
    readonly peerLatency: {
        readonly kind: "histogram";
        readonly name: "p2p.peer.latency";
        readonly unit: "s";
        readonly description: "Round trip to peers.";
        readonly attributes: {
            readonly "p2p.network": import("@telltale/metrics").OpenAttribute<string>;
        };
        readonly boundaries: readonly [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
    };
    readonly unresponsivePeers: {
        readonly kind: "gauge";
        readonly name: "p2p.unresponsive_peers";
        readonly unit: "{peer}";
        readonly description: "Connected peers that have been silent for longer than allowed.";
        readonly attributes: {
            readonly "p2p.network": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly healthScore: {
        readonly kind: "gauge";
        readonly name: "p2p.health.score";
        readonly unit: "{score}";
        readonly description: "Health of the network from 0 to 100; absent while fewer than two of its parts are known.";
        readonly attributes: {
            readonly "p2p.network": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
    readonly anomalies: {
        readonly kind: "counter";
        readonly name: "p2p.anomalies";
        readonly unit: "{event}";
        readonly description: "Events of a dial or peer that is over, values that cannot be, and what was forgotten since there is too much.";
        readonly attributes: {
            readonly "p2p.anomaly": readonly ["closed_dial", "closed_peer", "clock", "bad_value", "forgotten"];
            readonly "p2p.network": import("@telltale/metrics").OpenAttribute<string>;
        };
    };
};
export type { Dial, DialOptions } from "./p2p/dial.ts";
export interface DialOptions {
    readonly direction?: Direction;
    readonly transport?: string;
}
export declare class Dial {
    readonly direction: Direction;
    readonly transport: string;
    private readonly host;
    private readonly startMs;
    private over;
    constructor(host: DialHost, { direction, transport }: DialOptions);
    succeeded(): void;
    failed(error?: unknown): void;
    private end;
}
export { type HealthComponents, type HealthOptions, healthScore } from "./p2p/health-score.ts";
export interface HealthOptions {
    readonly targetPeers?: number;
    readonly latencyMs?: readonly [best: number, worst: number];
    readonly windowMs?: number;
    readonly bandwidthLimit?: number;
}
export interface HealthComponents {
    readonly peers?: number | undefined;
    readonly successRatio?: number | undefined;
    readonly latencyMs?: number | undefined;
    readonly bandwidth?: number | undefined;
}
export declare function healthScore({ peers, successRatio, latencyMs, bandwidth }: HealthComponents, options?: HealthOptions): number | undefined;
export { createNetwork, type Network, type NetworkHealth, network } from "./p2p/network.ts";
export interface NetworkHealth {
    readonly timestamp: number;
    readonly peer_count: number;
    readonly connection_success_rate: number | null;
    readonly avg_latency: number | null;
    readonly bandwidth_usage: number | null;
    readonly overall_health: number | null;
}
export declare class Network implements NetworkView, Disposable {
    readonly network: string;
    private readonly settings;
    private readonly series;
    private readonly sums;
    private readonly startMs;
    private readonly dials;
    private readonly peers;
    private readonly banned;
    private readonly told;
    private readonly dialHost;
    private readonly peerHost;
    private saving;
    constructor(options: NetworkOptions);
    dial(options?: DialOptions): Dial;
    peer(id: string, { direction }?: {
        readonly direction?: Direction;
    }): Peer;
    ban(id: string): void;
    unban(id: string): void;
    getHealthMetrics(): NetworkHealth;
    saveMetrics(folder: string, options?: SnapshotFileOptions): Promise<string>;
    successRatio(): number | undefined;
    score(): number | undefined;
    unresponsive(): number;
    connected(direction: Direction): number;
    connecting(direction: Direction): number;
    get bannedCount(): number;
    [Symbol.dispose](): void;
    private dialed;
    private message;
    private rtt;
    private closed;
    private latencyMs;
    private bandwidth;
    private forgetSilent;
    private number;
    private anomaly;
}
export declare function createNetwork(options?: NetworkOptions): Network;
export declare function network(name?: string): Network;
export type { NetworkOptions } from "./p2p/network-options.ts";
export interface NetworkOptions {
    readonly network?: string;
    readonly health?: HealthOptions;
    readonly unresponsiveAfterMs?: number;
    readonly maxPeers?: number;
    readonly now?: () => number;
}
export type { Direction, IoDirection } from "./p2p/network-series.ts";
export type Direction = "inbound" | "outbound";
export type IoDirection = "transmit" | "receive";
export { P2pInstrumentation, type P2pInstrumentationConfig } from "./p2p/p2p-instrumentation.ts";
export interface P2pInstrumentationConfig extends NetworkOptions {
    readonly enabled?: boolean;
}
export declare class P2pInstrumentation {
    readonly instrumentationName: string;
    readonly instrumentationVersion: string;
    private config;
    private made;
    constructor(config?: P2pInstrumentationConfig);
    get network(): Network | undefined;
    enable(): void;
    disable(): void;
    setTracerProvider(_tracerProvider: TracerProvider): void;
    setMeterProvider(_meterProvider: MeterProvider): void;
    setConfig(config: P2pInstrumentationConfig): void;
    getConfig(): P2pInstrumentationConfig;
}
export type { Peer, PeerMessage } from "./p2p/peer.ts";
export interface PeerMessage {
    readonly direction: IoDirection;
    readonly type?: string;
    readonly bytes?: number | bigint;
}
export declare class Peer {
    readonly id: string;
    readonly direction: Direction;
    readonly connectedMs: number;
    lastSeenMs: number;
    isClosed: boolean;
    private readonly host;
    constructor(host: PeerHost, id: string, direction: Direction);
    message(message: PeerMessage): void;
    rtt(ms: number): void;
    closed(reason?: string): void;
}
export type { SnapshotFileOptions } from "./p2p/snapshot-file.ts";
export interface SnapshotFileOptions {
    readonly maxBytes?: number;
}
