/** What a trader asks for, after `parseOrder` has checked it. */
export interface OrderRequest {
  readonly symbol: string;
  readonly side: "buy" | "sell";
  /** Whole units of the symbol. */
  readonly quantity: number;
  /** The worst price that the trader accepts, in dollars a unit. */
  readonly limitPrice: number;
  readonly trader: string;
}

export type OrderStatus = "new" | "filled" | "rejected" | "failed";

export interface Order extends OrderRequest {
  readonly id: string;
  readonly status: OrderStatus;
  /** Dollars a unit; null until filled. */
  readonly price: number | null;
  /** Why it was rejected or failed. */
  readonly reason: string | null;
  readonly createdAt: string;
}

/** The symbols that the exchange lists, with the price each starts from in dollars. */
export const listedPrices: Readonly<Record<string, number>> = { ACME: 120, GLOBEX: 48.5, INITECH: 17.25, HOOLI: 310 };

const MAX_QUANTITY = 10_000;

/** The order in a request body, or one sentence for each thing wrong with it. */
export function parseOrder(body: unknown): { readonly order: OrderRequest } | { readonly problems: readonly string[] } {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return { problems: ["the body must be a JSON object, sent with content-type: application/json"] };
  }
  const { symbol, side, quantity, limitPrice, trader = "you" } = body as Record<string, unknown>;
  const problems: string[] = [];
  if (typeof symbol !== "string" || !Object.hasOwn(listedPrices, symbol)) {
    problems.push(`symbol is ${shown(symbol)}; give one of ${Object.keys(listedPrices).join(", ")}`);
  }
  if (side !== "buy" && side !== "sell") problems.push(`side is ${shown(side)}; give "buy" or "sell"`);
  if (!isBetween(quantity, { least: 1, most: MAX_QUANTITY }) || !Number.isInteger(quantity)) {
    problems.push(`quantity is ${shown(quantity)}; give a whole number from 1 to ${MAX_QUANTITY}`);
  }
  if (!isBetween(limitPrice, { least: 0.01, most: 1_000_000 })) {
    problems.push(`limitPrice is ${shown(limitPrice)}; give a number of dollars from 0.01 to 1000000`);
  }
  if (typeof trader !== "string" || !/^[\w.-]{1,32}$/.test(trader)) {
    problems.push(`trader is ${shown(trader)}; give 1 to 32 letters, digits, dots or dashes`);
  }
  if (problems.length > 0) return { problems };
  return { order: { symbol, side, quantity, limitPrice, trader } as OrderRequest };
}

function isBetween(
  value: unknown,
  { least, most }: { readonly least: number; readonly most: number },
): value is number {
  return typeof value === "number" && value >= least && value <= most;
}

/** As JSON, cut short: the answer must not repeat a megabyte. */
function shown(value: unknown): string {
  if (value === undefined) return "missing";
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
