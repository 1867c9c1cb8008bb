export type { BackOffOptions } from "./back-off.ts";
export interface BackOffOptions {
    readonly initialMs?: number;
    readonly maxMs?: number;
    readonly random?: () => number;
}
export { Decimal, type DecimalInput, decimal } from "./decimal.ts";
export type DecimalInput = string | number | bigint | Decimal;
export declare class Decimal {
    readonly units: number | bigint;
    readonly scale: number;
    constructor(units: number | bigint, scale: number);
    toString(): string;
}
export declare function decimal(input: unknown): Decimal | undefined;
export type { Fill, FillInput } from "./fill.ts";
export interface FillInput {
    readonly price: DecimalInput;
    readonly qty: DecimalInput;
    readonly execId?: string | undefined;
    readonly liquidity?: Liquidity | undefined;
    readonly fee?: {
        readonly amount: DecimalInput;
        readonly currency: string;
    } | undefined;
    readonly at?: number | undefined;
}
export interface Fill {
    readonly price: Decimal;
    readonly qty: Decimal;
    readonly execId: string | undefined;
    readonly liquidity: Liquidity;
    readonly fee: {
        readonly amount: Decimal;
        readonly currency: string;
    } | undefined;
    readonly at: number | undefined;
}
export type { Intervention, InterventionRule } from "./interventions.ts";
export interface InterventionRule {
    readonly name: string;
    readonly on: Anomaly | "rejected" | Measured | "day_loss" | "drawdown" | "consecutive_losses";
    readonly atLeast: number;
    readonly withinMs?: number;
    readonly zScore?: number;
    readonly action: "reduce" | "halt";
}
export interface Intervention {
    readonly rule: string;
    readonly action: "reduce" | "halt";
    readonly dryRun: boolean;
}
export type { Order } from "./order.ts";
export declare class Order {
    private terms;
    private readonly state;
    private readonly fills;
    private readonly host;
    private readonly series;
    private readonly trace;
    private venueName;
    formerClientIds: readonly string[];
    closedIn: number;
    private readonly createdAt;
    private sentAt;
    private acceptedAt;
    private cancelAt;
    private replaceAt;
    private awaitsNew;
    constructor(host: OrderHost, series: OrderSeries, terms: OrderTerms, trace?: OrderTrace);
    get status(): OrderStatus;
    get symbol(): string;
    get side(): Side;
    get type(): OrderType;
    get clientId(): string;
    get venueId(): string | undefined;
    get venue(): string;
    get qty(): Decimal | undefined;
    get limit(): Decimal | undefined;
    get currency(): string;
    get awaitsCancel(): boolean;
    get awaitsReplace(): boolean;
    get spanContext(): SpanContext | undefined;
    get cumQty(): Decimal;
    get notional(): Decimal;
    get ackMs(): number | undefined;
    get slippage(): number | undefined;
    get isActive(): boolean;
    get isClosed(): boolean;
    get isAcknowledged(): boolean;
    submit<T>(request: () => T): T;
    sent(): void;
    accepted(known?: {
        readonly venueId?: string | undefined;
    }): void;
    triggered(): void;
    filled(input: FillInput): void;
    bust(execId: string): void;
    cancelRequested(): void;
    cancelRejected(reason?: string): void;
    canceled({ reason }?: {
        readonly reason?: string | undefined;
    }): void;
    rejected({ reason }?: {
        readonly reason?: string | undefined;
    }): void;
    denied({ rule }?: {
        readonly rule?: string | undefined;
    }): void;
    expired({ reason }?: {
        readonly reason?: string | undefined;
    }): void;
    replaceRequested(): void;
    replaceRejected(reason?: string): void;
    replaced(terms?: ReplacedTerms): void;
    identified(venueId: string | undefined): void;
    abandon(): void;
    resumed(status: "new" | "partially_filled", { cumQty, venueId }: ResumedState): void;
    private execute;
    private begin;
    private wasSent;
    private newAnswered;
    private requestFailed;
    private close;
    private acknowledgedAt;
    private restingStatus;
    private may;
    private anomaly;
}
export type { OrderReport, OrderReportEvent } from "./order-report.ts";
export type OrderReportEvent = "pending_new" | "new" | "triggered" | "fill" | "bust" | "pending_cancel" | "cancel_rejected" | "canceled" | "pending_replace" | "replace_rejected" | "replaced" | "rejected" | "expired"
 | "status";
