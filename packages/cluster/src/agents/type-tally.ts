/** What all agents of one type record into, and how many of them there are in which state. */
import { diag } from "@opentelemetry/api";
import { type BoundCounter, type BoundHistogram, counter, histogram } from "@telltale/metrics";
import { clusterScope } from "../cluster-scope.ts";
import { catalogue } from "./catalogue.ts";

export type LifecycleEvent =
  | "spawned"
  | "started"
  | "paused"
  | "resumed"
  | "stopped"
  | "crashed"
  | "restarted"
  | "evolved";
export type LiveState = "idle" | "running" | "blocked";
export type MessageOutcome = "delivered" | "dropped" | "dead_letter";
export type Direction = "transmit" | "receive";
export type GoalOutcome = "completed" | "failed" | "abandoned" | "timed_out";
export type AgentAnomaly = "invalid_transition" | "closed_goal" | "closed_message" | "clock" | "bad_value";

const events = counter({ ...catalogue.lifecycleEvents, scope: clusterScope });
const messages = counter({ ...catalogue.messages, scope: clusterScope });
const messageDuration = histogram({ ...catalogue.messageDuration, scope: clusterScope });
const goals = counter({ ...catalogue.goals, scope: clusterScope });
const goalDuration = histogram({ ...catalogue.goalDuration, scope: clusterScope });
const anomalies = counter({ ...catalogue.anomalies, scope: clusterScope });
const told = new Set<AgentAnomaly>();

export class TypeTally {
  readonly type: string;
  /** Counted here, since a hundred thousand agents are too many to pass over at each collection. */
  readonly alive: Record<LiveState, number> = { idle: 0, running: 0, blocked: 0 };
  mailbox = 0;
  private readonly delivered: BoundCounter;
  private readonly durations: BoundHistogram;

  constructor(type: string) {
    this.type = type;
    this.delivered = messages.bind({
      "agent.type": type,
      "network.io.direction": "receive",
      "agent.outcome": "delivered",
    });
    this.durations = messageDuration.bind({ "agent.type": type });
    // There from the start, so that a rule on its increase sees the first one.
    events.bind({ "agent.type": type, "agent.event": "crashed" });
  }

  event(event: LifecycleEvent): void {
    events.add(1, { "agent.type": this.type, "agent.event": event });
  }

  message(direction: Direction, outcome: MessageOutcome, count = 1): void {
    if (direction === "receive" && outcome === "delivered") this.delivered.add(count);
    else {
      messages.add(count, { "agent.type": this.type, "network.io.direction": direction, "agent.outcome": outcome });
    }
  }

  handled(ms: number): void {
    if (ms >= 0) this.durations.record(ms / 1_000);
    else this.anomaly("clock", "time ran backwards while a message was handled");
  }

  goal(outcome: GoalOutcome, ms: number): void {
    const attributes = { "agent.type": this.type, "agent.outcome": outcome };
    goals.add(1, attributes);
    if (ms >= 0) goalDuration.record(ms / 1_000, attributes);
    else this.anomaly("clock", "time ran backwards while a goal was pursued");
  }

  anomaly(anomaly: AgentAnomaly, what: string): void {
    anomalies.add(1, { "agent.type": this.type, "agent.anomaly": anomaly });
    if (told.has(anomaly)) return;
    told.add(anomaly);
    diag.warn(
      `telltale: agents of type ${this.type}: ${what} (${anomaly}); not recorded. Further ones are counted in agent.anomalies.`,
    );
  }
}
