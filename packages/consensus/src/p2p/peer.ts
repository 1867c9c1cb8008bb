import type { Direction, IoDirection } from "./network-series.ts";

export interface PeerMessage {
  /** `receive` is what the peer sends. */
  readonly direction: IoDirection;
  /** Such as `block`. @default "other" */
  readonly type?: string;
  readonly bytes?: number | bigint;
}

/** What the network does with what a peer tells. */
export interface PeerHost {
  readonly now: () => number;
  readonly message: (message: PeerMessage) => void;
  readonly rtt: (ms: number) => void;
  readonly closed: (peer: Peer, reason: string) => void;
  readonly late: () => void;
}

/** A connection to one peer. Its id is in no metric. */
export class Peer {
  readonly id: string;
  readonly direction: Direction;
  readonly connectedMs: number;
  lastSeenMs: number;
  isClosed = false;
  private readonly host: PeerHost;

  /** Made by `network.peer()`. */
  constructor(host: PeerHost, id: string, direction: Direction) {
    this.host = host;
    this.id = id;
    this.direction = direction;
    this.connectedMs = host.now();
    this.lastSeenMs = this.connectedMs;
  }

  /** Counts a message. One that was received shows that the peer is alive. */
  message(message: PeerMessage): void {
    if (this.isClosed) {
      this.host.late();
      return;
    }
    if (message.direction === "receive") this.lastSeenMs = this.host.now();
    this.host.message(message);
  }

  /** A round trip, in milliseconds. */
  rtt(ms: number): void {
    if (this.isClosed) {
      this.host.late();
      return;
    }
    this.lastSeenMs = this.host.now();
    this.host.rtt(ms);
  }

  /** The connection is over, such as by `timeout`. */
  closed(reason = "closed"): void {
    if (this.isClosed) {
      this.host.late();
      return;
    }
    this.isClosed = true;
    this.host.closed(this, String(reason));
  }
}
