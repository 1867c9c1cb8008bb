import { instrumentationTable } from "../instrumentation/instrumentation-table.ts";

/** The names that `instrumentations` and OTEL_NODE_ENABLED_INSTRUMENTATIONS may hold, in alphabetical order. */
export const instrumentationNames: readonly string[] = instrumentationTable.map(({ name }) => name).sort();
