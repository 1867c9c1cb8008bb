import { bounded, type Catalogue } from "@telltale/metrics";

/** Every metric of agents; the table in README.md is made from it. */
export const catalogue = {
  active: {
    kind: "upDownCounter",
    name: "agent.active",
    unit: "{agent}",
    description: "Agents that are alive, by what they do.",
    attributes: { ...type(), "agent.state": ["idle", "running", "blocked"] },
  },
  lifecycleEvents: {
    kind: "counter",
    name: "agent.lifecycle.events",
    unit: "{event}",
    description: "What happened in the lives of agents.",
    attributes: {
      ...type(),
      "agent.event": ["spawned", "started", "paused", "resumed", "stopped", "crashed", "restarted", "evolved"],
    },
  },
  messages: {
    kind: "counter",
    name: "agent.messages",
    unit: "{message}",
    description:
      "Messages by what became of them. Those that waited in the mailbox of a stopped agent are dead letters.",
    attributes: {
      ...type(),
      "network.io.direction": ["transmit", "receive"],
      "agent.outcome": ["delivered", "dropped", "dead_letter"],
    },
  },
  mailboxDepth: {
    kind: "upDownCounter",
    name: "agent.mailbox.depth",
    unit: "{message}",
    description: "Messages that wait in mailboxes.",
    attributes: type(),
  },
  messageDuration: {
    kind: "histogram",
    name: "agent.message.duration",
    unit: "s",
    description: "Time to handle a message, from its taking out of the mailbox.",
    attributes: type(),
    boundaries: [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
  },
  goals: {
    kind: "counter",
    name: "agent.goals",
    unit: "{goal}",
    description: "Goals that ended. The completion rate is a ratio of rates.",
    attributes: { ...type(), ...goalOutcome() },
  },
  goalDuration: {
    kind: "histogram",
    name: "agent.goal.duration",
    unit: "s",
    description: "From the setting of a goal to its end.",
    attributes: { ...type(), ...goalOutcome() },
    boundaries: [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600, 1_800, 3_600, 14_400],
  },
  evolutionGeneration: {
    kind: "gauge",
    name: "agent.evolution.generation",
    unit: "{generation}",
    description: "Number of the generation that lives now.",
    attributes: population(),
  },
  evolutionFitness: {
    kind: "gauge",
    name: "agent.evolution.fitness",
    unit: "{fitness}",
    description: "Fitness in the generation that lives now; may be negative.",
    attributes: { ...population(), "agent.statistic": ["best", "mean", "worst"] },
  },
  anomalies: {
    kind: "counter",
    name: "agent.anomalies",
    unit: "{event}",
    description: "Events that were told and could not be: of an agent, a goal or a message that is over, of no number.",
    attributes: {
      ...type(),
      "agent.anomaly": ["invalid_transition", "closed_goal", "closed_message", "clock", "bad_value"],
    },
  },
} as const satisfies Catalogue;

function type() {
  return { "agent.type": bounded(100) } as const;
}

function population() {
  return { "agent.population": bounded(50) } as const;
}

function goalOutcome() {
  return { "agent.outcome": ["completed", "failed", "abandoned", "timed_out"] } as const;
}
