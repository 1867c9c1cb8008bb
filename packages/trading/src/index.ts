export type { BackOffOptions } from "./back-off.ts";
export { Decimal, type DecimalInput, decimal } from "./decimal.ts";
export type { Fill, FillInput } from "./fill.ts";
export type { Intervention, InterventionRule } from "./interventions.ts";
export type { Order } from "./order.ts";
export type { OrderReport, OrderReportEvent } from "./order-report.ts";
export type { OrderStatus } from "./order-status.ts";
export type { NewOrder } from "./order-terms.ts";
export type { Orders, OrdersOptions } from "./orders.ts";
export { trading } from "./own-trading.ts";
export type { BalanceInput, HeldPosition, Portfolio, PortfolioOptions, TradeInput } from "./portfolio.ts";
export type { Position } from "./position.ts";
export { type ReconnectingSocket, type ReconnectingSocketOptions, reconnectingSocket } from "./reconnecting-socket.ts";
export { errorReason, type RejectReason, rejectReason } from "./reject-reason.ts";
export type { Tick } from "./tick-to-trade.ts";
export { createTrading, type RateLimitUse, type Trading, type TradingOptions } from "./trading.ts";
export type { TradingState } from "./trading-state.ts";
export type {
  ConnectionOptions,
  ConnectionState,
  DisconnectReason,
  VenueConnection,
  VenueMessage,
} from "./venue-connection.ts";
