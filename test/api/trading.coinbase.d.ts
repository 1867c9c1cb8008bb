export type CoinbaseMessage = Readonly<Record<string, unknown>>;
export declare function coinbase(orders: Orders): (message: CoinbaseMessage) => void;
export declare function coinbaseReports(message: CoinbaseMessage): readonly OrderReport[];
