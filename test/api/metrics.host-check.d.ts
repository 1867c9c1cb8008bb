export interface HostCheckOptions {
    readonly host: string | undefined;
    readonly allowedHosts?: readonly string[] | undefined;
}
export declare function hostCheck({ host, allowedHosts }: HostCheckOptions): (header: string | undefined) => boolean;
