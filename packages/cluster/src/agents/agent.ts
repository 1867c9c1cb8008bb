import { Goal } from "./goal.ts";
import { AgentMessage } from "./message.ts";
import type { LifecycleEvent, LiveState, MessageOutcome, TypeTally } from "./type-tally.ts";

export interface AgentOptions {
  /** What kind of agent it is, such as `forager`; never its name. @default "default" */
  readonly type?: string;
}

export type AgentState = LiveState | "stopped" | "crashed";
export type SentOutcome = MessageOutcome;

/** From which states each event may come, and what it leads to; nothing is: it stays what it is. */
const transitions: Readonly<
  Record<Exclude<LifecycleEvent, "spawned">, { readonly from: readonly AgentState[]; readonly to?: AgentState }>
> = {
  started: { from: ["idle"], to: "running" },
  paused: { from: ["idle", "running"], to: "blocked" },
  resumed: { from: ["blocked"], to: "running" },
  stopped: { from: ["idle", "running", "blocked", "crashed"], to: "stopped" },
  crashed: { from: ["idle", "running", "blocked"], to: "crashed" },
  restarted: { from: ["stopped", "crashed"], to: "running" },
  evolved: { from: ["idle", "running", "blocked"] },
};

/** One agent, from its spawning to its end. Who it is is in no metric. */
export class Agent {
  private readonly tally: TypeTally;
  private readonly now: () => number;
  private readonly goals = new Set<Goal>();
  private readonly mailbox = new Set<AgentMessage>();
  private current: AgentState = "idle";

  /** Made by `agents.spawn()`. */
  constructor(tally: TypeTally, now: () => number) {
    this.tally = tally;
    this.now = now;
    tally.alive.idle++;
    tally.event("spawned");
  }

  get type(): string {
    return this.tally.type;
  }

  get state(): AgentState {
    return this.current;
  }

  get isAlive(): boolean {
    return this.current !== "stopped" && this.current !== "crashed";
  }

  /** How many messages wait for it. */
  get mailboxDepth(): number {
    return this.mailbox.size;
  }

  started(): void {
    this.happened("started");
  }

  paused(): void {
    this.happened("paused");
  }

  resumed(): void {
    this.happened("resumed");
  }

  /** It ends as it should. What waits in its mailbox becomes dead letters, and its goals are abandoned. */
  stopped(): void {
    if (!this.happened("stopped")) return;
    for (const message of this.mailbox) message.deadLetter();
    this.abandonGoals();
  }

  /** It ends as it should not. Its goals are abandoned; its mailbox waits for it to be restarted. */
  crashed(): void {
    if (this.happened("crashed")) this.abandonGoals();
  }

  restarted(): void {
    this.happened("restarted");
  }

  /** It has got another genome, prompt or policy. */
  evolved(): void {
    this.happened("evolved");
  }

  /** It has nothing to do; no event of its life. */
  idle(): void {
    this.becomes("idle");
  }

  /** It does something. */
  running(): void {
    this.becomes("running");
  }

  /** It waits for something else, such as an answer. */
  blocked(): void {
    this.becomes("blocked");
  }

  /** A message comes into its mailbox, and waits until it is handled. For one that is stopped it is a dead letter. */
  receive(): AgentMessage {
    const message = new AgentMessage(this.tally, this.mailbox, this.now);
    if (this.current === "stopped") message.deadLetter();
    return message;
  }

  /** It has sent a message. */
  sent(outcome: SentOutcome = "delivered"): void {
    this.tally.message("transmit", outcome);
  }

  /** It sets itself a goal, or is given one. */
  goal(): Goal {
    const goal = new Goal(this.tally, this.now, (ended) => this.goals.delete(ended));
    if (this.isAlive) this.goals.add(goal);
    else goal.abandoned();
    return goal;
  }

  private happened(event: keyof typeof transitions): boolean {
    const { from, to } = transitions[event];
    if (!from.includes(this.current)) {
      this.tally.anomaly("invalid_transition", `an agent that is ${this.current} was ${event}`);
      return false;
    }
    if (to !== undefined) this.move(to);
    this.tally.event(event);
    return true;
  }

  private becomes(state: LiveState): void {
    if (this.isAlive) this.move(state);
    else this.tally.anomaly("invalid_transition", `an agent that is ${this.current} was told to be ${state}`);
  }

  private move(to: AgentState): void {
    const { alive } = this.tally;
    if (isLive(this.current)) alive[this.current]--;
    if (isLive(to)) alive[to]++;
    this.current = to;
  }

  private abandonGoals(): void {
    for (const goal of this.goals) goal.abandoned();
  }
}

function isLive(state: AgentState): state is LiveState {
  return state !== "stopped" && state !== "crashed";
}
