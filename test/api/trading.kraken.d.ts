export type KrakenMessage = Readonly<Record<string, unknown>>;
export declare function kraken(orders: Orders): (message: KrakenMessage) => void;
export declare function krakenReports(message: KrakenMessage): readonly OrderReport[];
