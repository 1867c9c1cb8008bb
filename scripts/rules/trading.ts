import { catalogue as trading } from "../../packages/trading/src/catalogue.ts";
import type { RuleGroup } from "../alert.ts";
import { selectors, stored } from "../series.ts";

const { series, buckets } = selectors();

const feed = { "trading.venue": "binance", "trading.channel": "trades" } as const;
const feedLabels = { instance: "a", trading_venue: "binance", trading_channel: "trades" };
const strategy = { "trading.strategy": "grid-1" } as const;
const strategyLabels = { instance: "a", trading_strategy: "grid-1" };
const symbol = { "trading.symbol": "BTC/USDT" } as const;

/** A connection that is open and silent counts as disconnected after a while; MarketDataStale has told that by then. */
const UNLESS_SILENT = `unless on (instance, trading_venue, trading_channel) ${series(trading.marketDataStaleness)} > 30`;

export const group: RuleGroup = {
  domain: "trading",
  title: "Trading",
  alerts: [
    {
      name: "ExchangeDisconnected",
      expr: `${series(trading.connectionStatus, { "trading.connection.state": "disconnected" })} == 1 ${UNLESS_SILENT}`,
      for: "30s",
      severity: "critical",
      summary: "No connection to {{ $labels.trading_venue }} ({{ $labels.trading_channel }})",
      meaning:
        "The connection is gone and was not made again within 30 s. Orders may fill without this process knowing.",
      steps: [
        "The venue's status page: is it down for everybody?",
        "trading.connection.reconnects by reason: auth, rate_limit, network or maintenance.",
        "Cancel or hedge what is open over another way before trading goes on; reconcile orders afterwards.",
      ],
      fires: {
        samples: {
          [stored(trading.connectionStatus, { ...feed, "trading.connection.state": "disconnected" })]: "0 1x6",
        },
        at: "2m",
        labels: { ...feedLabels, trading_connection_state: "disconnected" },
      },
      silent: {
        samples: {
          [stored(trading.connectionStatus, { ...feed, "trading.connection.state": "disconnected" })]: "0 0 1x6",
          [stored(trading.marketDataStaleness, { ...feed, ...symbol })]: "5 35+30x6",
        },
        at: "3m",
      },
    },
    {
      name: "MarketDataStale",
      expr: `${series(trading.marketDataStaleness)} > 30`,
      severity: "critical",
      summary: "No data from {{ $labels.trading_venue }} for over 30 s",
      meaning: "The connection is open, but prices are older than 30 s: decisions are made on the past.",
      steps: ["Stop quoting on this venue.", "Close the connection so that it is made anew; tell the venue."],
      fires: {
        samples: { [stored(trading.marketDataStaleness, { ...feed, ...symbol })]: "1 5 11 12 31 40" },
        at: "2m",
        labels: { ...feedLabels, trading_symbol: "BTC/USDT" },
      },
      silent: {
        samples: { [stored(trading.marketDataStaleness, { ...feed, ...symbol })]: "1 5 11 12 31 40" },
        at: "1m30s",
      },
    },
    {
      name: "MarketDataSlow",
      // A feed that falls silent is in between for 20 s, and then stale.
      expr: `max_over_time(${series(trading.marketDataStaleness)}[2m]) > 10 <= 30`,
      for: "30s",
      severity: "warning",
      summary: "Slow data from {{ $labels.trading_venue }}",
      meaning: "Messages come, but with pauses of more than 10 s between them.",
      steps: ["Is the market quiet, or only this venue? Compare trading.market_data.messages of the others."],
      fires: {
        samples: { [stored(trading.marketDataStaleness, { ...feed, ...symbol })]: "1 11 2 18 3 12 1 17" },
        at: "2m",
        labels: { ...feedLabels, trading_symbol: "BTC/USDT" },
      },
      silent: {
        samples: { [stored(trading.marketDataStaleness, { ...feed, ...symbol })]: "1 25 55 85 115 145" },
        at: "2m",
      },
    },
    {
      name: "ReconnectStorm",
      expr: `sum by (instance, trading_venue) (increase(${series(trading.connectionReconnects)}[10m])) > 5`,
      severity: "warning",
      summary: "More than 5 reconnects to {{ $labels.trading_venue }} in 10 min",
      meaning: "The connection is made again and again and does not last.",
      steps: ["The reason label tells who closes it; rate_limit or auth call for a longer back-off."],
      fires: {
        samples: { [stored(trading.connectionReconnects, { ...feed, "trading.reason": "network" })]: "0+1x20" },
        at: "8m",
        labels: { instance: "a", trading_venue: "binance" },
      },
      silent: {
        samples: { [stored(trading.connectionReconnects, { ...feed, "trading.reason": "network" })]: "0 1 2 2x20" },
        at: "8m",
      },
    },
    {
      name: "LargeDailyLoss",
      expr: `${series(trading.pnlPeriod, { "trading.period": "day" })} < -5000`,
      severity: "critical",
      summary: "Daily P&L of {{ $labels.trading_strategy }} is {{ $value }}",
      meaning:
        "The strategy lost more than 5,000 (in the currency of its portfolio) since the day began, fees included.",
      steps: ["Halt the strategy unless its loss is understood.", "Look at the trades of the day and at slippage."],
      fires: {
        samples: {
          [stored(trading.pnlPeriod, { ...strategy, "trading.currency": "USD", "trading.period": "day" })]:
            "1500 -4999 -6000x10",
        },
        at: "1m",
        labels: { ...strategyLabels, trading_currency: "USD", trading_period: "day" },
        value: "-6000",
      },
      silent: {
        samples: {
          [stored(trading.pnlPeriod, { ...strategy, "trading.currency": "USD", "trading.period": "day" })]:
            "1500 -4999 -6000x10",
        },
        at: "30s",
      },
    },
    {
      name: "ConsecutiveLosses",
      expr: `${series(trading.lossesConsecutive)} >= 5`,
      severity: "warning",
      summary: "{{ $value }} losing trades in a row ({{ $labels.trading_strategy }})",
      meaning: "Five round trips in a row lost money after fees.",
      steps: ["Is the market different from what the strategy was made for? Reduce its size until that is known."],
      fires: {
        samples: { [stored(trading.lossesConsecutive, strategy)]: "0 1 2 3 4 5 6" },
        at: "3m",
        labels: strategyLabels,
        value: "6",
      },
      silent: { samples: { [stored(trading.lossesConsecutive, strategy)]: "0 1 2 3 4 0 1" }, at: "3m" },
    },
    {
      name: "LargePosition",
      expr: `abs(${series(trading.positionSize)}) > 10`,
      severity: "warning",
      summary: "Position of {{ $value }} {{ $labels.trading_symbol }}",
      meaning: "A position, long or short, is larger than 10 base units. Set the number to what yours may be.",
      steps: ["Intended? Else look for a strategy that doubles, or for a fill that came twice."],
      fires: {
        samples: { [stored(trading.positionSize, { "trading.venue": "binance", ...symbol })]: "2.5 -15x10" },
        at: "1m",
        labels: { instance: "a", trading_venue: "binance", trading_symbol: "BTC/USDT" },
        value: "15",
      },
      silent: {
        samples: { [stored(trading.positionSize, { "trading.venue": "binance", ...symbol })]: "2.5 -9x10" },
        at: "1m",
      },
    },
    {
      name: "DrawdownHigh",
      expr: `${series(trading.drawdownCurrent)} > 0.1`,
      for: "1m",
      severity: "critical",
      summary: "Drawdown above 10 % ({{ $labels.trading_strategy }})",
      meaning: "The equity is more than a tenth below its peak.",
      steps: ["Halt or reduce the strategy; decide with whoever owns the risk before it goes on."],
      fires: {
        samples: { [stored(trading.drawdownCurrent, strategy)]: "0.05 0.12x10" },
        at: "3m",
        labels: strategyLabels,
      },
      silent: { samples: { [stored(trading.drawdownCurrent, strategy)]: "0.05 0.12 0.08x10" }, at: "3m" },
    },
    {
      name: "OrderRejectRateHigh",
      expr: `sum by (instance, trading_venue) (rate(${series(trading.ordersClosed, { "trading.order.status": "rejected" })}[5m])) / sum by (instance, trading_venue) (rate(${series(trading.ordersPlaced)}[5m])) > 0.1 and sum by (instance, trading_venue) (increase(${series(trading.ordersPlaced)}[5m])) >= 20`,
      for: "2m",
      severity: "warning",
      summary: "Over 10 % of orders rejected by {{ $labels.trading_venue }}",
      meaning: "The venue refuses more than every tenth order, of at least 20 in five minutes.",
      steps: ["error.type of trading.orders.closed tells why: insufficient_funds, invalid_order, rate_limit, …"],
      fires: { samples: rejections("0+3x30"), at: "10m", labels: { instance: "a", trading_venue: "binance" } },
      silent: { samples: rejections("0+0.2x30"), at: "10m" },
    },
    {
      name: "OrderAckSlow",
      expr: `histogram_quantile(0.99, sum by (instance, trading_venue, le) (rate(${buckets(trading.orderStageDuration, { "trading.order.stage": "ack" })}[5m]))) > 1`,
      for: "5m",
      severity: "warning",
      summary: "p99 order acknowledgement over 1 s on {{ $labels.trading_venue }}",
      meaning: "One order in a hundred waits more than a second for the venue to say that it has it.",
      steps: [
        "Compare with trading.clock.offset and the event loop delay: is it the venue, the way to it, or this process?",
      ],
      fires: { samples: acknowledgements("0+8x30"), at: "12m", labels: { instance: "a", trading_venue: "binance" } },
      silent: { samples: acknowledgements("0+10x30"), at: "12m" },
    },
    {
      name: "AdverseSlippageHigh",
      expr: `histogram_quantile(0.9, sum by (instance, trading_venue, le) (rate(${buckets(trading.orderSlippage, { "trading.direction": "adverse" })}[30m]))) > 20`,
      for: "10m",
      severity: "warning",
      summary: "p90 adverse slippage over 20 bp on {{ $labels.trading_venue }}",
      meaning: "Every tenth order that slips is filled more than 20 basis points worse than its benchmark.",
      steps: [
        "Thin book, too large orders, or late decisions? Compare with tick-to-trade and with market data latency.",
      ],
      fires: { samples: slippage("0+5x120"), at: "45m", labels: { instance: "a", trading_venue: "binance" } },
      silent: { samples: slippage("0+10x120"), at: "45m" },
    },
    {
      name: "OrderLifecycleAnomaly",
      expr: `increase(${series(trading.orderAnomalies, { "trading.anomaly": ["overfill", "invalid_transition", "unknown_order"] })}[10m]) > 0`,
      severity: "critical",
      summary: "{{ $labels.trading_anomaly }} on {{ $labels.trading_venue }}",
      meaning: "The venue told of something that cannot happen to the orders that this process knows.",
      steps: [
        "overfill and unknown_order: reconcile positions with the venue at once.",
        "invalid_transition: the order log has the events of the order in their sequence.",
      ],
      fires: {
        samples: anomaly("overfill"),
        at: "2m",
        labels: { instance: "a", trading_venue: "binance", trading_anomaly: "overfill" },
      },
      // A late fill is a fact of life: it is counted, and nobody is woken.
      silent: { samples: anomaly("late_fill"), at: "2m" },
    },
    {
      name: "TradingHalted",
      expr: `${series(trading.tradingState, { "trading.state": "halted" })} == 1`,
      severity: "critical",
      summary: "{{ $labels.trading_strategy }} is halted",
      meaning: "Somebody, or a risk rule, stopped the strategy. It places no orders until it is resumed.",
      steps: [
        "trading.risk.breaches and the log record of the halt have the reason.",
        "resume() when it is dealt with.",
      ],
      fires: {
        samples: { [stored(trading.tradingState, { ...strategy, "trading.state": "halted" })]: "0 1x4" },
        at: "1m",
        labels: { ...strategyLabels, trading_state: "halted" },
      },
      silent: {
        samples: {
          [stored(trading.tradingState, { ...strategy, "trading.state": "halted" })]: "0x4",
          [stored(trading.tradingState, { ...strategy, "trading.state": "reducing" })]: "1x4",
        },
        at: "1m",
      },
    },
  ],
};

