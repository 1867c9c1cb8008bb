/** A process in which an alert fires that is escalated and that code is to be run for, with its state in a file. */
import { appendFileSync } from "node:fs";
import {
  openIncidentFile,
  openStateFile,
  parseAlertingFile,
  parseAlertmanagerConfig,
  startIncidentResponse,
  startNotifier,
} from "@telltale/alerting";

const [path, url, runs, delay] = process.argv.slice(2) as [string, string, string, string];
const receiver = (name: string) => `{ name: ${name}, webhook_configs: [{ url: "${url}${name}" }] }`;
const state = openStateFile(path);
const history = openIncidentFile(path);
const notifier = startNotifier({
  config: parseAlertmanagerConfig(
    `route: { receiver: desk, group_wait: 0s }\nreceivers: [${["desk", "lead", "head"].map(receiver).join()}]`,
  ),
  ...(state.state === undefined ? {} : { state: state.state }),
  onState: (one) => state.save(one),
  onDelivered: (notification) => response.notified(notification),
});
const response = startIncidentResponse({
  file: parseAlertingFile(`
escalations:
  - name: trading
    levels: [{ delay: 0s, receivers: [lead] }, { delay: ${delay}, receivers: [head] }]
interventions:
  - { name: halt, matchers: [alertname="Down"], dry_run: false }
`),
  notifier: () => notifier,
  history,
  // It never ends: the process is killed meanwhile.
  intervene(request) {
    appendFileSync(runs, `${request.name}\n`);
    return new Promise(() => {});
  },
});
const labels = { alertname: "Down" };
notifier.receive(response.receive([{ labels, startsAtMs: Date.now(), endsAtMs: Date.now() + 3_600_000 }]));
setInterval(() => {
  const events = response.incidents().flatMap(({ id }) => response.incident(id)!.events);
  console.log(events.map(({ kind, text }) => `${kind} ${text}`).join("; "));
}, 20);
