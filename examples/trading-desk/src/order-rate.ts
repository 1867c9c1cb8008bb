const ORDERS_PER_SECOND = 4;
/** More than one database connection settles. */
const MOST = 1_000;

/**
 * How many orders the traders place in a second: `ORDERS_PER_SECOND`.
 * @throws RangeError when it is no such number.
 */
export function orderRateFrom(env: NodeJS.ProcessEnv): number {
  const text = env["ORDERS_PER_SECOND"];
  if (text === undefined || text === "") return ORDERS_PER_SECOND;
  const rate = Number(text);
  if (rate > 0 && rate <= MOST) return rate;
  throw new RangeError(`ORDERS_PER_SECOND is "${text}"; give a number above 0, up to ${MOST}, such as 20`);
}
