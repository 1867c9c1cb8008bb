/** A process that tells a webhook of the alerts that it is given, with its state in a file. */
import { openStateFile, parseAlertmanagerConfig, startNotifier } from "@telltale/alerting";

const [path, url, ...venues] = process.argv.slice(2) as [string, string, ...string[]];
const file = openStateFile(path);
const notifier = startNotifier({
  config: parseAlertmanagerConfig(
    `route: { receiver: desk, group_wait: 0s, group_interval: 1s }\nreceivers: [{ name: desk, webhook_configs: [{ url: "${url}" }] }]`,
  ),
  ...(file.state === undefined ? {} : { state: file.state }),
  onState(state) {
    file.save(state);
    console.log(`saved: ${state.notificationLog.flatMap(({ firing }) => firing).length} told`);
  },
});
notifier.receive(venues.map((venue) => ({ labels: { alertname: "Down", venue }, endsAtMs: Date.now() + 3_600_000 })));
// The notifier's timers hold no process.
setInterval(() => {}, 60_000);
