/** The instrumentation scope of everything that this package records. */
export const mlScope: { readonly name: string; readonly version: string } = {
  name: "@telltale/ml",
  version: "0.1.0",
};
