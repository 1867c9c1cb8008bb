/** One connection to a venue: its state, its downtime, how old its data are, and whether some of them are missing. */
import { type BoundCounter, type BoundHistogram, counter, histogram } from "@telltale/metrics";
import { catalogue } from "./catalogue.ts";
import { observeConnection } from "./connection-observations.ts";
import { tradingScope as scope } from "./trading-scope.ts";

const reconnects = counter({ ...catalogue.connectionReconnects, scope });
const connectDuration = histogram({ ...catalogue.connectDuration, scope });
const messages = counter({ ...catalogue.marketDataMessages, scope });
const latency = histogram({ ...catalogue.marketDataLatency, scope });
const gaps = counter({ ...catalogue.marketDataGaps, scope });
const clockErrors = counter({ ...catalogue.clockErrors, scope });

export type ConnectionState = "connected" | "connecting" | "degraded" | "disconnected";

export type DisconnectReason =
  | "server_close"
  | "ping_timeout"
  | "stale"
  | "network"
  | "auth"
  | "rate_limit"
  | "maintenance"
  | "manual";

export interface ConnectionOptions {
  readonly venue: string;
  /** What comes through it: "trades", "book", "user". */
  readonly channel: string;
  /** Without a message for so long it is degraded. @default 10000 */
  readonly staleAfterMs?: number;
  /** Without a message for so long it counts as disconnected. @default 30000 */
  readonly deadAfterMs?: number;
}

export interface ConnectionClock {
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
}

/** A message of a venue, as far as it is measured. */
export interface VenueMessage {
  readonly symbol?: string | undefined;
  /** The venue's time of the event, in milliseconds since 1970. */
  readonly eventTime?: number | undefined;
  /** Its number in a sequence without holes; the last of them when it has several, such as Binance's `u`. */
  readonly seq?: number | undefined;
  /** The first number, when it has several: Binance's `U`. */
  readonly firstSeq?: number | undefined;
}

/** Beyond these, symbols share one age and are not checked for gaps. */
const MAX_SYMBOLS = 2_000;

export class VenueConnection implements Disposable {
  readonly venue: string;
  readonly channel: string;
  private readonly clock: ConnectionClock;
  private readonly staleAfterMs: number;
  private readonly deadAfterMs: number;
  private readonly received: BoundCounter;
  private readonly latency: BoundHistogram;
  private readonly gaps: BoundCounter;
  private readonly unobserve: () => void;
  private readonly symbols = new Map<string, { atMs: number; seq: number }>();
  private openedAt = Number.NaN;
  private link: "connected" | "connecting" | "disconnected" = "disconnected";
  private lastMessageAt = Number.NaN;
  private startedAt = Number.NaN;
  private wasConnected = false;
  private lastReason: DisconnectReason = "network";
  private offsetMs: number | undefined;
  /** Up to `downSince`; what came after is counted when it is asked for. */
  private downMs = 0;
  private downSince: number;

  /** Made by `trading.connection()`. @throws TypeError with code TELLTALE_BAD_TRADING_OPTION */
  constructor(options: ConnectionOptions, clock: ConnectionClock) {
    const { venue, channel, staleAfterMs = 10_000, deadAfterMs = 30_000 } = options;
    if (!(staleAfterMs > 0 && deadAfterMs >= staleAfterMs)) {
      const message = `connection.staleAfterMs is ${staleAfterMs} and deadAfterMs ${deadAfterMs}; give milliseconds above 0, the second not below the first`;
      throw Object.assign(new TypeError(message), { code: "TELLTALE_BAD_TRADING_OPTION" });
    }
    this.venue = venue;
    this.channel = channel;
    this.clock = clock;
    this.staleAfterMs = staleAfterMs;
    this.deadAfterMs = deadAfterMs;
    const attributes = { "trading.venue": venue, "trading.channel": channel };
    this.received = messages.bind(attributes);
    this.latency = latency.bind(attributes);
    this.gaps = gaps.bind(attributes);
    this.downSince = clock.now();
    this.unobserve = observeConnection(this);
  }

  get state(): ConnectionState {
    if (this.link !== "connected") return this.link;
    const silentMs = this.silentMs();
    if (silentMs >= this.deadAfterMs) return "disconnected";
    return silentMs >= this.staleAfterMs ? "degraded" : "connected";
  }

  connecting(): void {
    if (this.link === "connected") this.goDown();
    this.link = "connecting";
    this.startedAt = this.clock.now();
  }

  /** It is open and subscribed. */
  connected(): void {
    if (this.link === "connected") return;
    const now = this.clock.now();
    this.countConnect("ok");
    if (this.wasConnected) {
      reconnects.add(1, { ...this.attributes(), "trading.reason": this.lastReason });
    }
    this.wasConnected = true;
    this.link = "connected";
    this.downMs += now - this.downSince;
    this.lastMessageAt = now;
    this.openedAt = now;
    // A new connection begins its sequences anew.
    for (const symbol of this.symbols.values()) symbol.seq = Number.NaN;
  }

