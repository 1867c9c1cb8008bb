/** A process that tells receivers of the alerts that its API is sent, with its state in a file, in a time of its own. */
import { appendFileSync, readFileSync } from "node:fs";
import {
  type Clock,
  type Notification,
  openStateFile,
  parseAlertmanagerConfig,
  startAlertApi,
  startNotifier,
} from "@telltale/alerting";

const [config, state, heard, rate, sinceMs, fromMs] = process.argv.slice(2) as [string, string, string, ...string[]];

/** From a time on, so many times as fast as the wall's. */
const clock: Clock = {
  now: () => Number(fromMs) + (Date.now() - Number(sinceMs)) * Number(rate),
  at(timeMs, call) {
    const timer = setTimeout(call, Math.max(0, timeMs - clock.now()) / Number(rate));
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

const file = openStateFile(state);
const notifier = startNotifier({
  config: parseAlertmanagerConfig(readFileSync(config, "utf8")),
  clock,
  ...(file.state === undefined ? {} : { state: file.state }),
  onState: (next) => file.save(next),
  // After the state was saved.
  onDelivered: (notification) => appendFileSync(heard, `${JSON.stringify(acceptance(notification))}\n`),
});
const api = await startAlertApi({ notifier: () => notifier, port: 0, clock });
console.log(`listening on ${api.url}`);
// Nothing of the notifier's holds a process.
setInterval(() => {}, 60_000);

function acceptance({ integration, groupLabels, alerts }: Notification): unknown {
  const told = alerts.map(({ labels, resolved }) => `${labels["id"]}=${resolved ? "resolved" : "firing"}`);
  return { to: `${integration.kind}/${integration.index}`, group: groupLabels["group"], told: told.sort() };
}
