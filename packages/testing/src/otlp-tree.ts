/**
 * A decoded OTLP message, the same from protobuf and from JSON: fields under their JSON names, absent fields absent,
 * 64-bit integers as bigint, enumerations as numbers, trace and span ids as hex.
 */
export type OtlpTree = Readonly<Record<string, unknown>>;

/** Told of each thing in a message that the official definitions do not allow. */
export type ReportProblem = (path: string, problem: string) => void;

/** Bytes fields that OTLP's JSON form writes as hex and not as base64. */
export const idFields: ReadonlySet<string> = new Set(["traceId", "spanId", "parentSpanId"]);

export function treesIn(tree: OtlpTree, field: string): readonly OtlpTree[] {
  return (tree[field] as readonly OtlpTree[] | undefined) ?? [];
}

export function treeIn(tree: OtlpTree, field: string): OtlpTree {
  return (tree[field] as OtlpTree | undefined) ?? {};
}

export function stringIn(tree: OtlpTree, field: string): string {
  return (tree[field] as string | undefined) ?? "";
}

export function numberIn(tree: OtlpTree, field: string): number {
  return Number((tree[field] as number | bigint | undefined) ?? 0);
}

export function bigintIn(tree: OtlpTree, field: string): bigint {
  return (tree[field] as bigint | undefined) ?? 0n;
}
