export { Decimal, type DecimalInput, decimal } from "./decimal.ts";
export type { Fill, FillInput } from "./fill.ts";
export type { Order } from "./order.ts";
export type { OrderReport, OrderReportEvent } from "./order-report.ts";
export type { OrderStatus } from "./order-status.ts";
export type { NewOrder } from "./order-terms.ts";
export type { Orders, OrdersOptions } from "./orders.ts";
export { createTrading, type Trading, type TradingOptions } from "./trading.ts";
