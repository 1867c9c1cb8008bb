import type { DecimalInput } from "./decimal.ts";
import type { FillInput } from "./fill.ts";

/** What happened to an order, as adapters translate the messages of venues. */
export type OrderReportEvent =
  | "pending_new"
  | "new"
  | "triggered"
  | "fill"
  | "bust"
  | "pending_cancel"
  | "cancel_rejected"
  | "canceled"
  | "pending_replace"
  | "replace_rejected"
  | "replaced"
  | "rejected"
  | "expired"
  /** Nothing new, but `cumQty` may be more than was known. */
  | "status";

/** One message of a venue about one order, in no venue's own words. */
export interface OrderReport {
  readonly event: OrderReportEvent;
  readonly clientId?: string | undefined;
  /** The id before a cancel or replace request gave it another one: FIX OrigClOrdID. */
  readonly origClientId?: string | undefined;
  readonly venueId?: string | undefined;
  readonly symbol?: string | undefined;
  readonly side?: string | undefined;
  readonly type?: string | undefined;
  readonly qty?: DecimalInput | undefined;
  readonly limit?: DecimalInput | undefined;
  /** Of the event `fill`. */
  readonly fill?: FillInput | undefined;
  /** The execution that the event `bust` takes back. */
  readonly execId?: string | undefined;
  /** Where a venue tells no single executions: all that is filled, and its average price. */
  readonly cumQty?: DecimalInput | undefined;
  readonly averagePrice?: DecimalInput | undefined;
  /** The venue's words or code for a rejection, cancellation or expiry. */
  readonly reason?: string | undefined;
}
