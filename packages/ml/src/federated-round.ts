import { logs, SeverityNumber, type Span } from "@opentelemetry/api";
import type { FederationOptions } from "./federation.ts";
import type { ParticipantState } from "./live-training.ts";
import { mlScope } from "./ml-scope.ts";
import type { ByzantineRule, SuspectAction } from "./model-series.ts";
import type { RunContext } from "./run-context.ts";
import { lengthOf, medianUpdate, suspectUpdates, type UpdateVector, updateDeviations } from "./suspect-updates.ts";
import type { UpdateHistory } from "./update-history.ts";
import { whenDone } from "./when-done.ts";

/** How far an update is from the others, where the application has measured it. */
export interface MeasuredUpdate {
  /** Distance from the centre of all updates, in lengths of that centre. */
  readonly l2?: number;
  /** 1 less the cosine, from 0 to 2. */
  readonly cosine?: number;
}

export interface Suspicion {
  readonly rule: ByzantineRule;
  /** @default that of the federation */
  readonly action?: SuspectAction;
}

export interface SuspectUpdate {
  readonly participant: string;
  readonly rules: readonly ByzantineRule[];
}

/** Participants that are told apart in a round, and updates that are kept to be compared. */
const MAX_PARTICIPANTS = 100_000;
const MAX_UPDATES = 1_000;
/** Log records of suspects in a round. */
const MAX_TOLD = 100;

/** One round of a federated training: its updates, those that are suspect, and their aggregation. */
export class FederatedRound {
  readonly number: number;
  private readonly run: RunContext;
  private readonly options: Required<FederationOptions>;
  private readonly history: UpdateHistory;
  private readonly span: Span | undefined;
  private readonly states = new Map<string, ParticipantState>();
  private readonly updates = new Map<string, Float64Array>();
  private readonly broken = new Set<string>();
  private found: readonly SuspectUpdate[] | undefined;
  private size: number | undefined;
  private lastUpdateMs: number;
  private told = 0;
  private over = false;

  /** Made by `federation.round()`. */
  constructor(
    run: RunContext,
    {
      number,
      options,
      history,
    }: {
      readonly number: number;
      readonly options: Required<FederationOptions>;
      readonly history: UpdateHistory;
    },
  ) {
    this.run = run;
    this.history = history;
    this.number = number;
    this.options = options;
    this.lastUpdateMs = run.settings.now();
    this.span = run.childSpan(`round ${run.model}`, { "ml.round": Number(number) });
    run.live.participants = { active: 0, dropped: 0, excluded: 0 };
    if (!Number.isSafeInteger(number)) run.series.anomaly("bad_value", `the round is ${String(number)}`);
  }

  /** A participant has sent its update: its numbers, for `detect()`, or how far it is from the others. */
  update(participant: string, update: UpdateVector | MeasuredUpdate): void {
    if (this.isClosedTo("an update") || this.set(participant, "active") === undefined) return;
    this.lastUpdateMs = this.run.settings.now();
    if (isVector(update)) this.keep(participant, update);
    else if (typeof update === "object" && update !== null) this.measured(update);
    else this.run.series.anomaly("bad_value", "an update is neither numbers nor measures");
  }

  /** A participant sends no update in this round. */
  dropped(participant: string): void {
    if (this.isClosedTo("a participant that dropped out")) return;
    this.set(participant, "dropped");
    this.updates.delete(participant);
  }

  /** The application suspects a participant's update. Who it is goes to a log record and the span, never to a metric. */
  suspect(participant: string, { rule, action = this.options.action }: Suspicion): void {
    if (this.isClosedTo("a suspicion")) return;
    this.run.series.federation.detected(rule, action);
    if (action === "excluded") this.set(participant, "excluded");
    if (this.told++ < MAX_TOLD) this.tell(participant, rule, action);
  }

  /**
   * Looks for suspects with the rules of the federation and counts them, once a round; records how far each update is from the
   * median of all. An update with a number that is not finite is suspect by its norm.
   */
  detect(): readonly SuspectUpdate[] {
    if (this.found !== undefined) return this.found;
    if (this.isClosedTo("a detection")) return [];
    const participants = [...this.updates.keys()];
    const updates = [...this.updates.values()];
    const rulesOf = new Map<string, ByzantineRule[]>();
    const add = (participant: string, rule: ByzantineRule) =>
      rulesOf.set(participant, [...(rulesOf.get(participant) ?? []), rule]);
    for (const participant of this.broken) add(participant, "norm");
    const centre = medianUpdate(updates);
    for (const rule of this.options.rules) {
      for (const index of suspectUpdates(updates, rule, { centre, history: this.history }))
        add(participants[index]!, rule);
    }
    for (const deviation of updateDeviations(updates, centre)) {
      this.measured({
        ...(!Number.isNaN(deviation.l2) && { l2: deviation.l2 }),
        ...(!Number.isNaN(deviation.cosine) && { cosine: deviation.cosine }),
      });
    }
    this.found = Array.from(rulesOf, ([participant, rules]) => ({ participant, rules }));
    for (const { participant, rules } of this.found) for (const rule of rules) this.suspect(participant, { rule });
    return this.found;
  }

