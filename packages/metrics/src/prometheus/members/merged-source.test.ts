import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

const WORKER = `
  if (process.argv[2] === "stranger") {
    const heard = [];
    process.on("message", (message) => (message === "heard?" ? process.send({ heard }) : heard.push(message)));
    process.send("ready");
  } else if (!cluster.isPrimary) {
    const { ready } = prometheusEndpoint({ cluster: { gauges: GAUGES }, keepPageMs: 0 });
    const n = cluster.worker.id;
    counter({ name: "shared.orders" }).add(n, { side: "buy" });
    counter({ name: "shared.orders" }).add(1, { worker_only: String(n) });
    upDownCounter({ name: "shared.open" }).add(-n);
    gauge({ name: "shared.level" }).record(n * 10, { tank: "a" });
    histogram({ name: "shared.sizes", boundaries: [1, 2] }).record(n);
    exponentialHistogram({ name: "shared.wide" }).record(4 ** n);
    gauge({ name: "shared.odd" }).record(1e308);
    process.on("message", (message) => {
      // Until it is killed, or its primary is.
      if (message === "block") {
        process.send("blocked");
        const [never, parent] = [new Int32Array(new SharedArrayBuffer(4)), process.ppid];
        while (process.ppid === parent) Atomics.wait(never, 0, 0, 20);
        process.exit();
      }
      if (message === "count") { counter({ name: "shared.orders" }).add(100, { side: "buy" }); process.send("counted"); }
      if (message === "end") process.exit();
    });
    await ready;
    process.send("ready");
  }`;

/** A primary that forks two workers, serves their page and does what `then` says. */
function primary(then: string, options: { readonly gauges?: string; readonly serve?: string } = {}) {
  const { gauges = "each", serve = "main" } = options;
  return application(`
    import cluster from "node:cluster";
    import { once } from "node:events";
    ${WORKER.replace("GAUGES", JSON.stringify(gauges))}
    if (cluster.isPrimary) {
      const serve = ${JSON.stringify(serve)};
      const endpoint = prometheusEndpoint({ port: 0, serve, keepPageMs: 0, cluster: { gauges: ${JSON.stringify(gauges)} } });
      counter({ name: "shared.orders" }).add(1000, { side: "buy" });
      gauge({ name: "shared.level" }).record(7, { tank: "a" });
      await endpoint.ready;
      const heard = (worker, word) => new Promise((resolve) => worker.on("message", (message) => message === word && resolve()));
      const fork = async () => { const worker = cluster.fork(); await heard(worker, "ready"); return worker; };
      const [first, second] = [await fork(), await fork()];
      const scrape = async () => (await (await fetch(endpoint.url)).text()).split("\\n").filter((line) => line.startsWith("shared_"));
      // Who takes longer to answer than the page waits, on a busy machine, stands on a later one.
      const whole = async (total) => {
        const all = 'shared_orders_total{side="buy"} ' + total;
        for (;;) { const lines = await scrape(); if (lines.includes(all)) return lines; }
      };
      const show = (lines) => console.log(JSON.stringify(lines));
      ${then}
      await endpoint.shutdown();
      process.exit();
    }`);
}

test.for(["main", "worker"])("one page has the sums of all workers (served by the %s thread)", async (serve) => {
  const child = primary("show(await whole(1003));", { serve });
  const lines = await child.json();
  for (const line of [
    'shared_orders_total{side="buy"} 1003',
    'shared_orders_total{worker_only="1"} 1',
    'shared_orders_total{worker_only="2"} 1',
    "shared_open -3",
    'shared_level{tank="a",worker="0"} 7',
    'shared_level{tank="a",worker="1"} 10',
    'shared_level{tank="a",worker="2"} 20',
    'shared_sizes_bucket{le="1"} 1',
    'shared_sizes_bucket{le="2"} 2',
    "shared_sizes_sum 3",
    "shared_sizes_count 2",
    "shared_wide_sum 20",
    'shared_wide_bucket{le="16"} 2',
  ]) {
    expect(lines).toContain(line);
  }
  expect(await child.exited).toBe(0);
});

test.for([
  ["sum", 37],
  ["max", 20],
  ["min", 7],
  ["last", 20],
] as const)("gauges by %s are one", async ([gauges, value]) => {
  const lines = await primary("show(await whole(1003));", { gauges }).json();
  expect(lines.filter((line) => line.startsWith("shared_level"))).toEqual([`shared_level{tank="a"} ${value}`]);
});

test("a worker that is killed during a scrape does not hold it up, and its counts stay", async () => {
  const child = primary(`
    await whole(1003);
    second.send("count");
    await heard(second, "counted");
    await whole(1103);
    second.send("block");
    await heard(second, "blocked");
    // Once it has been asked.
    const send = second.send;
    second.send = (...message) => {
      send.apply(second, message);
      second.process.kill("SIGKILL");
    };
    show(await scrape());
    show(await scrape());
    first.send("end");
    await once(first, "exit");
    show(await scrape());`);
  const during = await child.json();
  expect(during).toContain('shared_orders_total{side="buy"} 1103');
  expect(during).toContain("shared_sizes_count 2");
  const after = await child.json();
  expect(after).toContain('shared_orders_total{side="buy"} 1103');
  expect(after).toContain("shared_sizes_sum 3");
  expect(after).toContain("shared_open -1");
  expect(after).not.toContain('shared_level{tank="a",worker="2"} 20');
  const alone = await child.json();
  expect(alone).toContain('shared_orders_total{side="buy"} 1103');
  expect(alone.filter((line) => line.startsWith("shared_open"))).toEqual([]);
});

