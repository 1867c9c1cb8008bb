/** One case of benchmarks/domains.ts in a process of its own: writes nanoseconds of CPU time an event. */
import { ownWork } from "./own-work.ts";
import { workByHand } from "./work-by-hand.ts";

const [, , way = "", key = "", count = "0", peers = ""] = process.argv;
const events = Number(count);
const work = way === "telltale" ? ownWork(key) : workByHand(key, { way, peers });
// Three times: the first are for the compiler.
for (let i = 0; i < 3; i++) work(Math.min(events, 100_000));
const started = process.cpuUsage();
work(events);
const { user, system } = process.cpuUsage(started);
process.stdout.write(String(((user + system) * 1_000) / events));
