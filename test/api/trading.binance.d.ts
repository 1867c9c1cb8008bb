export type BinanceMessage = Readonly<Record<string, unknown>>;
export declare function binance(orders: Orders): (message: BinanceMessage) => void;
export declare function binanceReports(message: BinanceMessage): readonly OrderReport[];
