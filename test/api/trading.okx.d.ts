export type OkxMessage = Readonly<Record<string, unknown>>;
export declare function okx(orders: Orders): (message: OkxMessage) => void;
export declare function okxReports(message: OkxMessage): readonly OrderReport[];