test("while a worker is blocked the page has what it had before", async () => {
  const child = primary(`
    await whole(1003);
    second.send("block");
    await heard(second, "blocked");
    for (let i = 0; i < 2; i++) show(await scrape());
    second.process.kill("SIGKILL");`);
  for (let i = 0; i < 2; i++) expect(await child.json()).toContain('shared_orders_total{side="buy"} 1003');
  expect(await child.exited).toBe(0);
});

test("a worker that joins later stands on the page, and one that knows nothing of telltale is asked for nothing", async () => {
  const child = primary(`
    await scrape();
    const third = await fork();
    show(await whole(1006));
    cluster.setupPrimary({ args: ["stranger"] });
    const stranger = await fork();
    await scrape();
    stranger.on("message", ({ heard }) => heard && show(heard));
    stranger.send("heard?");
    await once(stranger, "message");
    for (const worker of Object.values(cluster.workers)) worker.process.kill("SIGKILL");`);
  expect(await child.json()).toContain('shared_orders_total{side="buy"} 1006');
  expect(await child.json()).toEqual([]);
});

test("worker threads stand on the main thread's page, and their counts stay when they end", async () => {
  const child = application(`
    import { isMainThread, Worker, parentPort } from "node:worker_threads";
    import { once } from "node:events";
    const endpoint = prometheusEndpoint({ port: 0, keepPageMs: 0, cluster: {} });
    counter({ name: "threads.jobs" }).add(isMainThread ? 1 : 10);
    gauge({ name: "threads.level" }).record(isMainThread ? 1 : 2);
    await endpoint.ready;
    if (isMainThread) {
      const start = async () => { const thread = new Worker(new URL(import.meta.url)); await once(thread, "message"); return thread; };
      const threads = [await start(), await start()];
      const scrape = async () => (await (await fetch(endpoint.url)).text()).split("\\n").filter((line) => line.startsWith("threads_"));
      let lines = await scrape();
      // Who takes longer to answer than the page waits, on a busy machine, stands on a later one.
      while (!lines.includes("threads_jobs_total 21") || lines.length < 4) lines = await scrape();
      console.log(JSON.stringify(lines));
      threads[0].postMessage("end");
      await once(threads[0], "exit");
      console.log(JSON.stringify(await scrape()));
      await threads[1].terminate();
      console.log(JSON.stringify(await scrape()));
      process.exit();
    } else {
      parentPort.once("message", () => parentPort.close());
      parentPort.postMessage("ready");
    }`);
  const [both, one, none] = [await child.json(), await child.json(), await child.json()];
  expect(both).toContain("threads_jobs_total 21");
  expect(both.filter((line) => line.startsWith("threads_level"))).toHaveLength(3);
  expect(one).toContain("threads_jobs_total 21");
  expect(one.filter((line) => line.startsWith("threads_level"))).toHaveLength(2);
  expect(none).toContain("threads_jobs_total 21");
});

test("a worker that is shut down gives what it counted last", async () => {
  const child = application(`
    import cluster from "node:cluster";
    import { once } from "node:events";
    const endpoint = prometheusEndpoint({ port: 0, keepPageMs: 0, cluster: {} });
    await endpoint.ready;
    if (cluster.isPrimary) {
      const worker = cluster.fork();
      await once(worker, "exit");
      const text = await (await fetch(endpoint.url)).text();
      console.log(JSON.stringify(text.split("\\n").filter((line) => line.startsWith("final_"))));
      process.exit();
    } else {
      counter({ name: "final.jobs" }).add(5);
      await endpoint.shutdown();
      process.exit();
    }`);
  expect(await child.json()).toEqual(["final_jobs_total 5"]);
});

/** Runs the source in a process of its own, from a file, which is what `fork` and `Worker` start again. */
function application(source: string) {
  const folder = mkdtempSync(join(tmpdir(), "telltale-members-"));
  const file = join(folder, "application.mjs");
  const entry = JSON.stringify(new URL("../../index.ts", import.meta.url).href);
  const names = "counter, exponentialHistogram, gauge, histogram, prometheusEndpoint, upDownCounter";
  writeFileSync(file, `import { ${names} } from ${entry};\n${source}`);
  const child = spawn(process.execPath, ["--conditions=telltale-source", file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  // Closed is when its own workers are gone as well: they have its standard output.
  const closed = once(child, "close");
  opened.push(async () => {
    child.kill("SIGKILL");
    await closed;
    rmSync(folder, { recursive: true });
  });
  const lines: string[] = [];
  const waiting: (() => void)[] = [];
  let rest = "";
  let taken = 0;
  let ended = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() as string;
    lines.push(...parts);
    for (const resolve of waiting.splice(0)) resolve();
  });
  child.once("close", () => {
    ended = true;
    for (const resolve of waiting.splice(0)) resolve();
  });
  return {
    exited: once(child, "exit").then(([code]) => code as number | null),
    async json(): Promise<string[]> {
      while (lines.length <= taken && !ended) await new Promise<void>((resolve) => waiting.push(resolve));
      return JSON.parse(lines[taken++] ?? '["the application ended"]') as string[];
    },
  };
}