export interface OrderReport {
    readonly event: OrderReportEvent;
    readonly clientId?: string | undefined;
    readonly origClientId?: string | undefined;
    readonly venueId?: string | undefined;
    readonly symbol?: string | undefined;
    readonly side?: string | undefined;
    readonly type?: string | undefined;
    readonly qty?: DecimalInput | undefined;
    readonly limit?: DecimalInput | undefined;
    readonly fill?: FillInput | undefined;
    readonly execId?: string | undefined;
    readonly cumQty?: DecimalInput | undefined;
    readonly averagePrice?: DecimalInput | undefined;
    readonly reason?: string | undefined;
}
export type { OrderStatus } from "./order-status.ts";
export type OrderStatus = "initialized" | OpenStatus | EndStatus;
export type { NewOrder } from "./order-terms.ts";
export interface NewOrder {
    readonly clientId?: string | undefined;
    readonly symbol: string;
    readonly side: Side | (string & {});
    readonly type?: OrderType | (string & {}) | undefined;
    readonly qty: DecimalInput;
    readonly limit?: DecimalInput | undefined;
    readonly decisionPrice?: DecimalInput | undefined;
    readonly arrivalPrice?: DecimalInput | undefined;
    readonly timeInForce?: string | undefined;
    readonly currency?: string | undefined;
    readonly decidedAtMs?: number | undefined;
    readonly parent?: Span | Context | undefined;
    readonly links?: readonly Link[] | undefined;
}
export type { Orders, OrdersOptions } from "./orders.ts";
export interface OrdersOptions {
    readonly venue: string;
    readonly strategy?: string;
    readonly adoptUnknown?: boolean;
    readonly portfolio?: Portfolio;
}
export declare class Orders {
    readonly venue: string;
    private readonly series;
    private readonly surroundings;
    private readonly adoptUnknown;
    private readonly host;
    private readonly index;
    private readonly listeners;
    private readonly symbols;
    private created;
    private linked;
    private highPart;
    constructor(options: OrdersOptions, surroundings: OrdersSurroundings);
    get activeCount(): number;
    create(input: NewOrder): Order;
    resume(input: NewOrder & ResumedState & {
        readonly status?: "new" | "partially_filled";
    }): Order;
    find({ clientId, venueId }: {
        readonly clientId?: string | undefined;
        readonly venueId?: string | undefined;
    }): Order | undefined;
    onFill(listener: FillListener): void;
    clientIdFor(span: Span): string;
    apply(report: OrderReport): void;
    private orderOf;
    private hostOfOrders;
    private tell;
    private symbolOf;
    private nextClientId;
    private abandonOldest;
}
export { trading } from "./own-trading.ts";
export declare function trading(options?: TradingOptions): Trading;
export type { BalanceInput, HeldPosition, Portfolio, PortfolioOptions, TradeInput } from "./portfolio.ts";
export interface PortfolioOptions {
    readonly currency: string;
    readonly startingEquity?: DecimalInput;
    readonly day?: string;
}
export interface TradeInput {
    readonly pnl: DecimalInput;
    readonly heldMs?: number | undefined;
    readonly venue?: string | undefined;
    readonly symbol?: string | undefined;
}
export interface BalanceInput {
    readonly venue: string;
    readonly currency: string;
    readonly free?: DecimalInput | undefined;
    readonly locked?: DecimalInput | undefined;
}
export interface HeldPosition {
    readonly venue: string;
    readonly symbol: string;
    readonly currency: string;
    readonly position: Position;
}
export declare class Portfolio implements Disposable {
    readonly strategy: string;
    readonly currency: string;
    private readonly clock;
    private readonly held;
    private readonly rates;
    private readonly balanceOf;
    private readonly drawdownOf;
    private readonly dayOf;
    private readonly unobserve;
    private readonly startingEquity;
    private earned;
    private unrealizedNow;
    private day;
    private equityAtDayStart;
    private losses;
    constructor(strategy: string, options: PortfolioOptions, clock: PortfolioClock & {
        readonly changed: () => void;
    });
    onFill(order: Order, fill: Fill, { reversed }?: {
        readonly reversed?: boolean;
    }): void;
    mark(symbol: string, price: DecimalInput, { venue }?: {
        readonly venue?: string;
    }): void;
    rate(currency: string, price: DecimalInput): void;
    trade({ pnl, heldMs, venue, symbol }: TradeInput): void;
    balance(balance: BalanceInput): void;
    get balances(): Iterable<BalanceInput>;
    get positions(): Iterable<HeldPosition>;
    size(venue: string, symbol: string): Decimal;
    get equity(): number;
    get realized(): Decimal;
    get unrealized(): number;
    get drawdown(): {
        readonly current: number;
        readonly max: number;
    };
    get dayPnl(): number;
    get consecutiveLosses(): number;
    [Symbol.dispose](): void;
    private heldBy;
    private forgetFlat;
    private feeOf;
    private converted;
    private tripClosed;
    private countTrade;
    private revalue;
    private turnDay;
}
export type { Position } from "./position.ts";
export declare class Position {
    size: Decimal;
    cost: Decimal;
    private markPrice;
    private tripPnl;
    private tripFees;
    private openedAtMs;
    get mark(): Decimal | undefined;
    markAt(price: Decimal): void;
    apply({ qty, price, fee, atMs }: PositionFill): PositionChange;
    value(): Decimal;
    unrealized(): Decimal;
    private openTrip;
    private open;
    private close;
}
export { type ReconnectingSocket, type ReconnectingSocketOptions, reconnectingSocket } from "./reconnecting-socket.ts";
export interface ReconnectingSocketOptions {
    readonly url: string | (() => string | Promise<string>);
    readonly protocols?: readonly string[];
    readonly onOpen?: (socket: WebSocket) => void | Promise<void>;
    readonly onMessage?: (data: string | ArrayBuffer | Blob) => VenueMessage | undefined;
    readonly onGap?: (message: VenueMessage) => void;
    readonly backOff?: BackOffOptions;
    readonly connectTimeoutMs?: number;
    readonly silenceTimeoutMs?: number;
    readonly onLongLoss?: (lostMs: number) => void;
    readonly longLossAfterMs?: number;
}
export interface ReconnectingSocket extends Disposable {
    readonly socket: WebSocket | undefined;
    send(data: string | Uint8Array<ArrayBuffer>): boolean;
    reconnect(reason?: DisconnectReason): void;
    close(): void;
}
export declare function reconnectingSocket(connection: VenueConnection, options: ReconnectingSocketOptions): ReconnectingSocket;
export { errorReason, type RejectReason, rejectReason } from "./reject-reason.ts";
export type RejectReason = "insufficient_funds" | "invalid_order" | "duplicate_order" | "unknown_order" | "too_late" | "rate_limit" | "exchange_unavailable" | "maintenance" | "permission" | "network" | "timeout" | "risk" | "other";
export declare function rejectReason(text: unknown): RejectReason;
export declare function errorReason(error: unknown): RejectReason;
export type { Tick } from "./tick-to-trade.ts";
export interface Tick {
    readonly receivedAtMs: number;
    decided(): this;
    sent(): void;
}
export { createTrading, type RateLimitUse, type Trading, type TradingOptions } from "./trading.ts";
export interface TradingOptions {
    readonly strategy?: string;
    readonly symbols?: readonly string[];
    readonly maxOpenOrders?: number;
    readonly traces?: boolean;
    readonly segmentAfterMs?: number;
    readonly logs?: OrderLogging;
    readonly interventions?: readonly InterventionRule[];
    readonly dryRun?: boolean;
    readonly onIntervention?: (intervention: Intervention) => void;
    readonly now?: () => number;
    readonly wallClock?: () => number;
}
export interface Trading extends Disposable {
    readonly strategy: string;
    readonly state: TradingState;
    orders(options: OrdersOptions): Orders;
    portfolio(options: PortfolioOptions): Portfolio;
    connection(options: ConnectionOptions): VenueConnection;
    onTick(venue: string, receivedAtMs?: number): Tick;
    rateLimit(use: RateLimitUse): void;
    halt(reason?: string): void;
    reduce(reason?: string): void;
    resume(): void;
    breach(rule: string): void;
    setTracerProvider(provider: TracerProvider): void;
}
export interface RateLimitUse {
    readonly venue: string;
    readonly limit: string;
    readonly used: number;
    readonly allowed: number;
}
export declare function createTrading(options?: TradingOptions): Trading;
export type { TradingState } from "./trading-state.ts";
export type TradingState = "active" | "reducing" | "halted";
export type { ConnectionOptions, ConnectionState, DisconnectReason, VenueConnection, VenueMessage, } from "./venue-connection.ts";
export type ConnectionState = "connected" | "connecting" | "degraded" | "disconnected";
export type DisconnectReason = "server_close" | "ping_timeout" | "stale" | "network" | "auth" | "rate_limit" | "maintenance" | "manual";
export interface ConnectionOptions {
    readonly venue: string;
    readonly channel: string;
    readonly staleAfterMs?: number;
    readonly deadAfterMs?: number;
}
export interface VenueMessage {
    readonly symbol?: string | undefined;
    readonly eventTime?: number | undefined;
    readonly seq?: number | undefined;
    readonly firstSeq?: number | undefined;
}
export declare class VenueConnection implements Disposable {
    readonly venue: string;
    readonly channel: string;
    private readonly clock;
    private readonly staleAfterMs;
    private readonly deadAfterMs;
    private readonly received;
    private readonly latency;
    private readonly gaps;
    private readonly unobserve;
    private readonly symbols;
    private openedAt;
    private link;
    private lastMessageAt;
    private startedAt;
    private wasConnected;
    private lastReason;
    private offsetMs;
    private downMs;
    private downSince;
    constructor(options: ConnectionOptions, clock: ConnectionClock);
    get state(): ConnectionState;
    connecting(): void;
    connected(): void;
    disconnected({ code, reason }?: {
        readonly code?: number;
        readonly reason?: DisconnectReason;
    }): void;
    message({ symbol, eventTime, seq, firstSeq }?: VenueMessage): boolean;
    clockOffset(offsetMs: number): void;
    get clockOffsetMs(): number | undefined;
    get downtimeMs(): number;
    ages(): Generator<readonly [symbol: string | undefined, ageMs: number]>;
    [Symbol.dispose](): void;
    private silentMs;
    private goDown;
    private endSilence;
    private countConnect;
    private recordLatency;
    private symbolOf;
    private attributes;
}
