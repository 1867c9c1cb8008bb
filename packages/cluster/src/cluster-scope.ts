/** The instrumentation scope of everything that this package records. */
export const clusterScope: { readonly name: string; readonly version: string } = {
  name: "@telltale/cluster",
  version: "0.1.0",
};
