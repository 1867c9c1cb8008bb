import { catalogue as agents } from "../../packages/cluster/src/agents/catalogue.ts";
import type { Dashboard } from "../dashboard.ts";
import { greatest, inRange, onPage, perSecond, quantiles, share, total } from "../page-queries.ts";
import { group } from "../rules/agents.ts";

const { series, buckets } = onPage;

export const dashboard: Dashboard = {
  name: "agents",
  title: "Agents and evolution",
  description: "What agents do, how their messages and goals fare, and whether a population gets fitter.",
  of: agents.active,
  alerts: group.alerts,
  rows: [
    {
      title: "Now",
      panels: [
        {
          kind: "number",
          title: "Agents",
          description: "Alive.",
          unit: "short",
          width: 6,
          queries: { "{{agent_type}}": total(series(agents.active), "agent_type") },
        },
        {
          kind: "number",
          title: "Crashes",
          description: "In five minutes.",
          unit: "short",
          width: 6,
          limits: ["AgentCrashLoop"],
          queries: {
            "{{agent_type}}": `sum by (agent_type) (increase(${series(agents.lifecycleEvents, { "agent.event": "crashed" })}[5m]))`,
          },
        },
        {
          kind: "number",
          title: "Messages waiting",
          description: "In all mailboxes.",
          unit: "short",
          width: 6,
          queries: { "{{agent_type}}": total(series(agents.mailboxDepth), "agent_type") },
        },
        {
          kind: "number",
          title: "Goals not completed",
          description: "Share of those that ended in 15 minutes.",
          unit: "percentunit",
          width: 6,
          limits: ["GoalCompletionLow"],
          queries: {
            "{{agent_type}}": `sum by (agent_type) (rate(${series(agents.goals, { "agent.outcome": { not: "completed" } })}[15m])) / sum by (agent_type) (rate(${series(agents.goals)}[15m]))`,
          },
        },
      ],
    },
    {
      title: "Activity",
      panels: [
        {
          kind: "lines",
          title: "Agents",
          description: "By type and state.",
          unit: "short",
          stacked: true,
          min: 0,
          queries: { "{{agent_type}} {{agent_state}}": total(series(agents.active), "agent_type", "agent_state") },
        },
        {
          kind: "lines",
          title: "Life-cycle events",
          description: "A minute.",
          unit: "short",
          min: 0,
          queries: {
            "{{agent_type}} {{agent_event}}": `60 * ${perSecond(series(agents.lifecycleEvents), "agent_type", "agent_event")}`,
          },
        },
        {
          kind: "lines",
          title: "Messages",
          description: "A second, by direction and what became of them.",
          unit: "cps",
          min: 0,
          queries: {
            "{{agent_type}} {{network_io_direction}} {{agent_outcome}}": perSecond(
              series(agents.messages),
              "agent_type",
              "network_io_direction",
              "agent_outcome",
            ),
          },
        },
        {
          kind: "lines",
          title: "Mailboxes",
          description: "Messages that wait.",
          unit: "short",
          min: 0,
          queries: { "{{agent_type}}": total(series(agents.mailboxDepth), "agent_type") },
        },
        {
          kind: "lines",
          title: "Handling a message",
          description: "Time from its taking out of the mailbox.",
          unit: "s",
          min: 0,
          queries: quantiles([0.5, 0.99], buckets(agents.messageDuration), "agent_type"),
        },
        {
          kind: "bars",
          title: "Crashes and anomalies",
          description: "In the time that is shown.",
          unit: "short",
          queries: {
            "{{agent_type}} crashed": inRange(
              series(agents.lifecycleEvents, { "agent.event": "crashed" }),
              "agent_type",
            ),
            "{{agent_type}} {{agent_anomaly}}": inRange(series(agents.anomalies), "agent_type", "agent_anomaly"),
          },
        },
      ],
    },
    {
      title: "Goals",
      panels: [
        {
          kind: "lines",
          title: "Goals",
          description: "Ended a minute, by outcome.",
          unit: "short",
          stacked: true,
          min: 0,
          queries: {
            "{{agent_type}} {{agent_outcome}}": `60 * ${perSecond(series(agents.goals), "agent_type", "agent_outcome")}`,
          },
        },
        {
          kind: "lines",
          title: "Time of a goal",
          description: "From its setting to its end.",
          unit: "s",
          min: 0,
          queries: quantiles([0.5, 0.99], buckets(agents.goalDuration), "agent_type"),
        },
        {
          kind: "lines",
          title: "Completed goals",
          description: "Share of those that ended.",
          unit: "percentunit",
          min: 0,
          max: 1,
          width: 24,
          queries: {
            "{{agent_type}}": share(
              perSecond(series(agents.goals, { "agent.outcome": "completed" }), "agent_type"),
              perSecond(series(agents.goals), "agent_type"),
            ),
          },
        },
      ],
    },
    {
      title: "Evolution",
      panels: [
        {
          kind: "lines",
          title: "Fitness",
          description: "Of the best, the mean and the worst of the generation that lives now.",
          unit: "short",
          queries: {
            "{{agent_population}} {{agent_statistic}}": greatest(
              series(agents.evolutionFitness),
              "agent_population",
              "agent_statistic",
            ),
          },
        },
        {
          kind: "lines",
          title: "Generation",
          description: "Of each population.",
          unit: "short",
          min: 0,
          queries: { "{{agent_population}}": greatest(series(agents.evolutionGeneration), "agent_population") },
        },
      ],
    },
  ],
};
