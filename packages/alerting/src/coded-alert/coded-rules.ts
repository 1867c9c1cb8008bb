import type { RuleSource } from "../rule-runner/rule-runner.ts";
import { type CodedRule, codedRuleFile } from "./coded-rule.ts";
import { declaredRules } from "./declared-rules.ts";

const HEAD = `# The rules of alerts in code, for Prometheus servers. Each asks for telltale_condition, which the process publishes.
`;

/** The rules of all alerts of this process that are in code, as a rule file: for a server, or beside other files for `startRules`. */
export function codedRules(): RuleSource {
  return codedRuleSource(declaredRules());
}

/** The same of rules that are declared in another thread. */
export function codedRuleSource(rules: readonly CodedRule[]): RuleSource {
  return { path: "alert()", text: HEAD + codedRuleFile(rules) };
}
