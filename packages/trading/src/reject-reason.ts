/** Why a venue refuses: a closed set, so that it can stand on a metric. The venue's own words go on spans and logs. */

export type RejectReason =
  | "insufficient_funds"
  | "invalid_order"
  | "duplicate_order"
  | "unknown_order"
  | "too_late"
  | "rate_limit"
  | "exchange_unavailable"
  | "maintenance"
  | "permission"
  | "network"
  | "timeout"
  | "risk"
  | "other";

/** What each reason looks like in the words of venues; the first that matches is taken. */
const patterns: readonly (readonly [RejectReason, RegExp])[] = [
  ["insufficient_funds", /insufficient|not ?enough|margin.*(low|short)|exceeds? .*balance|available balance/i],
  ["duplicate_order", /duplicat/i],
  ["too_late", /too.?late|already.*(fill|cancel|clos)/i],
  ["unknown_order", /unknown.?order|order.?not.?found|not.*exist|order.*not.*found/i],
  ["rate_limit", /rate.?limit|too.?many|ddos|throttl/i],
  ["maintenance", /maintenance|cancel.?only|post.?only mode/i],
  ["exchange_unavailable", /not.?available|unavailable|exchange.?closed|market.?closed|system.?busy|overload/i],
  ["timeout", /time.?d?.?out/i],
  ["permission", /permission|authenticat|unauthori|account.?(suspended|disabled)|api.?key|not.?allowed|ineligible/i],
  ["network", /network|ECONN|socket|EPIPE|ENOTFOUND|fetch failed/i],
  ["risk", /risk|stale|exceeds?.?limit|position.?limit/i],
  ["invalid_order", /invalid|filter|lot.?size|min.?notional|tick|price|quantity|post.?only|reduce.?only|unsupported/i],
];

const reasons: ReadonlySet<string> = new Set<RejectReason>([...patterns.map(([reason]) => reason), "other"]);

/** The reason behind what a venue, an adapter or the local risk check said. */
export function rejectReason(text: unknown): RejectReason {
  if (typeof text !== "string" || text === "") return "other";
  if (reasons.has(text)) return text as RejectReason;
  const known = patterns.find(([, pattern]) => pattern.test(text));
  return known === undefined ? "other" : known[0];
}

/** ccxt's error classes, by name, since an application may have any version of it; those of a class stand below it. */
const classes: Readonly<Record<string, RejectReason>> = {
  InsufficientFunds: "insufficient_funds",
  DuplicateOrderId: "duplicate_order",
  OrderNotFound: "unknown_order",
  InvalidOrder: "invalid_order",
  OrderNotFillable: "invalid_order",
  OrderImmediatelyFillable: "invalid_order",
  ContractUnavailable: "invalid_order",
  BadRequest: "invalid_order",
  BadSymbol: "invalid_order",
  NotSupported: "invalid_order",
  ArgumentsRequired: "invalid_order",
  RateLimitExceeded: "rate_limit",
  DDoSProtection: "rate_limit",
  OnMaintenance: "maintenance",
  MarketClosed: "exchange_unavailable",
  ExchangeNotAvailable: "exchange_unavailable",
  RequestTimeout: "timeout",
  TimeoutError: "timeout",
  AuthenticationError: "permission",
  PermissionDenied: "permission",
  AccountNotEnabled: "permission",
  AccountSuspended: "permission",
  RestrictedLocation: "permission",
  NetworkError: "network",
};

/** The reason in an error that a request to a venue threw. */
export function errorReason(error: unknown): RejectReason {
  for (let one = error; typeof one === "object" && one !== null; one = Object.getPrototypeOf(one)) {
    const name = Object.hasOwn(one, "name") ? (one as { name?: unknown }).name : one.constructor?.name;
    const reason = classes[String(name)];
    if (reason !== undefined) return reason;
  }
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  const byCode = rejectReason(code);
  return byCode === "other" ? rejectReason(message) : byCode;
}

/**
 * Whether the venue surely refused. After a timeout or a lost connection the order may be at the venue all the same: it
 * stays pending until a report or a query tells.
 */
export function isDefinite(reason: RejectReason): boolean {
  return !["network", "timeout", "exchange_unavailable", "other"].includes(reason);
}
