/** One service calls another. */
export interface DependencyEdge {
  readonly from: string;
  readonly to: string;
}
