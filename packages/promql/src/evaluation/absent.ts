import { isMetadataLabel, type Labels, labelsOf, noLabels } from "../labels.ts";
import type { Expression } from "../syntax-tree.ts";

/** The labels that a selector asks for by equality, each once: those of the series that is missing. */
export function absentLabels(node: Expression): Labels {
  const selector = node.type === "matrixSelector" ? node.selector : node;
  if (selector.type !== "vectorSelector") return noLabels;
  const values: Record<string, string> = Object.create(null);
  const seen = new Set<string>();
  for (const { name, operator, value } of selector.matchers) {
    if (isMetadataLabel(name)) continue;
    if (operator === "=" && !seen.has(name)) {
      values[name] = value;
      seen.add(name);
    } else {
      delete values[name];
    }
  }
  return labelsOf(values);
}
