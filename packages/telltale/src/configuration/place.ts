import { type Report, shown } from "./configuration-error.ts";

/** Where a value stands: the name that errors use, the folder that relative paths start from, and who takes the errors. */
export interface Place {
  readonly name: string;
  readonly cwd: string;
  readonly report: Report;
}

/** Reports a value that cannot be used, with what would work. */
export function refuse(place: Place, value: unknown, wanted: string): undefined {
  place.report(place.name, `is ${shown(value)}; give ${wanted}`);
  return undefined;
}
