import { catalogue as agents } from "../../packages/cluster/src/agents/catalogue.ts";
import type { RuleGroup } from "../alert.ts";
import { selectors, stored } from "../series.ts";

const { series } = selectors();

const worker = { "agent.type": "worker" } as const;

export const group: RuleGroup = {
  domain: "agents",
  title: "Agents",
  alerts: [
    {
      name: "AgentCrashLoop",
      expr: `increase(${series(agents.lifecycleEvents, { "agent.event": "crashed" })}[5m]) > 5`,
      severity: "critical",
      summary: "{{ $labels.agent_type }} agents crash repeatedly",
      meaning: "Agents of this type crash more than once a minute; restarting them does not help.",
      steps: ["The crashes' log records have the errors.", "Stop restarting, or go back to the version before."],
      fires: {
        samples: { [stored(agents.lifecycleEvents, { ...worker, "agent.event": "crashed" })]: "0+1x12" },
        at: "5m",
        labels: { instance: "a", agent_type: "worker", agent_event: "crashed" },
      },
      silent: {
        samples: { [stored(agents.lifecycleEvents, { ...worker, "agent.event": "crashed" })]: "0 1 2 2x12" },
        at: "5m",
      },
    },
    {
      name: "GoalCompletionLow",
      // Of those that were not completed, because a type that completes none has no series of completed ones.
      expr: `sum by (instance, agent_type) (rate(${series(agents.goals, { "agent.outcome": { not: "completed" } })}[15m])) / sum by (instance, agent_type) (rate(${series(agents.goals)}[15m])) > 0.5`,
      for: "15m",
      severity: "warning",
      summary: "Under half of the goals of {{ $labels.agent_type }} complete",
      meaning: "Most goals of agents of this type fail, time out or are abandoned.",
      steps: ["agent.goals by outcome: failed has errors in the logs; timed_out calls for more time or fewer goals."],
      fires: {
        samples: {
          [stored(agents.goals, { ...worker, "agent.outcome": "completed" })]: "0+1x100",
          [stored(agents.goals, { ...worker, "agent.outcome": "failed" })]: "0+2x100",
        },
        at: "35m",
        labels: { instance: "a", agent_type: "worker" },
      },
      silent: {
        samples: {
          [stored(agents.goals, { ...worker, "agent.outcome": "completed" })]: "0+9x100",
          [stored(agents.goals, { ...worker, "agent.outcome": "failed" })]: "0+1x100",
        },
        at: "35m",
      },
    },
  ],
};
