import { type Instrument, instruments } from "@telltale/metrics";
import { expect, test } from "vitest";
import { mapMetrics } from "./map-metrics.ts";
import { metricsText } from "./metrics-text.ts";
import { replay } from "./replay.ts";

interface Told {
  readonly prefix?: string;
  readonly blocks?: number;
  readonly seconds?: number;
  readonly delay?: number;
}

/** As CometBFT 0.38 writes it, shortened. */
const cometbft = (
  height: number,
  { prefix = "cometbft", blocks = height, seconds = blocks * 6, delay = 1.7 }: Told = {},
) => `
# HELP ${prefix}_consensus_height Height of the chain.
# TYPE ${prefix}_consensus_height gauge
${prefix}_consensus_height{chain_id="bitcraps-1"} ${height + 1}
# TYPE ${prefix}_consensus_latest_block_height gauge
${prefix}_consensus_latest_block_height{chain_id="bitcraps-1"} ${height}
# TYPE ${prefix}_consensus_rounds gauge
${prefix}_consensus_rounds{chain_id="bitcraps-1"} 0
# TYPE ${prefix}_consensus_validators gauge
${prefix}_consensus_validators{chain_id="bitcraps-1"} 40
${prefix}_consensus_missing_validators{chain_id="bitcraps-1"} 1
${prefix}_consensus_byzantine_validators{chain_id="bitcraps-1"} 0
${prefix}_consensus_validators_power{chain_id="bitcraps-1"} 4000
# TYPE ${prefix}_consensus_block_interval_seconds histogram
${prefix}_consensus_block_interval_seconds_bucket{chain_id="bitcraps-1",le="4"} 0
${prefix}_consensus_block_interval_seconds_bucket{chain_id="bitcraps-1",le="8"} ${blocks}
${prefix}_consensus_block_interval_seconds_bucket{chain_id="bitcraps-1",le="+Inf"} ${blocks}
${prefix}_consensus_block_interval_seconds_sum{chain_id="bitcraps-1"} ${seconds}
${prefix}_consensus_block_interval_seconds_count{chain_id="bitcraps-1"} ${blocks}
# TYPE ${prefix}_consensus_round_duration_seconds histogram
${prefix}_consensus_round_duration_seconds_bucket{chain_id="bitcraps-1",le="+Inf"} ${blocks}
# TYPE ${prefix}_consensus_step_duration_seconds histogram
${prefix}_consensus_step_duration_seconds_bucket{chain_id="bitcraps-1",step="PrevoteWait",le="0.1"} 3
${prefix}_consensus_step_duration_seconds_bucket{chain_id="bitcraps-1",step="PrevoteWait",le="+Inf"} 3
${prefix}_consensus_step_duration_seconds_sum{chain_id="bitcraps-1",step="PrevoteWait"} 0.2
${prefix}_consensus_step_duration_seconds_count{chain_id="bitcraps-1",step="PrevoteWait"} 3
# TYPE ${prefix}_consensus_quorum_prevote_delay gauge
${prefix}_consensus_quorum_prevote_delay{chain_id="bitcraps-1",proposer_address="A1"} ${delay}
${prefix}_consensus_quorum_prevote_delay{chain_id="bitcraps-1",proposer_address="B2"} 0.9
# TYPE ${prefix}_consensus_round_voting_power_percent gauge
${prefix}_consensus_round_voting_power_percent{chain_id="bitcraps-1",vote_type="SIGNED_MSG_TYPE_PREVOTE"} 0.9999999999999999
# TYPE ${prefix}_consensus_late_votes counter
${prefix}_consensus_late_votes{chain_id="bitcraps-1",vote_type="prevote"} ${height * 2}
# TYPE ${prefix}_consensus_proposal_receive_count counter
${prefix}_consensus_proposal_receive_count{chain_id="bitcraps-1",status="accepted"} ${height}
# TYPE ${prefix}_p2p_peers gauge
${prefix}_p2p_peers{chain_id="bitcraps-1"} 12
# TYPE ${prefix}_p2p_message_receive_bytes_total counter
${prefix}_p2p_message_receive_bytes_total{chain_id="bitcraps-1",message_type="consensus_Vote"} ${height * 100}
`;

