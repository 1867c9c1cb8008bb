import { expect, test } from "vitest";
import { startApplication } from "./application.ts";

const source = `
  import { chain } from "@telltale/consensus";
  import { network } from "@telltale/consensus/p2p";
  import { bootstrap } from "telltale";
  const telemetry = bootstrap({
    service: { name: "node" }, tracing: false, metrics: { prometheus: { port: 0 } },
    instrumentations: { consensus: { chain: "bitcraps-1", finality: "instant" }, p2p: { network: "vain" } },
  });
  chain("bitcraps-1").height(7).committed();
  network("vain").peer("a");
  const page = await (await fetch(telemetry.prometheusUrl)).text();
  console.log(JSON.stringify(page.split("\\n").filter((line) => /^(consensus|p2p)_/.test(line))));
  await telemetry.shutdown();`;

test("bootstrap() with instrumentations.consensus and p2p configures what the application tells of", async () => {
  const application = await startApplication({ source, until: "started" });
  const { code, stdout, stderr } = await application.exited;
  expect(code, stderr).toBe(0);
  const page = JSON.parse(stdout.trim().split("\n").at(-1)!) as readonly string[];
  expect(page).toContain('consensus_block_height{consensus_block_status="head",consensus_chain="bitcraps-1"} 7');
  // Final at once, as only the chain has it that was configured.
  expect(page).toContain('consensus_block_height{consensus_block_status="finalized",consensus_chain="bitcraps-1"} 7');
  expect(page).toContain('p2p_peers{p2p_direction="outbound",p2p_network="vain",p2p_peer_state="connected"} 1');
});
