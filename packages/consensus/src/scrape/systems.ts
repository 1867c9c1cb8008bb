/** Which metric of a node is which of the catalogue: by name and never by type, since `_total` is at the end of gauges too. */
export type System = "cometbft" | "etcd" | "beacon";

type Labels = Readonly<Record<string, string>>;

export interface Rule {
  /** The name at the node, without its prefix. */
  readonly from: string;
  /** The name in the catalogue. */
  readonly to: string;
  /** `latest` is a gauge that holds the last measured value of what is a histogram here. */
  readonly kind: "gauge" | "counter" | "histogram" | "latest";
  /** Undefined leaves the sample out. */
  readonly attributes?: (labels: Labels) => Labels | undefined;
  readonly value?: (value: number) => number;
}

export interface SystemRules {
  /** Prefixes that its names begin with. */
  readonly prefixes: readonly string[];
  /** A metric that only this system has. */
  readonly marks: readonly string[];
  /** The first rule that has a sample wins where two lead to the same series. */
  readonly rules: readonly Rule[];
}

/** Ethereum: slots of an epoch. */
const SLOTS_PER_EPOCH = 32;

const as = (attributes: Labels) => () => attributes;
const status = (value: string) => as({ "consensus.block.status": value });
const proposal = (value: string) => as({ "consensus.proposal.status": value });
const state = (value: string) => as({ "consensus.validator.state": value });
const before = (height: number): number => Math.max(0, height - 1);
const slotOf = (epoch: number): number => epoch * SLOTS_PER_EPOCH;
const traffic = (direction: string) => (labels: Labels) => ({
  "network.io.direction": direction,
  "p2p.message.type": labels["message_type"] ?? "other",
});

export const systems: Readonly<Record<System, SystemRules>> = {
  cometbft: {
    prefixes: ["cometbft_", "tendermint_"],
    marks: ["consensus_height", "consensus_latest_block_height"],
    // round_duration_seconds is left out: it is measured when a round starts, and says nothing about its length.
    rules: [
      gauge("consensus_latest_block_height", "consensus.block.height", status("head")),
      { ...gauge("consensus_height", "consensus.block.height", status("head")), value: before },
      gauge("consensus_latest_block_height", "consensus.block.height", status("finalized")),
      { ...gauge("consensus_height", "consensus.block.height", status("finalized")), value: before },
      gauge("consensus_rounds", "consensus.round.current"),
      counter("consensus_round_increment_total", "consensus.rounds", as({ "consensus.outcome": "timed_out" })),
      histogram("consensus_block_interval_seconds", "consensus.block.interval"),
      histogram("consensus_step_duration_seconds", "consensus.phase.duration", ({ step = "other" }) => ({
        "consensus.phase": snakeCase(step.replace(/^RoundStep/, "")),
      })),
      latest("consensus_quorum_prevote_delay", "consensus.quorum.duration", as({ "consensus.vote.type": "prevote" })),
      latest(
        "consensus_quorum_precommit_delay",
        "consensus.quorum.duration",
        as({ "consensus.vote.type": "precommit" }),
      ),
      gauge("consensus_round_voting_power_percent", "consensus.quorum.ratio", ({ vote_type = "other" }) => ({
        "consensus.vote.type": voteType(vote_type),
      })),
      counter("consensus_late_votes", "consensus.votes", ({ vote_type = "other" }) => ({
        "consensus.vote.type": voteType(vote_type),
        "consensus.vote.status": "late",
      })),
      counter(
        "consensus_duplicate_vote",
        "consensus.votes",
        as({ "consensus.vote.type": "other", "consensus.vote.status": "duplicate" }),
      ),
      counter("consensus_proposal_receive_count", "consensus.proposals", ({ status: received = "received" }) => ({
        "consensus.proposal.status": received,
      })),
      counter("consensus_proposal_create_count", "consensus.proposals", proposal("created")),
      gauge("consensus_validators", "consensus.validators", state("active")),
      gauge("consensus_missing_validators", "consensus.validators", state("missing")),
      gauge("consensus_byzantine_validators", "consensus.validators", state("byzantine")),
      gauge("consensus_validators_power", "consensus.voting_power", state("active")),
      gauge("consensus_missing_validators_power", "consensus.voting_power", state("missing")),
      gauge("consensus_byzantine_validators_power", "consensus.voting_power", state("byzantine")),
      counter("consensus_validator_missed_blocks", "consensus.blocks.missed"),
      gauge("p2p_peers", "p2p.peers"),
      counter("p2p_message_receive_bytes_total", "p2p.io", traffic("receive")),
      counter("p2p_message_send_bytes_total", "p2p.io", traffic("transmit")),
    ],
  },
  etcd: {
    prefixes: ["etcd_"],
    marks: ["server_has_leader", "server_is_leader"],
    rules: [
      gauge("server_proposals_applied_total", "consensus.block.height", status("head")),
      counter("server_proposals_committed_total", "consensus.proposals", proposal("committed")),
      counter("server_proposals_applied_total", "consensus.proposals", proposal("applied")),
      counter("server_proposals_failed_total", "consensus.proposals", proposal("failed")),
      gauge("server_proposals_pending", "consensus.proposal.pending"),
      gauge("server_has_leader", "consensus.leader.present"),
      gauge("server_is_leader", "consensus.leader.self"),
      counter("server_leader_changes_seen_total", "consensus.leader.changes"),
      counter("server_heartbeat_send_failures_total", "consensus.heartbeat.failures"),
      histogram("disk_wal_fsync_duration_seconds", "consensus.wal.fsync.duration"),
      gauge("network_active_peers", "p2p.peers"),
      histogram("network_peer_round_trip_time_seconds", "p2p.peer.latency"),
      counter("network_peer_received_bytes_total", "p2p.io", traffic("receive")),
      counter("network_peer_sent_bytes_total", "p2p.io", traffic("transmit")),
    ],
  },
  beacon: {
    prefixes: [""],
    marks: ["beacon_head_slot"],
    rules: [
      gauge("beacon_head_slot", "consensus.block.height", status("head")),
      { ...gauge("beacon_current_justified_epoch", "consensus.block.height", status("justified")), value: slotOf },
      { ...gauge("beacon_finalized_epoch", "consensus.block.height", status("finalized")), value: slotOf },
      gauge("beacon_current_active_validators", "consensus.validators", state("active")),
      counter("beacon_reorgs_total", "consensus.reorgs"),
      counter("beacon_block_proposed_total", "consensus.proposals", proposal("created")),
      gauge("libp2p_peers", "p2p.peers"),
      gauge("p2p_peer_count", "p2p.peers", ({ state: peerState }) => (peerState === "Connected" ? {} : undefined)),
    ],
  },
};

function gauge(from: string, to: string, attributes?: Rule["attributes"]): Rule {
  return rule("gauge", from, to, attributes);
}

function counter(from: string, to: string, attributes?: Rule["attributes"]): Rule {
  return rule("counter", from, to, attributes);
}

function histogram(from: string, to: string, attributes?: Rule["attributes"]): Rule {
  return rule("histogram", from, to, attributes);
}

function latest(from: string, to: string, attributes?: Rule["attributes"]): Rule {
  return rule("latest", from, to, attributes);
}

function rule(kind: Rule["kind"], from: string, to: string, attributes: Rule["attributes"]): Rule {
  return attributes === undefined ? { kind, from, to } : { kind, from, to, attributes };
}

function snakeCase(word: string): string {
  return word.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase();
}

function voteType(type: string): string {
  return type.toLowerCase().replace(/^.*_(?=prevote|precommit)/, "");
}
