/**
 * A desk that trades at two venues, which can be made to disconnect, to flap, to fall silent, to reject, to answer late and to
 * fill what was canceled: npm run example market -- --help
 */
import { createTrading } from "@telltale/trading";
import { makeMarket } from "./market/maker.ts";
import { Price } from "./market/price.ts";
import { Venue, type VenueCounts, type VenueMood } from "./market/venue.ts";
import { runDirectly } from "./run-simulator.ts";
import { type FaultDescription, type SimulateOptions, simulation } from "./simulation.ts";

const MINUTE_MS = 60_000;

export const faults = {
  disconnect: {
    description: "The venue north is gone, and stays so.",
    alerts: ["ExchangeDisconnected"],
    dueMs: 2 * MINUTE_MS,
  },
  flap: {
    description: "The venue north closes its connection every 50 seconds.",
    alerts: ["ReconnectStorm"],
    dueMs: 8 * MINUTE_MS,
  },
  silence: {
    description: "The venue south is connected and sends nothing.",
    alerts: ["MarketDataStale"],
    dueMs: 2 * MINUTE_MS,
  },
  pauses: {
    description: "The venue south is connected and sends a message every 20 seconds.",
    alerts: ["MarketDataSlow"],
    dueMs: 3 * MINUTE_MS,
  },
  rejects: {
    description: "The venue north rejects four orders of ten.",
    alerts: ["OrderRejectRateHigh"],
    dueMs: 6 * MINUTE_MS,
  },
  "slow-acks": {
    description: "The venue south acknowledges orders after two seconds.",
    alerts: ["OrderAckSlow"],
    dueMs: 8 * MINUTE_MS,
  },
  "late-fills": {
    description: "The venue north fills what was canceled, and tells of it twice.",
    alerts: ["OrderLifecycleAnomaly"],
    dueMs: 10 * MINUTE_MS,
  },
  "late-decisions": {
    description: "The price runs away by 40 basis points between decision and order.",
    alerts: ["AdverseSlippageHigh"],
    dueMs: 20 * MINUTE_MS,
  },
  losing: {
    description: "The strategy pays the spread instead of earning it.",
    alerts: ["ConsecutiveLosses"],
    dueMs: 3 * MINUTE_MS,
  },
  hoard: {
    description: "The strategy buys and does not sell.",
    alerts: ["LargePosition"],
    dueMs: 10 * MINUTE_MS,
  },
  "bad-day": {
    description: "One trade of the strategy maker loses 6,000 of its million.",
    alerts: ["LargeDailyLoss"],
    dueMs: MINUTE_MS,
  },
  drawdown: {
    description: "One trade of the strategy scalper loses 3,000 of its 20,000.",
    alerts: ["DrawdownHigh"],
    dueMs: 3 * MINUTE_MS,
  },
  halt: {
    description: "Somebody halts the strategy maker by hand.",
    alerts: ["TradingHalted"],
    dueMs: MINUTE_MS,
  },
} as const satisfies Readonly<Record<string, FaultDescription>>;

export type MarketFault = keyof typeof faults;

export interface MarketSummary extends VenueCounts {
  readonly simulatedMs: number;
  /** Of both strategies, in USDT. */
  readonly equity: number;
  readonly position: number;
}

export async function simulate(options: SimulateOptions<MarketFault> = {}): Promise<MarketSummary> {
  const { clock, random, has, run } = simulation(options, faults);
  const clocks = { now: clock.now, wallClock: clock.wallClock, logs: "none", traces: false } as const;
  const maker = createTrading({ strategy: "maker", ...clocks });
  const scalper = createTrading({ strategy: "scalper", ...clocks });
  const portfolio = maker.portfolio({ currency: "USDT", startingEquity: 1_000_000 });
  const small = scalper.portfolio({ currency: "USDT", startingEquity: 20_000 });
  const price = new Price(random);
  const world = { clock, random, price, trading: maker, portfolio };

  const calm: VenueMood = {
    isGone: false,
    isFlapping: false,
    isSilent: false,
    isSlow: false,
    rejectShare: 0.01,
    ackMs: 40,
    fillsAgainAfterCancel: false,
  };
  const north = new Venue("north", world, () => ({
    ...calm,
    isGone: has("disconnect"),
    isFlapping: has("flap"),
    rejectShare: has("rejects") ? 0.4 : calm.rejectShare,
    fillsAgainAfterCancel: has("late-fills"),
  }));
  const south = new Venue("south", world, () => ({
    ...calm,
    isSilent: has("silence"),
    isSlow: has("pauses"),
    ackMs: has("slow-acks") ? 2_000 : calm.ackMs,
  }));
  for (const venue of [north, south]) {
    makeMarket(venue, world, () => ({
      isLosing: has("losing"),
      lateBasisPoints: has("late-decisions") ? 40 : 0,
      isHoarding: has("hoard"),
    }));
  }
  once("bad-day", () => portfolio.trade({ pnl: "-6000", venue: "north", symbol: "BTC/USDT" }));
  // Its risk check looks at the day once a minute.
  clock.every(
    () => MINUTE_MS,
    () => {
      if (portfolio.dayPnl < -5_000) maker.breach("day_loss");
    },
  );
  once("drawdown", () => small.trade({ pnl: "-3000", venue: "north", symbol: "BTC/USDT" }));
  clock.every(
    () => 1_000,
    () => {
      if (has("halt")) maker.halt("by hand");
      else if (maker.state === "halted") maker.resume();
    },
  );
  /** Does `work` when the fault begins. */
  function once(fault: MarketFault, work: () => void): void {
    let isDone = false;
    clock.every(
      () => 1_000,
      () => {
        if (!isDone && has(fault)) work();
        isDone ||= has(fault);
      },
    );
  }

  await run();
  const summary = {
    ...sums(north.counts, south.counts),
    simulatedMs: clock.now(),
    equity: portfolio.equity + small.equity,
    position: Number(portfolio.size("north", "BTC/USDT")) + Number(portfolio.size("south", "BTC/USDT")),
  };
  for (const strategy of [maker, scalper]) strategy[Symbol.dispose]();
  return summary;
}

function sums(a: VenueCounts, b: VenueCounts): VenueCounts {
  const keys = Object.keys(a) as (keyof VenueCounts)[];
  return Object.fromEntries(keys.map((key) => [key, a[key] + b[key]])) as unknown as VenueCounts;
}

runDirectly(import.meta.url, {
  name: "market",
  description: "A desk that trades at two venues.",
  faults,
  simulate,
});
