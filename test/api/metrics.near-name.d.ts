export declare function nearest(text: string, candidates: Iterable<string>, { atMost }?: {
    readonly atMost?: number;
}): string | undefined;
