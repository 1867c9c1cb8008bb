import type { TypeTally } from "./type-tally.ts";

/** A message in the mailbox of an agent, until it is handled or not. */
export class AgentMessage {
  private readonly tally: TypeTally;
  private readonly mailbox: Set<AgentMessage>;
  private readonly now: () => number;
  private isWaiting = true;

  /** Made by `agent.receive()`. */
  constructor(tally: TypeTally, mailbox: Set<AgentMessage>, now: () => number) {
    this.tally = tally;
    this.mailbox = mailbox;
    this.now = now;
    mailbox.add(this);
    tally.mailbox++;
  }

  /** The agent takes it out of its mailbox and handles it by `work`, whose time is recorded even when it throws. */
  handle<T>(work: () => T): T {
    const done = this.taken();
    try {
      const result = work();
      if (!isThenable(result)) {
        done();
        return result;
      }
      return Promise.resolve(result).finally(done) as T;
    } catch (error) {
      done();
      throw error;
    }
  }

  /** As `handle`, where there is no function to call: gives what is to be called when it is done. */
  taken(): () => void {
    this.leave("delivered");
    const startMs = this.now();
    let isDone = false;
    return () => {
      if (!isDone) this.tally.handled(this.now() - startMs);
      isDone = true;
    };
  }

  /** It did not fit, or came too late. */
  dropped(): void {
    this.leave("dropped");
  }

  /** There is nobody to read it. */
  deadLetter(): void {
    this.leave("dead_letter");
  }

  private leave(outcome: "delivered" | "dropped" | "dead_letter"): void {
    if (!this.isWaiting) {
      this.tally.anomaly("closed_message", "a message that had left its mailbox left it again");
      return;
    }
    this.isWaiting = false;
    this.mailbox.delete(this);
    this.tally.mailbox--;
    this.tally.message("receive", outcome);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" && value !== null && typeof (value as { readonly then?: unknown }).then === "function"
  );
}
