import type { TracerProvider } from "@opentelemetry/api";
import { type Quorum, type QuorumRule, quorumRule } from "./quorum.ts";

export interface ConsensusOptions {
  /** Name of the chain or cluster. @default "default" */
  readonly chain?: string;
  /**
   * The phases of a round; another one is counted as `other`.
   * @default new_height, propose, prevote, precommit, commit, apply
   */
  readonly phases?: readonly string[];
  /** What a quorum is: a share that has to be exceeded, `{ ratio, strict }`, or a function. @default 2 / 3 */
  readonly quorum?: Quorum;
  /** `instant` where what is committed cannot be undone, as in CometBFT and Raft. @default "later" */
  readonly finality?: "instant" | "later";
  /**
   * A span for each height with a child for each round. `auto` leaves them out while blocks come faster than one a second.
   * @default false
   */
  readonly spans?: boolean | "auto";
  /** @default the global one */
  readonly tracerProvider?: TracerProvider;
  /** Monotonic, in milliseconds. @default performance.now */
  readonly now?: () => number;
}

export interface ChainSettings {
  readonly chain: string;
  readonly phases: ReadonlySet<string>;
  readonly quorum: QuorumRule;
  readonly finality: "instant" | "later";
  readonly spans: boolean | "auto";
  readonly tracerProvider: TracerProvider | undefined;
  readonly now: () => number;
}

const optionNames = ["chain", "phases", "quorum", "finality", "spans", "tracerProvider", "now"];
const defaultPhases = ["new_height", "propose", "prevote", "precommit", "commit", "apply"];

/** @throws TypeError with code TELLTALE_BAD_CONSENSUS_OPTION */
export function chainSettings(options: ConsensusOptions): ChainSettings {
  for (const name of Object.keys(options)) {
    // `enabled` is what OpenTelemetry gives to every instrumentation.
    if (name !== "enabled" && !optionNames.includes(name)) {
      throw badOption(`${name} is not an option; there are ${optionNames.join(", ")}`);
    }
  }
  const { chain = "default", phases = defaultPhases, quorum = 2 / 3, finality = "later", spans = false } = options;
  if (typeof chain !== "string" || chain === "") {
    throw badOption(`chain is ${JSON.stringify(chain)}; give a name, such as "bitcraps-1"`);
  }
  // As many as the metric keeps apart.
  const isPhases = Array.isArray(phases) && phases.length > 0 && phases.length <= 20;
  if (!isPhases || !phases.every((phase) => typeof phase === "string" && phase !== "")) {
    throw badOption(`phases is ${JSON.stringify(phases)}; give a list of 1 to 20 names, such as ["propose", "commit"]`);
  }
  const rule = quorumRule(quorum);
  if (rule === undefined) {
    throw badOption(
      `quorum is ${JSON.stringify(quorum)}; give a ratio above 0 and below 1 such as 2 / 3, { ratio, strict: false }, or a function`,
    );
  }
  if (finality !== "instant" && finality !== "later") {
    throw badOption(`finality is ${JSON.stringify(finality)}; give "instant" or "later"`);
  }
  if (typeof spans !== "boolean" && spans !== "auto") {
    throw badOption(`spans is ${JSON.stringify(spans)}; give true, false or "auto"`);
  }
  const { now = () => performance.now(), tracerProvider } = options;
  return { chain, phases: new Set(phases), quorum: rule, finality, spans, tracerProvider, now };
}

function badOption(message: string): TypeError {
  return Object.assign(new TypeError(`consensus.${message}`), { code: "TELLTALE_BAD_CONSENSUS_OPTION" });
}
