/**
 * Where the providers run: a process of its own, or a thread. A call into a driver that hangs holds up this one, and of the two
 * only a process can be ended then.
 */
import { parentPort } from "node:worker_threads";
import type { FromHelper, ToHelper } from "./dialogue.ts";
import { providers } from "./providers.ts";

const all = providers();

if (parentPort !== null) {
  const port = parentPort;
  port.on("message", (message: ToHelper) => void answer(message).then((reply) => port.postMessage(reply)));
} else {
  process.on("message", (message) => void answer(message as ToHelper).then((reply) => process.send?.(reply)));
  // Whoever started it has ended.
  process.on("disconnect", () => {
    all.close();
    process.exit();
  });
  // Ctrl-C reaches the whole group of processes: the application says when it ends.
  process.on("SIGINT", () => {});
}

async function answer(message: ToHelper): Promise<FromHelper> {
  const { id } = message;
  switch (message.type) {
    case "probe":
      return { id, type: "probed", tried: await all.probe(message.options) };
    case "sample":
      return { id, type: "sampled", samples: await all.sample() };
    case "close":
      all.close();
      return { id, type: "closed" };
  }
}
