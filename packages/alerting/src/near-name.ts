import { nearest } from "@telltale/metrics/near-name";

/** `; did you mean "receivers"?`, or nothing. */
export function didYouMean(wanted: string, names: Iterable<string>): string {
  const near = nearest(wanted, names);
  return near === undefined ? "" : `; did you mean "${near}"?`;
}
