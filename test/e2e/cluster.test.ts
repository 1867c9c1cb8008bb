import { expect, test } from "vitest";
import { startApplication } from "./application.ts";

const source = `
  import { cluster } from "@telltale/cluster";
  import { agents } from "@telltale/cluster/agents";
  import { bootstrap } from "telltale";
  const telemetry = bootstrap({
    service: { name: "scheduler" }, tracing: false, metrics: { prometheus: { port: 0 } },
    instrumentations: { cluster: { maxNodes: 2 }, agents: true },
  });
  for (const id of ["a", "b", "c"]) cluster().node(id, { type: "gpu" });
  cluster().queue("render").add();
  agents().spawn({ type: "forager" }).started();
  const page = await (await fetch(telemetry.prometheusUrl)).text();
  console.log(JSON.stringify(page.split("\\n").filter((line) => /^(cluster|agent)_/.test(line))));
  await telemetry.shutdown();`;

test("bootstrap() with instrumentations.cluster and agents configures what the application tells of", async () => {
  const application = await startApplication({ source, until: "started" });
  const { code, stdout, stderr } = await application.exited;
  expect(code, stderr).toBe(0);
  const page = JSON.parse(stdout.trim().split("\n").at(-1)!) as readonly string[];
  // No more than the option allows.
  expect(page).toContain('cluster_nodes{cluster_node_state="ready",cluster_node_type="gpu"} 2');
  expect(page).toContain('cluster_queue_depth{cluster_priority="normal",cluster_queue="render"} 1');
  expect(page).toContain('agent_active{agent_state="running",agent_type="forager"} 1');
});
