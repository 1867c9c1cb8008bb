export interface CcxtFee {
    readonly cost?: number | string | undefined;
    readonly currency?: string | undefined;
}
export interface CcxtOrder {
    readonly id?: string | undefined;
    readonly clientOrderId?: string | undefined;
    readonly symbol?: string | undefined;
    readonly side?: string | undefined;
    readonly type?: string | undefined;
    readonly status?: string | undefined;
    readonly amount?: number | string | undefined;
    readonly price?: number | string | undefined;
    readonly filled?: number | string | undefined;
    readonly average?: number | string | undefined;
    readonly trades?: readonly CcxtTrade[] | undefined;
}
export interface CcxtTrade {
    readonly id?: string | undefined;
    readonly order?: string | undefined;
    readonly symbol?: string | undefined;
    readonly side?: string | undefined;
    readonly price?: number | string | undefined;
    readonly amount?: number | string | undefined;
    readonly timestamp?: number | undefined;
    readonly takerOrMaker?: string | undefined;
    readonly fee?: CcxtFee | undefined;
}
export interface CcxtOptions {
    readonly fills?: "orders" | "trades";
}
export interface CcxtAdapter {
    order(order: CcxtOrder): void;
    trade(trade: CcxtTrade): void;
}
export declare function ccxt(orders: Orders, { fills }?: CcxtOptions): CcxtAdapter;
export declare function ccxtOrderReports(order: CcxtOrder, { fills }?: CcxtOptions): readonly OrderReport[];
export declare function ccxtTradeReport(trade: CcxtTrade): OrderReport;