function rejections(rejected: string): Record<string, string> {
  const venue = { "trading.venue": "binance" } as const;
  return {
    [stored(trading.ordersPlaced, venue)]: "0+10x30",
    [stored(trading.ordersClosed, { ...venue, "trading.order.status": "rejected" })]: rejected,
    [stored(trading.ordersClosed, { ...venue, "trading.order.status": "filled" })]: "0+7x30",
  };
}

function acknowledgements(withinSecond: string): Record<string, string> {
  const of = (le: string) =>
    stored(
      trading.orderStageDuration,
      { "trading.venue": "binance", "trading.order.stage": "ack" },
      { suffix: "_bucket", le },
    );
  return { [of("1.0")]: withinSecond, [of("5.0")]: "0+10x30", [of("+Inf")]: "0+10x30" };
}

function slippage(within20: string): Record<string, string> {
  const of = (le: string) =>
    stored(
      trading.orderSlippage,
      { "trading.venue": "binance", "trading.direction": "adverse" },
      { suffix: "_bucket", le },
    );
  return { [of("20.0")]: within20, [of("50.0")]: "0+10x120", [of("+Inf")]: "0+10x120" };
}

function anomaly(kind: "overfill" | "late_fill"): Record<string, string> {
  return { [stored(trading.orderAnomalies, { "trading.venue": "binance", "trading.anomaly": kind })]: "0 0 1x8" };
}
