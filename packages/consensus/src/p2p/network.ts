/** Everything that a node tells of its peers. */
import { diag } from "@opentelemetry/api";
import { Dial, type DialHost, type DialOptions } from "./dial.ts";
import { healthScore } from "./health-score.ts";
import { type NetworkOptions, type NetworkSettings, networkSettings } from "./network-options.ts";
import { type Direction, type NetworkSeries, networkSeries, type P2pAnomaly } from "./network-series.ts";
import { liveNetworks, type NetworkView } from "./observe-networks.ts";
import { Peer, type PeerHost, type PeerMessage } from "./peer.ts";
import { SlidingSums } from "./sliding-sums.ts";
import { type SnapshotFileOptions, saveSnapshot } from "./snapshot-file.ts";

/** The health of a network; null is what is not known. */
export interface NetworkHealth {
  /** Unix time in seconds. */
  readonly timestamp: number;
  readonly peer_count: number;
  /** Share of the outbound dials in the window that succeeded. */
  readonly connection_success_rate: number | null;
  /** Mean round trip in the window, in milliseconds. */
  readonly avg_latency: number | null;
  /** Bytes a second in the window, both ways. */
  readonly bandwidth_usage: number | null;
  /** 0 to 100. */
  readonly overall_health: number | null;
}

/** Fields of the sliding sums. */
const SUCCESSES = 0;
const FAILURES = 1;
const LATENCIES = 2;
const LATENCY_MS = 3;
const BYTES = 4;

/** Dials that are not over yet, and peers that are banned: beyond these the oldest is forgotten. */
const MAX_DIALS = 10_000;
const MAX_BANNED = 100_000;

export class Network implements NetworkView, Disposable {
  readonly network: string;
  private readonly settings: NetworkSettings;
  private readonly series: NetworkSeries;
  private readonly sums: SlidingSums;
  private readonly startMs: number;
  private readonly dials = new Set<Dial>();
  private readonly peers = new Map<string, Peer>();
  private readonly banned = new Set<string>();
  private readonly told = new Set<P2pAnomaly>();
  private readonly dialHost: DialHost;
  private readonly peerHost: PeerHost;
  private saving: Promise<unknown> = Promise.resolve();

  /** Made by `createNetwork()`. */
  constructor(options: NetworkOptions) {
    this.settings = networkSettings(options);
    const { network, now, windowMs } = this.settings;
    this.network = network;
    this.series = networkSeries(network);
    this.sums = new SlidingSums(5, windowMs);
    this.startMs = now();
    this.dialHost = {
      now,
      dialed: (dial, ms, error) => this.dialed(dial, ms, error),
      repeated: () => this.anomaly("closed_dial", "a dial ended twice"),
    };
    this.peerHost = {
      now,
      message: (message) => this.message(message),
      rtt: (ms) => this.rtt(ms),
      closed: (peer, reason) => this.closed(peer, reason),
      late: () => this.anomaly("closed_peer", "something was told of a peer that is closed"),
    };
    liveNetworks.add(this);
  }

  /** An attempt to connect; it is `connecting` until `succeeded()` or `failed()`. */
  dial(options: DialOptions = {}): Dial {
    const dial = new Dial(this.dialHost, options);
    this.dials.add(dial);
    if (this.dials.size > MAX_DIALS) {
      this.dials.delete(this.dials.values().next().value!);
      this.anomaly("forgotten", "more dials wait than are kept");
    }
    return dial;
  }

  /** The connected peer of this id; a new one is connected from now on. */
  peer(id: string, { direction = "outbound" }: { readonly direction?: Direction } = {}): Peer {
    const found = this.peers.get(id);
    if (found !== undefined) return found;
    const peer = new Peer(this.peerHost, id, direction);
    this.peers.set(id, peer);
    if (this.peers.size > this.settings.maxPeers) this.forgetSilent();
    return peer;
  }

  /** Closes the peer of this id, if it is connected, and counts it as banned until `unban()`. */
  ban(id: string): void {
    this.peers.get(id)?.closed("banned");
    this.banned.add(id);
    if (this.banned.size > MAX_BANNED) this.banned.delete(this.banned.values().next().value!);
  }

  unban(id: string): void {
    this.banned.delete(id);
  }

  /** The state of the network now, as it is saved. */
  getHealthMetrics(): NetworkHealth {
    const bandwidth = this.bandwidth();
    return {
      timestamp: Math.floor(Date.now() / 1_000),
      peer_count: this.peers.size,
      connection_success_rate: this.successRatio() ?? null,
      avg_latency: this.latencyMs() ?? null,
      bandwidth_usage: bandwidth ?? null,
      overall_health: this.score() ?? null,
    };
  }

  /**
   * Adds the state to the file of this day (UTC) in `folder`, and says which it is. The file is replaced as a whole, so that
   * nobody reads half of it.
   */
  saveMetrics(folder: string, options: SnapshotFileOptions = {}): Promise<string> {
    const health = this.getHealthMetrics();
    // One after the other: each reads what the one before wrote.
    const saved = this.saving.then(() => saveSnapshot(folder, this.network, health, options));
    this.saving = saved.catch(() => {});
    return saved;
  }

  /** Share of outbound dials in the window: a flood of accepted connections says nothing about whether others can be reached. */
  successRatio(): number | undefined {
    const nowMs = this.settings.now();
    const successes = this.sums.sum(SUCCESSES, nowMs);
    const attempts = successes + this.sums.sum(FAILURES, nowMs);
    return attempts === 0 ? undefined : successes / attempts;
  }

