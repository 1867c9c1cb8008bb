import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type ScrapeOptions, startScrape } from "./scrape-url.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function node(answer: RequestListener, options: Partial<ScrapeOptions> = {}) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  const scrape = startScrape({ url, chain: "scraped", ...options });
  closing.unshift(() => scrape.stop());
  return scrape;
}

test("a node is asked at once, and again when it is asked to", async () => {
  let slot = 100;
  const scrape = await node((_, response) => response.end(`beacon_head_slot ${slot++}\n`));
  expect(await scrape.poll()).toMatchObject([{ name: "consensus.block.height", value: 100 }]);
  expect(await scrape.poll()).toMatchObject([{ value: 101 }]);
  expect(scrape.status()).toEqual({ polls: 2, failures: 0, lastError: undefined });
});

test("it is asked every interval", async () => {
  let asked = 0;
  const third = new Promise<void>((resolve) => {
    void node(
      (_, response) => {
        response.end("beacon_head_slot 1\n");
        if (++asked === 3) resolve();
      },
      { intervalMs: 20 },
    );
  });
  await third;
});

test("headers are sent, and an answer that is no page is a failure with its reason", async () => {
  const scrape = await node(
    (request, response) => {
      response.statusCode = request.headers.authorization === "Bearer t" ? 503 : 401;
      response.end();
    },
    { headers: { authorization: "Bearer t" } },
  );
  await expect(scrape.poll()).rejects.toThrow("it answered 503");
  expect(scrape.status()).toMatchObject({ failures: 1, lastError: "it answered 503" });
});

test("a node that does not answer in time is given up", async () => {
  const scrape = await node(() => {}, { timeoutMs: 50 });
  await expect(scrape.poll()).rejects.toThrow();
  expect(scrape.status().lastError).toBe("it did not answer in time");
});

test("a page that never ends is given up at its limit", async () => {
  const scrape = await node(
    (_, response) => {
      const write = (): void => {
        while (!response.destroyed && response.write("# a comment that says nothing\n".repeat(100)));
      };
      response.on("drain", write);
      write();
    },
    { maxBytes: 50_000 },
  );
  await expect(scrape.poll()).rejects.toThrow("more than 50000 bytes");
});

test("a page of another program is a failure, and not an empty success", async () => {
  const scrape = await node((_, response) => response.end("up 1\n"));
  await expect(scrape.poll()).rejects.toThrow("no metric of CometBFT, etcd or a beacon node");
});

test("a node that is not there is told of, and stopping twice is harmless", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const scrape = startScrape({ url: `http://127.0.0.1:${port}/metrics` });
  await expect(scrape.poll()).rejects.toThrow();
  expect(scrape.status().lastError).toBe("ECONNREFUSED");
  await scrape.stop();
  await scrape.stop();
});

test.each<[object, string]>([
  [{ url: "ftp://x" }, "scrape.url"],
  [{ url: "http://user:secret@127.0.0.1/" }, "headers.authorization"],
  [{ intervalMs: 0 }, "scrape.intervalMs"],
  [{ maxBytes: Number.NaN }, "scrape.maxBytes"],
  [{ system: "raft" }, "scrape.system"],
  [{ uri: "x" }, "scrape.uri"],
])("%o is refused with the path of the option", (options, path) => {
  const start = () => startScrape({ url: "http://127.0.0.1:1/metrics", ...options });
  expect(start).toThrow(
    expect.objectContaining({ code: "TELLTALE_BAD_SCRAPE_OPTION", message: expect.stringContaining(path) }),
  );
  expect(start).not.toThrow(/secret/);
});
