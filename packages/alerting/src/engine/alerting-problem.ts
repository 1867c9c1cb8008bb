/** Something that does not work and goes on being tried, or that could not be used. */
export interface AlertingProblem {
  readonly level: "error" | "warn";
  readonly text: string;
}