  score(): number | undefined {
    const [peers, successRatio, latencyMs] = [this.peers.size, this.successRatio(), this.latencyMs()];
    return healthScore({ peers, successRatio, latencyMs, bandwidth: this.bandwidth() }, this.settings.health);
  }

  unresponsive(): number {
    const silentSince = this.settings.now() - this.settings.unresponsiveAfterMs;
    let count = 0;
    for (const peer of this.peers.values()) if (peer.lastSeenMs < silentSince) count++;
    return count;
  }

  connected(direction: Direction): number {
    return countOf(this.peers.values(), direction);
  }

  connecting(direction: Direction): number {
    return countOf(this.dials, direction);
  }

  get bannedCount(): number {
    return this.banned.size;
  }

  /** Takes what is as it is out of the metrics: counts stay. */
  [Symbol.dispose](): void {
    liveNetworks.delete(this);
    if (networks.get(this.network) === this) networks.delete(this.network);
  }

  private dialed(dial: Dial, ms: number, error: { readonly type: string } | undefined): void {
    this.dials.delete(dial);
    if (dial.direction === "outbound") {
      this.sums.add(error === undefined ? SUCCESSES : FAILURES, 1, this.settings.now());
    }
    if (error !== undefined) {
      this.series.failed(dial.direction, error.type);
      return;
    }
    this.series.succeeded(dial.direction).add(1);
    if (ms >= 0) this.series.handshakeDuration(dial.transport).record(ms / 1_000);
    else this.anomaly("clock", "time ran backwards");
  }

  private message({ direction, type = "other", bytes }: PeerMessage): void {
    const traffic = direction === "transmit" ? this.series.transmitted(type) : this.series.received(type);
    traffic.messages.add(1);
    if (bytes === undefined) return;
    const size = this.number(bytes, "bytes of a message");
    if (size === undefined) return;
    traffic.bytes.add(size);
    this.sums.add(BYTES, size, this.settings.now());
  }

  private rtt(ms: number): void {
    const latency = this.number(ms, "a round trip");
    if (latency === undefined) return;
    this.series.peerLatency.record(latency / 1_000);
    const nowMs = this.settings.now();
    this.sums.add(LATENCIES, 1, nowMs);
    this.sums.add(LATENCY_MS, latency, nowMs);
  }

  private closed(peer: Peer, reason: string): void {
    if (this.peers.get(peer.id) === peer) this.peers.delete(peer.id);
    const ms = this.settings.now() - peer.connectedMs;
    if (ms >= 0) this.series.closed(peer.direction, reason, ms / 1_000);
    else this.anomaly("clock", "time ran backwards");
  }

  private latencyMs(): number | undefined {
    const nowMs = this.settings.now();
    const count = this.sums.sum(LATENCIES, nowMs);
    return count === 0 ? undefined : this.sums.sum(LATENCY_MS, nowMs) / count;
  }

  /** Bytes a second, of the window or of the time since the start. */
  private bandwidth(): number | undefined {
    const nowMs = this.settings.now();
    const elapsedMs = Math.min(this.settings.windowMs, nowMs - this.startMs);
    return elapsedMs > 0 ? this.sums.sum(BYTES, nowMs) / (elapsedMs / 1_000) : undefined;
  }

  private forgetSilent(): void {
    let silent: Peer | undefined;
    // Of the oldest ones only: who looks through all of them at each new peer is who a flood brings down.
    let looked = 0;
    for (const peer of this.peers.values()) {
      if (silent === undefined || peer.lastSeenMs < silent.lastSeenMs) silent = peer;
      if (++looked === 100) break;
    }
    this.anomaly("forgotten", `there are more than ${this.settings.maxPeers} peers`);
    silent?.closed("forgotten");
  }

  private number(value: unknown, name: string): number | undefined {
    const number = typeof value === "bigint" && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
    if (typeof number === "number" && number >= 0 && number < Number.POSITIVE_INFINITY) return number;
    this.anomaly("bad_value", `${name} is ${typeof value === "number" ? value : `of type ${typeof value}`}`);
    return undefined;
  }

  private anomaly(anomaly: P2pAnomaly, what: string): void {
    this.series.anomalies(anomaly).add(1);
    if (this.told.has(anomaly)) return;
    this.told.add(anomaly);
    diag.warn(`telltale: peers of ${this.network}: ${what} (${anomaly}). Further ones are counted in p2p.anomalies.`);
  }
}

const networks = new Map<string, Network>();

/**
 * What the node tells of one network of peers. `network()` gives it back by its name.
 * @throws TypeError with code TELLTALE_BAD_P2P_OPTION
 */
export function createNetwork(options: NetworkOptions = {}): Network {
  const made = new Network(options);
  networks.get(made.network)?.[Symbol.dispose]();
  networks.set(made.network, made);
  return made;
}

/** The network of this name as it was created last, by the instrumentation for one; else one with defaults. */
export function network(name = "default"): Network {
  return networks.get(name) ?? createNetwork({ network: name });
}

function countOf(members: Iterable<{ readonly direction: Direction }>, direction: Direction): number {
  let count = 0;
  for (const member of members) if (member.direction === direction) count++;
  return count;
}