const beacon = `
# TYPE beacon_head_slot gauge
beacon_head_slot 9100003
# TYPE beacon_finalized_epoch gauge
beacon_finalized_epoch 284372
beacon_current_justified_epoch 284373
beacon_current_active_validators 1059821
# TYPE beacon_processed_deposits_total gauge
beacon_processed_deposits_total 7
# TYPE beacon_reorgs_total counter
beacon_reorgs_total 4
libp2p_peers 83
`;

const etcd = `
# TYPE etcd_server_has_leader gauge
etcd_server_has_leader 1
etcd_server_is_leader 0
# TYPE etcd_server_leader_changes_seen_total counter
etcd_server_leader_changes_seen_total 3
# TYPE etcd_server_proposals_applied_total gauge
etcd_server_proposals_applied_total 1.903e+06
etcd_server_proposals_committed_total 1903001
etcd_server_proposals_pending 1
etcd_server_heartbeat_send_failures_total 9
etcd_network_active_peers{Local="8e9e05c52164694d",Remote="91bc3c398fb3c146"} 1
etcd_network_active_peers{Local="8e9e05c52164694d",Remote="fd422379fda50e48"} 1
etcd_disk_wal_fsync_duration_seconds_bucket{le="0.001"} 90
etcd_disk_wal_fsync_duration_seconds_bucket{le="0.002"} 100
etcd_disk_wal_fsync_duration_seconds_bucket{le="+Inf"} 100
etcd_disk_wal_fsync_duration_seconds_sum 0.08
etcd_disk_wal_fsync_duration_seconds_count 100
`;

const told = (text: string) =>
  Object.fromEntries(
    mapMetrics(text).samples.map(({ name, attributes, value, series }) => [
      [name, ...Object.values(attributes), ...(series?.match(/[AB]\d/) ?? [])].join(" "),
      value,
    ]),
  );

test.each(["cometbft", "tendermint"])("a page of CometBFT with the prefix %s is the catalogue's", (prefix) => {
  expect(mapMetrics(cometbft(1_200, { prefix }))).toMatchObject({ system: "cometbft", chainId: "bitcraps-1" });
  const samples = told(cometbft(1_200, { prefix }));
  expect(samples).toMatchObject({
    "consensus.block.height head": 1_200,
    "consensus.block.height finalized": 1_200,
    "consensus.finality.lag": 0,
    "consensus.round.current": 0,
    "consensus.validators active": 40,
    "consensus.validators missing": 1,
    "consensus.validators byzantine": 0,
    "consensus.voting_power active": 4_000,
    "consensus.quorum.ratio prevote": 0.9999999999999999,
    "consensus.quorum.duration prevote A1": 1.7,
    "consensus.quorum.duration prevote B2": 0.9,
    "consensus.votes prevote late": 2_400,
    "consensus.proposals accepted": 1_200,
    "p2p.peers": 12,
    "p2p.io receive consensus_Vote": 120_000,
    "consensus.phase.duration prevote_wait": { sum: 0.2, count: 3 },
  });
  // It is measured when a round starts.
  expect(Object.keys(samples).filter((name) => name.startsWith("consensus.round.duration"))).toEqual([]);
});

test("a page of an etcd member is the catalogue's, whatever its types say", () => {
  expect(mapMetrics(etcd).system).toBe("etcd");
  expect(told(etcd)).toMatchObject({
    "consensus.block.height head": 1_903_000,
    "consensus.proposals committed": 1_903_001,
    "consensus.proposals applied": 1_903_000,
    "consensus.proposal.pending": 1,
    "consensus.leader.present": 1,
    "consensus.leader.self": 0,
    "consensus.leader.changes": 3,
    "consensus.heartbeat.failures": 9,
    "consensus.wal.fsync.duration": { sum: 0.08, count: 100 },
    "p2p.peers": 2,
  });
});

