import { type Decimal, type DecimalInput, decimal, signOf } from "./decimal.ts";
import type { Liquidity } from "./order-series.ts";

/** What an application or an adapter says of one execution. */
export interface FillInput {
  /** In the currency of the order's symbol. */
  readonly price: DecimalInput;
  /** Of this execution, in base units. */
  readonly qty: DecimalInput;
  /** The venue's id of the execution: a second one with the same id is a duplicate and changes nothing. */
  readonly execId?: string | undefined;
  /** @default "unknown" */
  readonly liquidity?: Liquidity | undefined;
  /** Below zero it is a rebate. */
  readonly fee?: { readonly amount: DecimalInput; readonly currency: string } | undefined;
  /** The venue's time of the execution, in milliseconds since 1970. */
  readonly at?: number | undefined;
}

/** An execution as it was understood. */
export interface Fill {
  readonly price: Decimal;
  readonly qty: Decimal;
  readonly execId: string | undefined;
  readonly liquidity: Liquidity;
  readonly fee: { readonly amount: Decimal; readonly currency: string } | undefined;
  readonly at: number | undefined;
}

/** `undefined` when price or quantity are no numbers, or the quantity is not above zero. */
export function readFill(input: FillInput): Fill | undefined {
  const price = decimal(input.price);
  const qty = decimal(input.qty);
  if (price === undefined || qty === undefined || signOf(qty) <= 0) return undefined;
  const { liquidity } = input;
  return {
    price,
    qty,
    execId: input.execId,
    liquidity: liquidity === "maker" || liquidity === "taker" ? liquidity : "unknown",
    fee: input.fee === undefined ? undefined : readFee(input.fee),
    at: input.at,
  };
}

function readFee(fee: { readonly amount: DecimalInput; readonly currency: string }): Fill["fee"] {
  const amount = decimal(fee.amount);
  return amount === undefined ? undefined : { amount, currency: fee.currency };
}
