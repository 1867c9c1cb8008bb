export type FixMessage = string | ReadonlyMap<number | string, unknown> | Readonly<Record<string, unknown>>;
export declare function fix(orders: Orders): (message: FixMessage) => void;
export declare function fixReports(message: FixMessage): readonly OrderReport[];
