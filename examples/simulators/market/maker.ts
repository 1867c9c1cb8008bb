/** A strategy that makes a market: it buys a little below the middle and sells a little above it, one order at a time. */
import type { Order } from "@telltale/trading";
import { priceText } from "./price.ts";
import { quote, type Venue, type VenueWorld } from "./venue.ts";

/** How the strategy behaves at this moment. */
export interface MakerMood {
  /** Crosses the spread instead of earning it. */
  readonly isLosing: boolean;
  /** How much of the price is gone between decision and order, in basis points. */
  readonly lateBasisPoints: number;
  /** Buys and does not sell. */
  readonly isHoarding: boolean;
}

const HALF_SPREAD = 5;
const QUOTE_MS = 3_000;
const SIZE = "0.0100";
/** What it buys at once while it hoards: some fifty orders make 12 BTC. */
const HOARD_SIZE = "0.2500";
const HOARD_LIMIT = 12;

export function makeMarket(venue: Venue, world: VenueWorld, mood: () => MakerMood): void {
  const { clock, random, price, trading, portfolio } = world;
  let open: Order | undefined;
  clock.every(
    () => QUOTE_MS + random.between(-500, 500),
    () => {
      price.move();
      portfolio.mark("BTC/USDT", priceText(price.mid));
      if (open !== undefined && !open.isClosed) return;
      if (trading.state === "halted" || !venue.canTrade) return;
      const tick = trading.onTick(venue.name).decided();
      const { isLosing, lateBasisPoints, isHoarding } = mood();
      const size = Number(portfolio.size(venue.name, "BTC/USDT"));
      const isBuy = isHoarding ? size < HOARD_LIMIT : size <= 0;
      const edge = isLosing ? HALF_SPREAD : -HALF_SPREAD;
      const limit = price.mid + (isBuy ? edge : -edge);
      // Between decision and order the market moves a little anyway, mostly away.
      const late = (limit * (lateBasisPoints + random.normal(0.3, 0.4))) / 10_000;
      const order = venue.orders.create({
        ...quote({ side: isBuy ? "buy" : "sell", qty: quantity(size, { isBuy, isHoarding }), price: limit }),
        decisionPrice: priceText(isBuy ? limit - late : limit + late),
      });
      open = order;
      venue.take(order);
      clock.after(0.6, () => tick.sent());
    },
  );
}

/** A sale closes what there is, in pieces that nobody notices. */
function quantity(
  size: number,
  { isBuy, isHoarding }: { readonly isBuy: boolean; readonly isHoarding: boolean },
): string {
  if (isBuy) return isHoarding ? HOARD_SIZE : SIZE;
  return Math.min(size, Number(HOARD_SIZE)).toFixed(4);
}
