import { children, type Expression, type VectorSelector } from "../syntax-tree.ts";

const onlyStatistics: ReadonlySet<string> = new Set([
  ...["histogram_count", "histogram_sum", "histogram_avg", "timestamp", "start_timestamp", "absent"],
]);

const wholeHistograms: ReadonlySet<string> = new Set([
  ...[
    "histogram_quantile",
    "histogram_quantiles",
    "histogram_fraction",
    "histogram_stddev",
    "histogram_stdvar",
    "changes",
  ],
]);

/** The selectors whose histograms nobody looks into: for those, resets are found while reading. */
export function findStatisticsOnly(root: Expression): ReadonlySet<VectorSelector> {
  const found = new Set<VectorSelector>();
  const visit = (node: Expression, path: readonly Expression[]): void => {
    if (node.type === "vectorSelector") {
      if (needsOnlyStatistics(path)) found.add(node);
      return;
    }
    for (const child of children(node)) visit(child, [...path, node]);
  };
  visit(root, []);
  return found;
}

function needsOnlyStatistics(path: readonly Expression[]): boolean {
  let only = false;
  for (const node of path.toReversed()) {
    if (node.type === "subquery") return false;
    if (node.type === "call") {
      if (onlyStatistics.has(node.name)) only = true;
      if (wholeHistograms.has(node.name)) return false;
    }
    if (node.type === "aggregation" && node.operator === "count_values") return false;
    if (node.type === "binary" && ["</", ">/", "==", "!="].includes(node.operator)) return false;
  }
  return only;
}
