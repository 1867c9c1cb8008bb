/** One case of benchmarks/trading.ts in a process of its own: writes nanoseconds of CPU time an order or a fill. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { trace } from "@opentelemetry/api";
import { createTracerProvider, parentBasedSampler, ratioSampler } from "@telltale/tracing";
import { createTrading, type Order } from "@telltale/trading";
import { add, decimal, multiply, ZERO } from "../../packages/trading/src/decimal.ts";

const [, , key = "", count = "0", peers = ""] = process.argv;
const times = Number(count);
const peer = (name: string) => createRequire(join(peers, "package.json"))(name);
const prices = Array.from({ length: 512 }, (_, i) => `${50_000 + i}.${String(i % 100).padStart(2, "0")}`);
const quantities = Array.from({ length: 512 }, (_, i) => `0.${String(1_000 + i)}`);

const work = ordersWork() ?? decimalsWork();
// Twice: the first is for the compiler.
for (let i = 0; i < 3; i++) work(Math.min(times, 50_000));
const started = process.cpuUsage();
work(times);
const { user, system } = process.cpuUsage(started);
process.stdout.write(String(((user + system) * 1_000) / times));

function ordersWork(): ((n: number) => void) | undefined {
  if (!["metrics", "found", "unsampled", "sampled", "no-sdk"].includes(key)) return undefined;
  if (key === "unsampled" || key === "sampled") {
    const sampler = parentBasedSampler({ root: ratioSampler(key === "sampled" ? 1 : 0.01) });
    trace.setGlobalTracerProvider(createTracerProvider({ sampler, spanProcessors: [] }));
  }
  const trading = createTrading({ strategy: "bench", traces: key !== "metrics" && key !== "found" });
  const orders = trading.orders({ venue: "paper" });
  const sides = ["buy", "sell"] as const;
  const told = (order: Order): Order => (key === "found" ? orders.find({ clientId: order.clientId })! : order);
  return (n) => {
    for (let i = 0; i < n; i++) {
      const price = prices[i & 511]!;
      const order = orders.create({
        symbol: "BTC/USDT",
        side: sides[i & 1]!,
        type: "limit",
        qty: "0.10",
        limit: price,
      });
      order.sent();
      told(order).accepted();
      told(order).filled({ price, qty: "0.04", execId: "a", liquidity: "taker" });
      told(order).filled({ price, qty: "0.06", execId: "b", liquidity: "maker" });
    }
  };
}

function decimalsWork(): (n: number) => void {
  switch (key) {
    case "decimal":
      return (n) => {
        let [sum, notional] = [ZERO, ZERO];
        for (let i = 0; i < n; i++) {
          const [price, qty] = [decimal(prices[i & 511])!, decimal(quantities[i & 511])!];
          sum = add(sum, qty);
          notional = add(notional, multiply(price, qty));
        }
        keep(sum, notional);
      };
    case "bigint":
      return (n) => {
        let [sum, notional] = [0n, 0n];
        for (let i = 0; i < n; i++) {
          const [price, qty] = [scaled(prices[i & 511]!), scaled(quantities[i & 511]!)];
          sum += qty;
          notional += (price * qty) / 10n ** 18n;
        }
        keep(sum, notional);
      };
    case "number":
      return (n) => {
        let [sum, notional] = [0, 0];
        for (let i = 0; i < n; i++) {
          const [price, qty] = [Number(prices[i & 511]), Number(quantities[i & 511])];
          sum += qty;
          notional += price * qty;
        }
        keep(sum, notional);
      };
    default:
      return libraryWork();
  }
}

function libraryWork(): (n: number) => void {
  const loaded = peer(key);
  const Big = loaded.default ?? loaded.Big ?? loaded;
  return (n) => {
    let [sum, notional] = [new Big(0), new Big(0)];
    for (let i = 0; i < n; i++) {
      const [price, qty] = [new Big(prices[i & 511]), new Big(quantities[i & 511])];
      sum = sum.plus(qty);
      notional = notional.plus(price.times(qty));
    }
    keep(sum, notional);
  };
}

function scaled(text: string): bigint {
  const point = text.indexOf(".");
  return BigInt(text.slice(0, point) + text.slice(point + 1).padEnd(18, "0"));
}

/** What is computed is used, so that the compiler does not leave it out. */
function keep(...results: readonly unknown[]): void {
  if (results.some((one) => one === undefined)) throw new Error("nothing was computed");
}
