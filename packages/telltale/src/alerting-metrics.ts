import type { AlertingFigures } from "@telltale/alerting/thread";
import { forgetInstrument, type Instrument, observedCounter, observedUpDownCounter } from "@telltale/metrics";
import { catalogue } from "./catalogue.ts";

const scope = { name: "telltale" };

/** Reports what alerting does, as of its last collection, until it is disposed of. */
export function reportAlerting(figures: () => AlertingFigures | undefined): Disposable {
  const instruments: readonly Instrument[] = [
    observedCounter({ ...catalogue.alertingEvaluations, scope }, (observe) => {
      const { evaluations, missed } = figures() ?? {};
      if (evaluations !== undefined) observe(evaluations, { "telltale.outcome": "done" });
      if (missed !== undefined) observe(missed, { "telltale.outcome": "missed" });
    }),
    observedCounter({ ...catalogue.alertingNotifications, scope }, (observe) => {
      const { delivered, failed } = figures() ?? {};
      if (delivered !== undefined) observe(delivered, { "telltale.outcome": "sent" });
      if (failed !== undefined) observe(failed, { "telltale.outcome": "failed" });
    }),
    observedUpDownCounter({ ...catalogue.alertingAlerts, scope }, (observe) => {
      const { pending, firing } = figures() ?? {};
      if (pending !== undefined) observe(pending, { "telltale.alert.state": "pending" });
      if (firing !== undefined) observe(firing, { "telltale.alert.state": "firing" });
    }),
    observedCounter({ ...catalogue.alertingResponses, scope }, (observe) => {
      const done = figures();
      if (done === undefined) return;
      observe(done.heldBack, { "telltale.response": "held_back" });
      observe(done.escalated, { "telltale.response": "escalation" });
      observe(done.interventions, { "telltale.response": "intervention" });
      observe(done.heartbeats, { "telltale.response": "heartbeat" });
      observe(done.failedHeartbeats, { "telltale.response": "failed_heartbeat" });
    }),
    ...(["open", "failing", "series", "storeBytes"] as const).map((name) =>
      observedUpDownCounter({ ...gauges[name], scope }, (observe) => {
        const value = figures()?.[name];
        if (value !== undefined) observe(value, {});
      }),
    ),
  ];
  return {
    [Symbol.dispose]: () => {
      for (const instrument of instruments) forgetInstrument(instrument);
    },
  };
}

const gauges = {
  open: catalogue.alertingIncidents,
  failing: catalogue.alertingFailingRules,
  series: catalogue.alertingSeries,
  storeBytes: catalogue.alertingMemory,
} as const;
