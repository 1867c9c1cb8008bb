/** FIX 4.2 to 4.4 and 5.0: ExecutionReport (35=8) and OrderCancelReject (35=9). */
import type { OrderReport, OrderReportEvent } from "./order-report.ts";
import type { Orders } from "./orders.ts";

/** Tags with their values: as text with SOH or `|` between them, as a Map, or as an object by number or name. */
export type FixMessage = string | ReadonlyMap<number | string, unknown> | Readonly<Record<string, unknown>>;

/** Applies each message to the orders of its venue: `const onMessage = fix(orders)`. */
export function fix(orders: Orders): (message: FixMessage) => void {
  return (message) => {
    for (const report of fixReports(message)) orders.apply(report);
  };
}

/** What a message says; nothing for those of other types, and for those that only tell a status. */
export function fixReports(message: FixMessage): readonly OrderReport[] {
  const tag = reader(message);
  const type = tag(35, "MsgType");
  if (type === "9") return [cancelReject(tag)];
  if (type !== "8" && type !== undefined) return [];
  const execType = tag(150, "ExecType") ?? "";
  const terms = {
    clientId: tag(11, "ClOrdID"),
    origClientId: tag(41, "OrigClOrdID"),
    venueId: noneAsUndefined(tag(37, "OrderID")),
    symbol: tag(55, "Symbol"),
    side: tag(54, "Side"),
    type: tag(40, "OrdType"),
    qty: tag(38, "OrderQty"),
    limit: tag(44, "Price"),
  };
  if (isExecution(execType)) return [{ ...terms, event: "fill", fill: fillOf(tag) }];
  // A correction takes the execution back and tells it anew.
  if (execType === "G") {
    const bust: OrderReport = { ...terms, event: "bust", execId: tag(19, "ExecRefID") };
    return [bust, { ...terms, event: "fill", fill: fillOf(tag) }];
  }
  const event = events[execType];
  if (event === undefined) return [];
  const reason = tag(58, "Text") ?? rejectReasons[tag(103, "OrdRejReason") ?? ""];
  return [{ ...terms, event, reason, execId: tag(19, "ExecRefID") }];
}

type Reader = (number: number, name: string) => string | undefined;

/** ExecType (150). Status requests (I), stops (7), suspensions (9) and calculations (B) change no state. */
const events: Readonly<Record<string, OrderReportEvent>> = {
  "0": "new",
  "3": "expired",
  "4": "canceled",
  "5": "replaced",
  "6": "pending_cancel",
  "8": "rejected",
  A: "pending_new",
  C: "expired",
  D: "replaced",
  E: "pending_replace",
  H: "bust",
  L: "triggered",
};

/** Trade; partial fill and fill as FIX 4.2 still has them. */
function isExecution(execType: string): boolean {
  return execType === "F" || execType === "1" || execType === "2";
}

/** OrdRejReason (103), in words that `rejectReason` knows. */
const rejectReasons: Readonly<Record<string, string>> = {
  "0": "other",
  "1": "invalid_order: unknown symbol",
  "2": "exchange_unavailable",
  "3": "insufficient_funds",
  "4": "too_late",
  "5": "unknown_order",
  "6": "duplicate_order",
  "7": "duplicate_order",
  "8": "risk: stale order",
  "9": "invalid_order: trade along required",
  "10": "invalid_order: invalid investor ID",
  "11": "invalid_order: unsupported order characteristic",
  "12": "permission",
  "13": "invalid_order: incorrect quantity",
  "14": "invalid_order: incorrect allocated quantity",
  "15": "permission: unknown account",
  "16": "invalid_order: price exceeds current price band",
  "18": "invalid_order: invalid price increment",
  "99": "other",
};

/** CxlRejReason (102), in the same words. */
const cancelRejectReasons: Readonly<Record<string, string>> = {
  "0": "too_late",
  "1": "unknown_order",
  "2": "exchange_unavailable",
  "3": "duplicate_order: already pending",
  "4": "other",
  "5": "invalid_order: original modification time",
  "6": "duplicate_order",
  "7": "invalid_order: price exceeds current price",
  "8": "invalid_order: price exceeds current price band",
  "18": "invalid_order: invalid price increment",
  "99": "other",
};

function cancelReject(tag: Reader): OrderReport {
  return {
    // CxlRejResponseTo (434): 1 cancel, 2 replace.
    event: tag(434, "CxlRejResponseTo") === "2" ? "replace_rejected" : "cancel_rejected",
    clientId: tag(41, "OrigClOrdID"),
    origClientId: tag(11, "ClOrdID"),
    venueId: noneAsUndefined(tag(37, "OrderID")),
    reason: cancelRejectReasons[tag(102, "CxlRejReason") ?? ""] ?? tag(58, "Text"),
  };
}

function fillOf(tag: Reader): NonNullable<OrderReport["fill"]> {
  const fee = tag(12, "Commission");
  // LastLiquidityInd (851): 1 added, 2 removed.
  const indicator = tag(851, "LastLiquidityInd");
  return {
    price: tag(31, "LastPx") ?? "",
    qty: tag(32, "LastQty") ?? tag(32, "LastShares") ?? "",
    execId: tag(17, "ExecID"),
    liquidity: indicator === "1" ? "maker" : indicator === "2" ? "taker" : "unknown",
    at: timeOf(tag(60, "TransactTime")),
    // CommType (13) 3 is an absolute amount; the others are rates.
    ...(fee !== undefined &&
      (tag(13, "CommType") ?? "3") === "3" && {
        fee: { amount: fee, currency: tag(479, "CommCurrency") ?? tag(15, "Currency") ?? "other" },
      }),
  };
}

/** "20260102-03:04:05.678", in UTC. */
function timeOf(text: string | undefined): number | undefined {
  const [, year, month, day, time] = /^(\d{4})(\d\d)(\d\d)-(\d\d:\d\d:\d\d(?:\.\d{1,3})?)/.exec(text ?? "") ?? [];
  return time === undefined ? undefined : Date.parse(`${year}-${month}-${day}T${time}Z`);
}

/** An order that was rejected before it had an id: FIX asks for "NONE". */
function noneAsUndefined(id: string | undefined): string | undefined {
  return id === "NONE" || id === "" ? undefined : id;
}

function reader(message: FixMessage): Reader {
  if (typeof message === "string") {
    const tags = new Map<number, string>();
    for (const field of message.split(message.includes("\u0001") ? "\u0001" : "|")) {
      const at = field.indexOf("=");
      if (at > 0) tags.set(Number(field.slice(0, at)), field.slice(at + 1));
    }
    return (number) => tags.get(number);
  }
  if (message instanceof Map)
    return (number, name) => text(message.get(number) ?? message.get(String(number)) ?? message.get(name));
  const fields = message as Readonly<Record<string, unknown>>;
  return (number, name) => text(fields[number] ?? fields[name]);
}

function text(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}
