/** The events of each domain, told as an application tells them. */
import { createCluster } from "@telltale/cluster";
import { createConsensus } from "@telltale/consensus";
import { createNetwork } from "@telltale/consensus/p2p";
import { craps, createGame } from "@telltale/gaming";
import { training } from "@telltale/ml";

export function ownWork(key: string): (events: number) => void {
  switch (key) {
    case "step":
      return steps();
    case "bet":
      return bets();
    case "message":
      return messages();
    case "vote":
      return votes();
    case "job":
      return jobs();
    default:
      throw new Error(`there is no case ${key}`);
  }
}

function steps(): (events: number) => void {
  const run = training({ model: "bench", spans: false });
  return (events) => {
    for (let i = 0; i < events; i++) {
      run.step((step) => {
        step.loss(1 + (i & 7));
        step.gradientNorm(2);
        step.learningRate(0.001);
        step.samples(32);
      });
    }
  };
}

function bets(): (events: number) => void {
  const table = createGame(craps).session({ players: 4 });
  const types = ["pass_line", "field", "come", "odds"];
  return (events) => {
    for (let i = 0; i < events; i++) table.bet({ type: types[i & 3]!, amount: 10 }).won({ paid: 20 });
  };
}

function messages(): (events: number) => void {
  const peer = createNetwork({ network: "bench" }).peer("12D3KooWQm");
  const types = ["block", "transaction", "vote", "ping"];
  return (events) => {
    for (let i = 0; i < events; i++) {
      peer.message({ direction: i % 5 === 0 ? "transmit" : "receive", type: types[i & 3]!, bytes: 512 });
    }
  };
}

/** A hundred validators, two types of votes in each height. */
function votes(): (events: number) => void {
  const consensus = createConsensus({ chain: "bench" });
  const validators = Array.from({ length: 100 }, (_, i) => `validator-${i}`);
  let height = 0;
  return (events) => {
    for (let i = 0; i < events; ) {
      const block = consensus.height(++height);
      const round = block.round(0);
      for (const type of ["prevote", "precommit"]) {
        for (let v = 0; v < 100 && i < events; v++, i++) {
          round.vote({ type, power: 10, total: 1_000, validator: validators[v]! });
        }
      }
      block.committed();
    }
  };
}

function jobs(): (events: number) => void {
  const queue = createCluster().queue("bench");
  return (events) => {
    for (let i = 0; i < events; i++) {
      const job = queue.add({ priority: i % 4 === 0 ? "high" : "normal" });
      job.started();
      job.completed();
    }
  };
}
