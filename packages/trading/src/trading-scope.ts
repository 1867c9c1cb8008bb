/** The instrumentation scope of everything that this package records. */
export const tradingScope: { readonly name: string; readonly version: string } = {
  name: "@telltale/trading",
  version: "0.1.0",
};
