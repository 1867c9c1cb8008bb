/** A thread that scrapes so often as it is told, one after another, and says how long the last one took. */
import { get } from "node:http";
import { parentPort, workerData } from "node:worker_threads";

parentPort.on("message", async (scrapes) => {
  let tookMs = 0;
  for (let i = 0; i < scrapes; i++) tookMs = await scrape();
  parentPort.postMessage(tookMs);
});

function scrape() {
  const beganMs = performance.now();
  return new Promise((resolve, reject) => {
    get(workerData, (response) => {
      response.resume().on("end", () => resolve(performance.now() - beganMs));
    }).on("error", reject);
  });
}
