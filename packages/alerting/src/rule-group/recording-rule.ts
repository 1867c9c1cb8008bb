import { type Labels, type Sample, withLabel } from "@telltale/promql";
import type { RecordingRuleDefinition } from "../rule-file/rule-file.ts";
import type { EvaluatedRule, RuleEvaluation } from "./evaluated-rule.ts";

/** Evaluates a recording rule: its samples under the name and the labels that it gives them. */
export function recordingRule(definition: RecordingRuleDefinition): EvaluatedRule {
  const relabel = (labels: Labels): Labels => {
    let relabelled = withLabel(labels, "__name__", definition.name);
    for (const [name, value] of Object.entries(definition.labels)) relabelled = withLabel(relabelled, name, value);
    return relabelled;
  };
  return {
    definition,
    evaluate({ timeMs, queryOffsetMs, query, limit }: RuleEvaluation): readonly Sample[] {
      const sampleTimeMs = timeMs - queryOffsetMs;
      const seen = new Set<string>();
      const samples = query(definition.expression, sampleTimeMs).map(({ labels, value, histogram }): Sample => {
        const relabelled = relabel(labels);
        seen.add(relabelled.key);
        const sample = { labels: relabelled, timeMs: sampleTimeMs, value };
        return histogram === undefined ? sample : { ...sample, histogram };
      });
      if (seen.size < samples.length) {
        throw new Error("vector contains metrics with the same labelset after applying rule labels");
      }
      if (limit > 0 && samples.length > limit) {
        throw new Error(`exceeded limit of ${limit} with ${samples.length} series`);
      }
      return samples;
    },
  };
}
