import { stringify } from "yaml";
import type { RuleSource } from "../rule-runner/rule-runner.ts";
import type { CodedRule } from "./coded-rule.ts";
import { declaredRules } from "./declared-rules.ts";

/** The group that the rules are in, here and in the file for a server. */
const GROUP = "telltale-conditions";

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

function codedRuleFile(rules: readonly CodedRule[]): string {
  return stringify(
    { groups: rules.length === 0 ? [] : [{ name: GROUP, rules: rules.map(({ fields }) => fields) }] },
    { lineWidth: 0 },
  );
}