test("a page of a beacon node is the catalogue's, its epochs told in slots", () => {
  expect(mapMetrics(beacon).system).toBe("beacon");
  expect(told(beacon)).toEqual({
    "consensus.block.height head": 9_100_003,
    "consensus.block.height justified": 284_373 * 32,
    "consensus.block.height finalized": 284_372 * 32,
    "consensus.finality.lag": 9_100_003 - 284_372 * 32,
    "consensus.validators active": 1_059_821,
    "consensus.reorgs": 4,
    "p2p.peers": 83,
  });
});

test("a page of something else has nothing for the catalogue", () => {
  expect(mapMetrics("up 1\n# TYPE go_goroutines gauge\ngo_goroutines 7\n")).toEqual({
    system: undefined,
    chainId: undefined,
    samples: [],
  });
  expect(mapMetrics("").samples).toEqual([]);
});

function totals(chain: string, name: string) {
  const instrument = Array.from(instruments()).find((one) => one.name === name) as Instrument | undefined;
  if (instrument === undefined) return [];
  instrument.refresh();
  return instrument
    .series()
    .filter(({ attributes }) => attributes["consensus.chain"] === chain || attributes["p2p.network"] === chain)
    .map((series) => series.total());
}

const histogramOf = (chain: string, name: string) =>
  totals(chain, name)[0] as unknown as
    | { readonly count: number; readonly sum: number; readonly buckets: { readonly counts: readonly number[] } }
    | undefined;

test("counting begins with the first page: a downtime before it is in no interval", () => {
  const source = metricsText({ chain: "polled" });
  source.read(cometbft(1_000, { seconds: 1_905_715 }));
  expect(totals("polled", "consensus.votes")).toEqual([0]);
  source.read(cometbft(1_010, { seconds: 1_905_715 + 62, delay: 1.8 }));
  expect(totals("polled", "consensus.votes")).toEqual([20]);
  expect(histogramOf("polled", "consensus.block.interval")).toMatchObject({ count: 10, sum: expect.closeTo(62, 6) });
  expect(histogramOf("polled", "consensus.quorum.duration")).toMatchObject({ count: 1, sum: 1.8 });
  expect(totals("polled", "consensus.block.height")).toEqual([1_010, 1_010]);
  source[Symbol.dispose]();
  expect(totals("polled", "consensus.block.height")).toEqual([]);
});

test("a node that was started again counts from nothing, and its first intervals are left out", () => {
  const source = metricsText({ chain: "restarted" });
  source.read(cometbft(1_000));
  source.read(cometbft(1_003, { blocks: 2, seconds: 86_406 }));
  expect(histogramOf("restarted", "consensus.block.interval")).toBeUndefined();
  source.read(cometbft(1_005, { blocks: 4, seconds: 86_418 }));
  expect(histogramOf("restarted", "consensus.block.interval")).toMatchObject({ count: 2, sum: expect.closeTo(12, 6) });
  source[Symbol.dispose]();
});

test("a page that is too old says nothing of the present", () => {
  const clock = { ms: 0 };
  const source = metricsText({ chain: "stale", freshForMs: 45_000, now: () => clock.ms });
  source.read(beacon);
  expect(totals("stale", "p2p.peers")).toEqual([83]);
  clock.ms = 45_001;
  expect(totals("stale", "p2p.peers")).toEqual([]);
  expect(totals("stale", "consensus.validators")).toEqual([]);
});

test("what a histogram grew by is recorded bucket by bucket, and adds up to its sum", () => {
  const values: number[] = [];
  const before = {
    buckets: [
      [0.001, 90],
      [0.002, 100],
      [Number.POSITIVE_INFINITY, 100],
    ],
    sum: 0.08,
    count: 100,
  } as const;
  const now = {
    buckets: [
      [0.001, 95],
      [0.002, 115],
      [Number.POSITIVE_INFINITY, 117],
    ],
    sum: 5.1,
    count: 117,
  } as const;
  expect(replay(now, before, (value) => values.push(value))).toBe(true);
  const within = (low: number, high: number) => values.filter((value) => value > low && value <= high).length;
  expect([within(0, 0.001), within(0.001, 0.002), within(0.002, Number.POSITIVE_INFINITY)]).toEqual([5, 10, 2]);
  expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(5.02, 9);
  expect(replay({ buckets: [[1, 1e9]], sum: 1, count: 1e9 }, undefined, () => {})).toBe(false);
});