  /**
   * Ends the round by what `work` makes of it, which is timed and whose result comes back. It is given the participants whose
   * updates are to be aggregated: after `detect()`, without those that were excluded.
   */
  aggregate<T>(work: (participants: readonly string[]) => T): T {
    this.detect();
    const active = [...this.states].flatMap(([participant, state]) => (state === "active" ? [participant] : []));
    this.lastUpdateMs = this.run.settings.now();
    return whenDone(() => work(active), { done: () => this.aggregated(), failed: () => this.close() });
  }

  /** Ends the round; its updates were aggregated since the last of them came. */
  aggregated(): void {
    if (this.isClosedTo("an aggregation")) return;
    const seconds = this.run.series.secondsSince(this.lastUpdateMs, this.run.settings.now());
    if (seconds !== undefined) this.run.series.federation.aggregationDuration.record(seconds);
    this.close();
  }

  /** Ends it without an aggregation. */
  close(): void {
    if (this.over) return;
    this.over = true;
    this.updates.clear();
    this.span?.setAttributes({ "ml.participants": this.states.size }).end();
  }

  private keep(participant: string, update: UpdateVector): void {
    this.size ??= update.length;
    if (update.length !== this.size) {
      this.run.series.anomaly("bad_value", `an update has ${update.length} numbers, and the first ${this.size}`);
      return;
    }
    // Of all its numbers: one that is not finite may be among those that are not looked at.
    if (!Number.isFinite(lengthOf(update))) {
      this.updates.delete(participant);
      this.broken.add(participant);
      return;
    }
    this.broken.delete(participant);
    if (this.updates.size >= MAX_UPDATES && !this.updates.has(participant)) {
      this.run.series.anomaly("too_many", `a round has more than ${MAX_UPDATES} updates to compare`);
      return;
    }
    this.updates.set(participant, spread(update, this.options.maxCoordinates));
  }

  private measured({ l2, cosine }: MeasuredUpdate): void {
    const { federation } = this.run.series;
    if (l2 !== undefined && this.run.series.isAmount(l2, "the deviation of an update")) federation.l2.record(l2);
    if (cosine === undefined) return;
    // A cosine of two equal vectors may be a little above 1.
    const value = cosine < 0 && cosine > -1e-9 ? 0 : cosine;
    if (this.run.series.isAmount(value, "the cosine deviation of an update")) federation.cosine.record(value);
  }

  /** The state that it has now; undefined where there is no room for it. */
  private set(participant: string, state: ParticipantState): ParticipantState | undefined {
    const { participants } = this.run.live;
    const before = this.states.get(participant);
    // What was excluded stays so, even when its update comes again.
    if (before === state || before === "excluded") return before;
    if (before === undefined && this.states.size >= MAX_PARTICIPANTS) {
      this.run.series.anomaly("too_many", `a round has more than ${MAX_PARTICIPANTS} participants`);
      return undefined;
    }
    this.states.set(participant, state);
    if (participants !== undefined) {
      if (before !== undefined) participants[before]--;
      participants[state]++;
    }
    return state;
  }

  private tell(participant: string, rule: ByzantineRule, action: SuspectAction): void {
    const attributes = {
      "ml.model": this.run.model,
      "ml.round": Number(this.number),
      "ml.participant": String(participant),
      "ml.rule": String(rule),
      "ml.action": action,
    };
    this.span?.addEvent("ml.suspect_update", attributes);
    logs.getLogger(mlScope.name, mlScope.version).emit({
      eventName: "ml.suspect_update",
      severityNumber: SeverityNumber.WARN,
      severityText: "WARN",
      body: `suspect update in round ${String(this.number)} of ${this.run.model}: ${String(rule)}`,
      attributes,
    });
  }

  private isClosedTo(what: string): boolean {
    const isClosed = this.over || this.run.isOver;
    if (isClosed)
      this.run.series.anomaly("closed_round", `${what} came to round ${String(this.number)}, which is over`);
    return isClosed;
  }
}

/** A copy, since the application may use the same array for the next one; of so many numbers at most. */
function spread(update: UpdateVector, max: number): Float64Array {
  if (update.length <= max) return Float64Array.from(update);
  const step = update.length / max;
  return Float64Array.from({ length: max }, (_, i) => update[Math.floor(i * step)] as number);
}

function isVector(update: unknown): update is UpdateVector {
  return Array.isArray(update) || (ArrayBuffer.isView(update) && !(update instanceof DataView));
}
