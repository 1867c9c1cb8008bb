/** Values in commands of Redis stay in the process, whichever command and client they are in. */
import { otlpReceiver } from "@telltale/testing";
import { expect, test } from "vitest";
import { startApplication } from "./application.ts";
import { absentServers } from "./server-program.ts";
import { redis } from "./servers.ts";

const absent = absentServers("redis");

const source = `
import { trace } from "@opentelemetry/api";
import { Redis } from "ioredis";
import { createClient } from "redis";
const url = process.env.REDIS_URL;
const [client, other] = [createClient({ url }), new Redis(url)];
await client.connect();
await client.sAdd("members", "secret-1");
await client.sIsMember("members", "secret-2");
await client.eval("return ARGV[1] .. 'secret-3'", { keys: ["k"], arguments: ["secret-4"] });
await client.multi().zAdd("ranks", { score: 1, value: "secret-5" }).zScore("ranks", "secret-6").exec();
// Without a parent the instrumentation of ioredis makes no span.
await trace.getTracer("members").startActiveSpan("work", async (span) => {
  await other.srem("members", "secret-7");
  await other.eval("return ARGV[1] .. 'secret-8'", 1, "k", "secret-9");
  span.end();
});
await client.quit();
await other.quit();
`;

test.skipIf(absent !== undefined)(
  `no value of a command is exported, and each key is${absent ? ` (skipped: ${absent})` : ""}`,
  async () => {
    await using server = await redis();
    await using receiver = await otlpReceiver();
    const service = await startApplication({
      source,
      register: true,
      until: "started",
      env: { REDIS_URL: server.url, OTEL_SERVICE_NAME: "members", OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
    });
    const { code, stderr } = await service.exited;
    expect([code, stderr]).toEqual([0, ""]);
    const statements = receiver.spans().map((span) => span.attributes["db.query.text"]);
    expect(statements).toEqual(
      expect.arrayContaining([
        "SISMEMBER members [1 other arguments]",
        "ZSCORE ranks [1 other arguments]",
        "srem members [1 other arguments]",
        "eval [4 other arguments]",
      ]),
    );
    const text = JSON.stringify(receiver.spans(), (_, value) => (typeof value === "bigint" ? String(value) : value));
    expect(text).not.toContain("secret");
  },
);
