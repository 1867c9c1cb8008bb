import { bounded, type Catalogue } from "@telltale/metrics";

/** Every metric of this package; the table in README.md is made from it. */
export const catalogue = {
  ordersPlaced: {
    kind: "counter",
    name: "trading.orders.placed",
    unit: "{order}",
    description: "Orders handed to the venue adapter, and those that the local risk check denied.",
    attributes: { ...venue(), ...symbol(), ...side(), ...orderType(), ...strategy() },
  },
  ordersClosed: {
    kind: "counter",
    name: "trading.orders.closed",
    unit: "{order}",
    description: "Orders that reached an end state; `error.type` says why they were rejected or denied.",
    attributes: {
      ...venue(),
      ...symbol(),
      ...side(),
      ...orderType(),
      ...strategy(),
      "trading.order.status": ["filled", "canceled", "rejected", "expired", "denied", "abandoned"],
      ...errorType(),
    },
  },
  ordersActive: {
    kind: "upDownCounter",
    name: "trading.orders.active",
    unit: "{order}",
    description: "Orders that are not closed yet, by state.",
    attributes: {
      ...venue(),
      ...symbol(),
      "trading.order.status": ["pending_new", "new", "partially_filled", "pending_cancel", "pending_replace"],
    },
  },
  orderExecutions: {
    kind: "counter",
    name: "trading.order.executions",
    unit: "{execution}",
    description: "Single fills; an order that is filled in three parts has three.",
    attributes: { ...venue(), ...symbol(), ...side(), "trading.liquidity": ["maker", "taker", "unknown"] },
  },
  orderVolume: {
    kind: "counter",
    name: "trading.order.volume",
    unit: "{currency}",
    description: "Notional traded: the sum of price times quantity.",
    attributes: { ...venue(), ...symbol(), ...side(), ...currency() },
  },
  orderFees: {
    kind: "upDownCounter",
    name: "trading.order.fees",
    unit: "{currency}",
    description: "Fees paid; rebates subtract.",
    attributes: { ...venue(), ...currency() },
  },
  orderFillRatio: {
    kind: "histogram",
    name: "trading.order.fill_ratio",
    unit: "1",
    description: "Filled quantity as a share of the order's, when it is closed.",
    attributes: { ...venue(), ...orderType() },
    boundaries: [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1],
  },
  orderStageDuration: {
    kind: "histogram",
    name: "trading.order.stage.duration",
    unit: "s",
    description: "Time of a stage in the life of an order; a stage that was skipped is not recorded.",
    attributes: {
      ...venue(),
      ...orderType(),
      "trading.order.stage": ["decide", "submit", "ack", "first_fill", "fill", "cancel", "replace", "total"],
    },
    boundaries: stageBoundaries(),
  },
  orderSlippage: {
    kind: "histogram",
    name: "trading.order.slippage",
    unit: "{bp}",
    description: "Distance of the average fill from a benchmark price, in basis points; the direction has the sign.",
    attributes: {
      ...venue(),
      ...symbol(),
      ...side(),
      "trading.benchmark": ["decision", "arrival", "limit"],
      "trading.direction": ["adverse", "favourable", "none"],
    },
    boundaries: [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 250, 500],
  },
  orderRequests: {
    kind: "counter",
    name: "trading.order.requests",
    unit: "{request}",
    description: "Requests to the venue and how they ended.",
    attributes: {
      ...venue(),
      "trading.operation": ["new", "cancel", "replace", "status"],
      "trading.outcome": ["ok", "error"],
      ...errorType(),
    },
  },
  orderAnomalies: {
    kind: "counter",
    name: "trading.order.anomalies",
    unit: "{event}",
    description: "Events in the life of an order that should not happen.",
    attributes: {
      ...venue(),
      "trading.anomaly": [
        "overfill",
        "duplicate_execution",
        "late_fill",
        "invalid_transition",
        "unknown_order",
        "abandoned",
      ],
    },
  },
  positionOpen: {
    kind: "upDownCounter",
    name: "trading.position.open",
    unit: "{position}",
    description: "Open positions.",
    attributes: { ...venue(), ...strategy() },
  },
  positionSize: {
    kind: "gauge",
    name: "trading.position.size",
    unit: "{unit}",
    description: "Size of a position in base units; below zero it is short.",
    attributes: { ...venue(), ...symbol() },
  },
  positionExposure: {
    kind: "gauge",
    name: "trading.position.exposure",
    unit: "{currency}",
    description: "Market value of the open positions.",
    attributes: { ...venue(), "trading.side": ["long", "short"], ...currency() },
  },
  pnlRealized: {
    kind: "upDownCounter",
    name: "trading.pnl.realized",
    unit: "{currency}",
    description: "Realized profit and loss since the start, before fees.",
    attributes: { ...venue(), ...strategy(), ...currency() },
  },
  pnlUnrealized: {
    kind: "gauge",
    name: "trading.pnl.unrealized",
    unit: "{currency}",
    description: "Profit and loss of the open positions at the last mark.",
    attributes: { ...venue(), ...strategy(), ...currency() },
  },
  pnlPeriod: {
    kind: "gauge",
    name: "trading.pnl.period",
    unit: "{currency}",
    description: "Change of the equity, fees included, since the period began.",
    attributes: { ...strategy(), ...currency(), "trading.period": ["day"] },
  },
  balance: {
    kind: "gauge",
    name: "trading.balance",
    unit: "{currency}",
    description: "Balance of the account.",
    attributes: { ...venue(), ...currency(), "trading.balance.state": ["free", "locked"] },
  },
  equity: {
    kind: "gauge",
    name: "trading.equity",
    unit: "{currency}",
    description: "Balance plus unrealized profit and loss.",
    attributes: { ...venue(), ...currency() },
  },
  drawdownCurrent: {
    kind: "gauge",
    name: "trading.drawdown.current",
    unit: "1",
    description: "How far the equity is below its peak, as a share of the peak.",
    attributes: strategy(),
  },
  drawdownMax: {
    kind: "gauge",
    name: "trading.drawdown.max",
    unit: "1",
    description: "Largest drawdown since the start.",
    attributes: strategy(),
  },
  tradesClosed: {
    kind: "counter",
    name: "trading.trades.closed",
    unit: "{trade}",
    description: "Round trips closed, by the sign of their profit after fees.",
    attributes: { ...venue(), ...symbol(), ...strategy(), ...outcome() },
  },
  tradePnl: {
    kind: "histogram",
    name: "trading.trade.pnl",
    unit: "{currency}",
    description: "Profit or loss of a round trip after fees; the outcome has the sign.",
    attributes: { ...strategy(), ...currency(), ...outcome() },
    boundaries: [0.01, 0.1, 1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000, 100_000],
  },
  tradeDuration: {
    kind: "histogram",
    name: "trading.trade.duration",
    unit: "s",
    description: "How long a round trip was held.",
    attributes: { ...strategy(), ...outcome() },
    boundaries: [0.1, 1, 10, 60, 300, 900, 3_600, 14_400, 86_400, 604_800],
  },
  lossesConsecutive: {
    kind: "gauge",
    name: "trading.losses.consecutive",
    unit: "{trade}",
    description: "Losing trades in a row, up to now.",
    attributes: strategy(),
  },
  connectionStatus: {
    kind: "upDownCounter",
    name: "trading.connection.status",
    unit: "1",
    description: "1 for the state that a connection to a venue is in, 0 for the others.",
    attributes: {
      ...venue(),
      ...channel(),
      "trading.connection.state": ["connected", "connecting", "degraded", "disconnected"],
    },
  },
  connectionReconnects: {
    kind: "counter",
    name: "trading.connection.reconnects",
    unit: "{reconnect}",
    description: "Connections that were made again, by the reason why the one before ended.",
    attributes: {
      ...venue(),
      ...channel(),
      "trading.reason": [
        "server_close",
        "ping_timeout",
        "stale",
        "network",
        "auth",
        "rate_limit",
        "maintenance",
        "manual",
      ],
    },
  },
  connectDuration: {
    kind: "histogram",
    name: "trading.connection.connect.duration",
    unit: "s",
    description: "Time to connect and to subscribe again.",
    attributes: { ...venue(), ...channel(), "trading.outcome": ["ok", "error"] },
    boundaries: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
  connectionDowntime: {
    kind: "counter",
    name: "trading.connection.downtime",
    unit: "s",
    description: "Time without a usable connection.",
    attributes: { ...venue(), ...channel() },
  },
  marketDataMessages: {
    kind: "counter",
    name: "trading.market_data.messages",
    unit: "{message}",
    description: "Messages received.",
    attributes: { ...venue(), ...channel() },
  },
  marketDataStaleness: {
    kind: "gauge",
    name: "trading.market_data.staleness",
    unit: "s",
    description: "Age of the last message of a connection that is open.",
    attributes: { ...venue(), ...channel(), ...symbol() },
  },
  marketDataLatency: {
    kind: "histogram",
    name: "trading.market_data.latency",
    unit: "s",
    description: "From the venue's time of an event to its receipt, corrected by the clock's offset.",
    attributes: { ...venue(), ...channel() },
    boundaries: [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
  },
  marketDataGaps: {
    kind: "counter",
    name: "trading.market_data.gaps",
    unit: "{gap}",
    description: "Gaps in the sequence of messages that called for a resync.",
    attributes: { ...venue(), ...channel() },
  },
  tickToTrade: {
    kind: "histogram",
    name: "trading.tick_to_trade.duration",
    unit: "s",
    description: "From the receipt of a market event to the sending of an order.",
    attributes: { ...venue(), ...strategy() },
    boundaries: stageBoundaries(),
  },
  clockOffset: {
    kind: "gauge",
    name: "trading.clock.offset",
    unit: "s",
    description: "The venue's clock minus the local one.",
    attributes: venue(),
  },
  clockErrors: {
    kind: "counter",
    name: "trading.clock.errors",
    unit: "{error}",
    description: "Durations that were not recorded because their end was before their start.",
    attributes: venue(),
  },
  rateLimitUtilization: {
    kind: "gauge",
    name: "trading.rate_limit.utilization",
    unit: "1",
    description: "Weight that was used as a share of what the venue allows.",
    attributes: { ...venue(), "trading.limit": bounded(50) },
  },
  tradingState: {
    kind: "upDownCounter",
    name: "trading.state",
    unit: "1",
    description: "1 for the state that trading is in, 0 for the others.",
    attributes: { ...strategy(), "trading.state": ["active", "reducing", "halted"] },
  },
  riskBreaches: {
    kind: "counter",
    name: "trading.risk.breaches",
    unit: "{breach}",
    description: "Risk rules that were broken.",
    attributes: { ...strategy(), "trading.rule": bounded(100) },
  },
} as const satisfies Catalogue;

function venue() {
  return { "trading.venue": bounded(50) } as const;
}

function symbol() {
  return { "trading.symbol": bounded(500) } as const;
}

function side() {
  return { "trading.side": ["buy", "sell"] } as const;
}

function orderType() {
  return {
    "trading.order.type": ["market", "limit", "stop", "stop_limit", "trailing_stop", "other"],
  } as const;
}

function strategy() {
  return { "trading.strategy": bounded(50) } as const;
}

function currency() {
  return { "trading.currency": bounded(50) } as const;
}

function channel() {
  return { "trading.channel": bounded(50) } as const;
}

function outcome() {
  return { "trading.outcome": ["win", "loss", "breakeven"] } as const;
}

/** Of FIX OrdRejReason (103) and CxlRejReason (102), of ccxt's error classes, and the rules of a local risk check. */
function errorType() {
  return {
    "error.type": [
      "insufficient_funds",
      "invalid_order",
      "duplicate_order",
      "unknown_order",
      "too_late",
      "rate_limit",
      "exchange_unavailable",
      "maintenance",
      "permission",
      "network",
      "timeout",
      "risk",
      "other",
    ],
  } as const;
}

/** From the 10 µs of a colocated strategy to the 10 minutes of a resting order. */
function stageBoundaries() {
  return [0.00001, 0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10, 60, 600] as const;
}