  disconnected({ code, reason }: { readonly code?: number; readonly reason?: DisconnectReason } = {}): void {
    if (this.link === "disconnected") return;
    if (this.link === "connected") this.goDown();
    else this.countConnect("error");
    if (this.link === "connected" || !this.wasConnected) this.lastReason = reason ?? reasonOfCode(code);
    this.link = "disconnected";
  }

  /** Counts a message; whether messages before it are missing, so that a book has to be built anew. */
  // Hot: benchmarks/trading.ts.
  message({ symbol, eventTime, seq, firstSeq = seq }: VenueMessage = {}): boolean {
    const now = this.clock.now();
    this.received.add(1);
    this.endSilence(now);
    this.lastMessageAt = now;
    if (eventTime !== undefined) this.recordLatency(eventTime);
    if (symbol === undefined && seq === undefined) return false;
    const known = this.symbolOf(symbol ?? "");
    if (known === undefined) return false;
    known.atMs = now;
    if (seq === undefined || firstSeq === undefined || !Number.isSafeInteger(seq)) return false;
    const isGap = firstSeq > known.seq + 1;
    if (isGap) this.gaps.add(1);
    // A message that comes twice, or late, moves nothing back.
    if (!(seq <= known.seq)) known.seq = seq;
    return isGap;
  }

  /** How far the venue's clock is ahead of the local one, in milliseconds: ccxt's `timeDifference`, negated. */
  clockOffset(offsetMs: number): void {
    this.offsetMs = Number.isFinite(offsetMs) ? offsetMs : undefined;
  }

  get clockOffsetMs(): number | undefined {
    return this.offsetMs;
  }

  /** Time without a usable connection so far. */
  get downtimeMs(): number {
    const now = this.clock.now();
    if (this.link !== "connected") return this.downMs + now - this.downSince;
    return this.downMs + Math.max(0, this.silentMs() - this.deadAfterMs);
  }

  /**
   * Age of the last message, of each symbol where they have names, or of the connection where it is younger. Nothing while it is
   * not open: that a lost connection brings no messages is no news.
   */
  *ages(): Generator<readonly [symbol: string | undefined, ageMs: number]> {
    if (this.link !== "connected") return;
    const now = this.clock.now();
    let named = 0;
    for (const [symbol, { atMs }] of this.symbols) {
      if (symbol === "") continue;
      named++;
      yield [symbol, now - Math.max(atMs, this.openedAt)];
    }
    if (named === 0) yield [undefined, now - this.lastMessageAt];
  }

  /** Takes it out of the metrics. */
  [Symbol.dispose](): void {
    this.unobserve();
  }

  private silentMs(): number {
    return this.clock.now() - this.lastMessageAt;
  }

  private goDown(): void {
    const now = this.clock.now();
    this.endSilence(now);
    this.downSince = now;
  }

  /** What it was silent beyond `deadAfterMs` was downtime. */
  private endSilence(now: number): void {
    if (this.link !== "connected") return;
    const overMs = now - this.lastMessageAt - this.deadAfterMs;
    if (overMs > 0) this.downMs += overMs;
    if (overMs > 0) this.lastMessageAt = now;
  }

  private countConnect(outcome: "ok" | "error"): void {
    const seconds = (this.clock.now() - this.startedAt) / 1_000;
    if (seconds >= 0) connectDuration.record(seconds, { ...this.attributes(), "trading.outcome": outcome });
    this.startedAt = Number.NaN;
  }

  private recordLatency(eventTime: number): void {
    const latencyMs = this.clock.wallClock() - eventTime + (this.offsetMs ?? 0);
    if (latencyMs < 0) clockErrors.add(1, { "trading.venue": this.venue });
    else this.latency.record(latencyMs / 1_000);
  }

  private symbolOf(symbol: string): { atMs: number; seq: number } | undefined {
    let known = this.symbols.get(symbol);
    if (known === undefined && this.symbols.size < MAX_SYMBOLS) {
      known = { atMs: Number.NaN, seq: Number.NaN };
      this.symbols.set(symbol, known);
    }
    return known;
  }

  private attributes() {
    return { "trading.venue": this.venue, "trading.channel": this.channel };
  }
}

/** RFC 6455, section 7.4, and the IANA registry of WebSocket close codes. */
export function reasonOfCode(code: number | undefined): DisconnectReason {
  switch (code) {
    case undefined:
    case 1006:
    case 1015:
      return "network";
    case 1008:
    case 3000:
    case 3003:
      return "auth";
    case 1012:
      return "maintenance";
    case 1013:
      return "rate_limit";
    default:
      return "server_close";
  }
}
