/** What runs in the thread that alerts: the store, the rules and whoever tells. It hears from the thread that collects. */
import { flushCompileCache } from "node:module";
import { workerData } from "node:worker_threads";
import { type AlertApi, startAlertApi } from "../api/alert-api.ts";
import type { InterventionOutcome, InterventionRequest } from "../intervention/intervention-request.ts";
import type { Alerting } from "./alerting.ts";
import { type AlertingQuestions, type FromAlerting, plainError, type ThreadData, type ToAlerting } from "./dialogue.ts";
import { startAlerting } from "./engine.ts";

const { settings, coded, port, started } = workerData as ThreadData;
const tell = (message: FromAlerting): void => port.postMessage(message);

const interventions = new Map<number, (outcome: InterventionOutcome) => void>();
let asked = 0;

void start();

async function start(): Promise<void> {
  try {
    const alerting = startAlerting({
      ...settings,
      intervene,
      onAlert: (change) => tell({ type: "alert", change }),
      onProblem: (problem) => tell({ type: "problem", problem }),
    });
    alerting.declare(coded);
    const api = settings.api && (await startAlertApi({ ...settings.api, notifier: () => alerting.notifier }));
    port.on("message", (message: ToAlerting) => void hear(message, alerting, api));
    tell({ type: "started", apiUrl: api?.url });
  } catch (error) {
    tell({ type: "refused", error: plainError(error) });
  }
  Atomics.store(started, 0, 1);
  Atomics.notify(started, 0);
  // Now and not at the end, which may be a kill: what was compiled until here is what the next start waits for.
  flushCompileCache();
}

/** The code is where the application is. Who asks waits no longer than the intervention may take. */
function intervene(request: InterventionRequest): Promise<InterventionOutcome> {
  const id = asked++;
  tell({ type: "intervene", id, request });
  return new Promise((resolve) => interventions.set(id, resolve));
}

async function hear(message: ToAlerting, alerting: Alerting, api: AlertApi | undefined): Promise<void> {
  switch (message.type) {
    case "batch":
      takeIn(message, alerting);
      break;
    case "gone":
      alerting.remove(message.source);
      break;
    case "declare":
      alerting.declare(message.rules);
      break;
    case "ask":
      await answer(message, alerting);
      break;
    case "outcome":
      interventions.get(message.id)?.(message.outcome);
      interventions.delete(message.id);
      break;
    case "stop":
      await Promise.all([api?.stop(), alerting.stop(message)]);
      tell({ type: "stopped" });
      port.close();
      break;
  }
}

function takeIn({ source, batch }: Extract<ToAlerting, { type: "batch" }>, alerting: Alerting): void {
  const again = !alerting.append(source, batch);
  tell({ type: "taken", source, again, figures: alerting.figures() });
}

async function answer(
  { id, question, given }: Extract<ToAlerting, { type: "ask" }>,
  alerting: AlertingQuestions,
): Promise<void> {
  try {
    const ask = alerting[question] as (...given: readonly unknown[]) => unknown;
    tell({ type: "answer", id, value: await ask(...given) });
  } catch (error) {
    tell({ type: "failed", id, error: plainError(error) });
  }
}
