export type BybitMessage = Readonly<Record<string, unknown>>;
export declare function bybit(orders: Orders): (message: BybitMessage) => void;
export declare function bybitReports(message: BybitMessage): readonly OrderReport[];
