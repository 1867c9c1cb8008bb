/** The instrumentation scope of everything that this package records. */
export const consensusScope: { readonly name: string; readonly version: string } = {
  name: "@telltale/consensus",
  version: "0.1.0",
};
