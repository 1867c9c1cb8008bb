/** Three members of etcd on this machine, as Debian's etcd-server has them; the one that leads is killed. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Instrument, instruments } from "@telltale/metrics";
import { afterAll, expect, test } from "vitest";
import { type Scrape, startScrape } from "./scrape-url.ts";

const folder = mkdtempSync(join(tmpdir(), "telltale-etcd-"));
const members: ChildProcess[] = [];
afterAll(async () => {
  for (const member of members) await killed(member);
  rmSync(folder, { recursive: true, force: true });
});

test.skipIf(!isInstalled())(
  "when the leader of a real etcd is killed, the others tell of the change, and one of them leads",
  { timeout: 300_000 },
  async () => {
    const ports = await freePorts(6);
    const cluster = [0, 1, 2].map((i) => `m${i}=http://127.0.0.1:${ports[i]}`).join(",");
    for (const i of [0, 1, 2]) members.push(startMember(`m${i}`, { peer: ports[i]!, client: ports[3 + i]!, cluster }));
    const scrapes = [0, 1, 2].map((i) =>
      startScrape({ url: `http://127.0.0.1:${ports[3 + i]}/metrics`, chain: `etcd-m${i}`, intervalMs: 100 }),
    );
    try {
      const leads = (i: number) => total(`etcd-m${i}`, "consensus.leader.self") === 1;
      await until(() => [0, 1, 2].filter(leads).length === 1 && [0, 1, 2].every((i) => presentAt(i) === 1));
      const leader = [0, 1, 2].findIndex(leads);
      const others = [0, 1, 2].filter((i) => i !== leader);
      const changes = () => others.map((i) => total(`etcd-m${i}`, "consensus.leader.changes") ?? 0);
      // A key is written, so that the log goes to disk between two pages; etcd wants it in base64.
      const body = JSON.stringify({ key: btoa("a"), value: btoa("b") });
      const put = await fetch(`http://127.0.0.1:${ports[3 + leader]}/v3/kv/put`, { method: "POST", body });
      expect(put.status).toBe(200);
      await until(() => others.every((i) => (total(`etcd-m${i}`, "consensus.wal.fsync.duration")?.count ?? 0) > 0));
      await until(() => total(`etcd-m${leader}`, "consensus.block.height") > 0);
      await until(() => others.every((i) => typeof total(`etcd-m${i}`, "p2p.peers") === "number"));
      const before = changes();

      await killed(members[leader]!);
      await until(() => changes().every((count, n) => count > before[n]!));
      await until(() => others.filter(leads).length === 1 && others.every((i) => presentAt(i) === 1));
      // It answers no more, and three intervals later says nothing of the present either.
      await until(() => total(`etcd-m${leader}`, "consensus.leader.self") === undefined);
      await until(() => scrapes[leader]!.status().lastError === "ECONNREFUSED");
    } finally {
      await Promise.all(scrapes.map((scrape: Scrape) => scrape.stop()));
    }
  },
);

function isInstalled(): boolean {
  try {
    execFileSync("etcd", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function startMember(
  name: string,
  { peer, client, cluster }: { readonly peer: number; readonly client: number; readonly cluster: string },
): ChildProcess {
  const [peerUrl, clientUrl] = [`http://127.0.0.1:${peer}`, `http://127.0.0.1:${client}`];
  const options = {
    name,
    "data-dir": join(folder, name),
    "listen-peer-urls": peerUrl,
    "initial-advertise-peer-urls": peerUrl,
    "listen-client-urls": clientUrl,
    "advertise-client-urls": clientUrl,
    "initial-cluster": cluster,
    "initial-cluster-state": "new",
    // Nobody is to be voted out because the machine is busy.
    "heartbeat-interval": "100",
    "election-timeout": "3000",
    "log-level": "error",
  };
  return spawn(
    "etcd",
    Object.entries(options).map(([key, value]) => `--${key}=${value}`),
    { stdio: "ignore" },
  );
}

async function killed(member: ChildProcess): Promise<void> {
  if (member.exitCode !== null || member.signalCode !== null) return;
  const exit = once(member, "exit");
  member.kill("SIGKILL");
  await exit;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

function presentAt(i: number): number | undefined {
  return total(`etcd-m${i}`, "consensus.leader.present");
}

// biome-ignore lint/suspicious/noExplicitAny: a number, or of a histogram an object
function total(chain: string, name: string): any {
  const instrument = Array.from(instruments()).find((one) => one.name === name) as Instrument | undefined;
  instrument?.refresh();
  const own = (key: string) => key === "consensus.chain" || key === "p2p.network";
  return instrument
    ?.series()
    .find(({ attributes }) => Object.entries(attributes).some(([key, value]) => own(key) && value === chain))
    ?.total();
}

async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`not so within 60 s: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
