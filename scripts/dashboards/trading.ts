/** Long, as it is data that reads downwards as the page does. */
import { catalogue as trading } from "../../packages/trading/src/catalogue.ts";
import type { Dashboard } from "../dashboard.ts";
import {
  greatest,
  inRange,
  onPage,
  perSecond,
  quantile,
  quantiles,
  share,
  stateNumber,
  total,
} from "../page-queries.ts";
import { group } from "../rules/trading.ts";

const { series, buckets } = onPage;

const states = [
  { value: 0, text: "active", color: "green" },
  { value: 1, text: "reducing", color: "orange" },
  { value: 2, text: "halted", color: "red" },
] as const;
const connections = [
  { value: 0, text: "connected", color: "green" },
  { value: 1, text: "degraded", color: "orange" },
  { value: 2, text: "connecting", color: "blue" },
  { value: 3, text: "disconnected", color: "red" },
] as const;

export const dashboard: Dashboard = {
  name: "trading",
  title: "Trading",
  description: "Profit and risk, orders and their speed, venues and their data.",
  of: trading.tradingState,
  alerts: group.alerts,
  rows: [
    {
      title: "Now",
      panels: [
        {
          kind: "number",
          title: "State",
          description: "The most restricted state of a strategy.",
          unit: "short",
          states,
          queries: { state: `max(${stateNumber(trading.tradingState, "trading.state", states, "trading_strategy")})` },
        },
        {
          kind: "number",
          title: "Equity",
          description: "Balance and unrealized profit, by currency.",
          unit: "short",
          queries: { "{{trading_currency}}": total(series(trading.equity), "trading_currency") },
        },
        {
          kind: "number",
          title: "P&L of the day",
          description: "Fees included, by strategy.",
          unit: "short",
          limits: ["LargeDailyLoss"],
          queries: {
            "{{trading_strategy}}": total(series(trading.pnlPeriod, { "trading.period": "day" }), "trading_strategy"),
          },
        },
        {
          kind: "number",
          title: "Drawdown",
          description: "How far the equity is below its peak.",
          unit: "percentunit",
          limits: ["DrawdownHigh"],
          queries: { drawdown: greatest(series(trading.drawdownCurrent)) },
        },
        {
          kind: "number",
          title: "Open positions",
          description: "Of all strategies.",
          unit: "short",
          queries: { positions: total(series(trading.positionOpen)) },
        },
        {
          kind: "number",
          title: "Active orders",
          description: "Not closed yet.",
          unit: "short",
          queries: { orders: total(series(trading.ordersActive)) },
        },
      ],
    },
    {
      title: "Money",
      panels: [
        {
          kind: "lines",
          title: "P&L",
          description: "Realized since the start, and unrealized at the last mark.",
          unit: "short",
          queries: {
            "{{trading_strategy}} realized": total(series(trading.pnlRealized), "trading_strategy"),
            "{{trading_strategy}} unrealized": total(series(trading.pnlUnrealized), "trading_strategy"),
          },
        },
        {
          kind: "lines",
          title: "Drawdown",
          description: "Now, and the largest since the start.",
          unit: "percentunit",
          min: 0,
          limits: ["DrawdownHigh"],
          queries: {
            "{{trading_strategy}} now": greatest(series(trading.drawdownCurrent), "trading_strategy"),
            "{{trading_strategy}} largest": greatest(series(trading.drawdownMax), "trading_strategy"),
          },
        },
        {
          kind: "lines",
          title: "Exposure",
          description: "Market value of open positions.",
          unit: "short",
          min: 0,
          stacked: true,
          queries: { "{{trading_side}}": total(series(trading.positionExposure), "trading_side") },
        },
        {
          kind: "lines",
          title: "Position sizes",
          description: "In base units; below zero is short.",
          unit: "short",
          queries: {
            "{{trading_venue}} {{trading_symbol}}": total(
              series(trading.positionSize),
              "trading_venue",
              "trading_symbol",
            ),
          },
        },
        {
          kind: "lines",
          title: "Balances",
          description: "Free and locked, by currency.",
          unit: "short",
          queries: {
            "{{trading_currency}} {{trading_balance_state}}": total(
              series(trading.balance),
              "trading_currency",
              "trading_balance_state",
            ),
          },
        },
        {
          kind: "lines",
          title: "Volume and fees",
          description: "Money traded an hour, and fees paid since the start.",
          unit: "short",
          queries: {
            "{{trading_venue}} volume an hour": `3600 * ${perSecond(series(trading.orderVolume), "trading_venue")}`,
            "{{trading_venue}} fees": total(series(trading.orderFees), "trading_venue"),
          },
        },
        {
          kind: "lines",
          title: "Round trips",
          description: "Closed an hour, by their sign.",
          unit: "short",
          width: 8,
          stacked: true,
          min: 0,
          queries: { "{{trading_outcome}}": `3600 * ${perSecond(series(trading.tradesClosed), "trading_outcome")}` },
        },
        {
          kind: "lines",
          title: "Profit, loss and holding time of a round trip",
          description: "Medians.",
          unit: "short",
          width: 8,
          queries: {
            "{{trading_outcome}} amount": quantile(0.5, buckets(trading.tradePnl), "trading_outcome"),
            "{{trading_outcome}} minutes held": `${quantile(0.5, buckets(trading.tradeDuration), "trading_outcome")} / 60`,
          },
        },
        {
          kind: "lines",
          title: "Losses in a row",
          description: "Of each strategy.",
          unit: "short",
          width: 8,
          min: 0,
          limits: ["ConsecutiveLosses"],
          queries: { "{{trading_strategy}}": greatest(series(trading.lossesConsecutive), "trading_strategy") },
        },
      ],
    },
    {
      title: "Orders",
      panels: [
        {
          kind: "lines",
          title: "Orders a minute",
          description: "By what became of them.",
          unit: "short",
          stacked: true,
          min: 0,
          queries: {
            "{{trading_order_status}}": `60 * ${perSecond(series(trading.ordersClosed), "trading_order_status")}`,
          },
        },
        {
          kind: "lines",
          title: "Fill rate",
          description: "Orders filled of those placed.",
          unit: "percentunit",
          min: 0,
          max: 1,
          queries: {
            "{{trading_venue}}": share(
              perSecond(series(trading.ordersClosed, { "trading.order.status": "filled" }), "trading_venue"),
              perSecond(series(trading.ordersPlaced), "trading_venue"),
            ),
          },
        },
        {
          kind: "lines",
          title: "Rejected and denied",
          description: "A minute, by reason.",
          unit: "short",
          min: 0,
          queries: {
            "{{trading_venue}} {{error_type}}": `60 * ${perSecond(series(trading.ordersClosed, { "trading.order.status": ["rejected", "denied"] }), "trading_venue", "error_type")}`,
          },
        },
        {
          kind: "lines",
          title: "Orders that are active",
          description: "By state.",
          unit: "short",
          stacked: true,
          min: 0,
          queries: { "{{trading_order_status}}": total(series(trading.ordersActive), "trading_order_status") },
        },
        {
          kind: "lines",
          title: "Time of a stage",
          description: "p50 and p99 of each stage in the life of an order.",
          unit: "s",
          logarithmic: true,
          queries: quantiles([0.5, 0.9, 0.99], buckets(trading.orderStageDuration), "trading_order_stage"),
        },
        {
          kind: "lines",
          title: "Acknowledgement by venue",
          description: "Until the venue says that it has the order.",
          unit: "s",
          min: 0,
          limits: ["OrderAckSlow"],
          queries: quantiles(
            [0.5, 0.99],
            buckets(trading.orderStageDuration, { "trading.order.stage": "ack" }),
            "trading_venue",
          ),
        },
        {
          kind: "lines",
          title: "Slippage",
          description: "Basis points against the benchmark, by direction.",
          unit: "short",
          min: 0,
          limits: ["AdverseSlippageHigh"],
          queries: quantiles(
            [0.5, 0.9],
            buckets(trading.orderSlippage, { "trading.direction": ["adverse", "favourable"] }),
            "trading_direction",
          ),
        },
        {
          kind: "lines",
          title: "Tick to trade",
          description: "From a market event to the order that it led to.",
          unit: "s",
          min: 0,
          queries: quantiles([0.5, 0.99], buckets(trading.tickToTrade), "trading_strategy"),
        },
        {
          kind: "lines",
          title: "Filled share of an order",
          description: "Mean, when it is closed; fills by liquidity.",
          unit: "short",
          min: 0,
          queries: {
            "{{trading_venue}} filled share": share(
              perSecond(onPage.sum(trading.orderFillRatio), "trading_venue"),
              perSecond(onPage.count(trading.orderFillRatio), "trading_venue"),
            ),
            "{{trading_liquidity}} fills a second": perSecond(series(trading.orderExecutions), "trading_liquidity"),
          },
        },
        {
          kind: "bars",
          title: "Anomalies, breaches and failed requests",
          description: "In the time that is shown.",
          unit: "short",
          queries: {
            "{{trading_venue}} {{trading_anomaly}}": inRange(
              series(trading.orderAnomalies),
              "trading_venue",
              "trading_anomaly",
            ),
            "{{trading_strategy}} breaks {{trading_rule}}": inRange(
              series(trading.riskBreaches),
              "trading_strategy",
              "trading_rule",
            ),
            "{{trading_venue}} {{trading_operation}} fails": inRange(
              series(trading.orderRequests, { "trading.outcome": "error" }),
              "trading_venue",
              "trading_operation",
            ),
          },
        },
      ],
    },
    {
      title: "Venues",
      panels: [
        {
          kind: "states",
          title: "Connections",
          description: "State of each.",
          unit: "short",
          states: connections,
          queries: {
            "{{trading_venue}} {{trading_channel}}": stateNumber(
              trading.connectionStatus,
              "trading.connection.state",
              connections,
              "trading_venue",
              "trading_channel",
            ),
          },
        },
        {
          kind: "states",
          title: "Trading state",
          description: "Of each strategy.",
          unit: "short",
          states,
          queries: {
            "{{trading_strategy}}": stateNumber(trading.tradingState, "trading.state", states, "trading_strategy"),
          },
        },
        {
          kind: "lines",
          title: "Age of market data",
          description: "The oldest last message of a venue.",
          unit: "s",
          min: 0,
          limits: ["MarketDataSlow", "MarketDataStale"],
          queries: { "{{trading_venue}}": greatest(series(trading.marketDataStaleness), "trading_venue") },
        },
        {
          kind: "lines",
          title: "Messages",
          description: "Received a second, and gaps that called for a resync.",
          unit: "cps",
          min: 0,
          queries: {
            "{{trading_venue}} {{trading_channel}}": perSecond(
              series(trading.marketDataMessages),
              "trading_venue",
              "trading_channel",
            ),
            "{{trading_venue}} gaps": perSecond(series(trading.marketDataGaps), "trading_venue"),
          },
        },
        {
          kind: "lines",
          title: "Latency of market data",
          description: "From the venue's time of an event to its receipt.",
          unit: "s",
          min: 0,
          queries: quantiles([0.5, 0.99], buckets(trading.marketDataLatency), "trading_venue"),
        },
        {
          kind: "lines",
          title: "Reconnects and downtime",
          description: "Reconnects in ten minutes by reason; share of the time without a connection.",
          unit: "short",
          min: 0,
          queries: {
            "{{trading_venue}} {{trading_reason}}": `sum by (trading_venue, trading_reason) (increase(${series(trading.connectionReconnects)}[10m]))`,
            "{{trading_venue}} share of time down": perSecond(series(trading.connectionDowntime), "trading_venue"),
          },
        },
        {
          kind: "lines",
          title: "Time to connect",
          description: "And to subscribe again.",
          unit: "s",
          min: 0,
          queries: quantiles([0.5, 0.99], buckets(trading.connectDuration), "trading_venue"),
        },
        {
          kind: "lines",
          title: "Rate limits and clocks",
          description: "Weight used of what the venue allows; the venue's clock minus the local one, in seconds.",
          unit: "short",
          queries: {
            "{{trading_venue}} {{trading_limit}}": greatest(
              series(trading.rateLimitUtilization),
              "trading_venue",
              "trading_limit",
            ),
            "{{trading_venue}} clock": greatest(series(trading.clockOffset), "trading_venue"),
          },
        },
      ],
    },
  ],
};
