/** The instrumentation scope of everything that this package records. */
export const gamingScope: { readonly name: string; readonly version: string } = {
  name: "@telltale/gaming",
  version: "0.1.0",
};
