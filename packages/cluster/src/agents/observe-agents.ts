/** What is asked for at each collection: agents, mailboxes and generations as they are. */
import { observedGauge, observedUpDownCounter } from "@telltale/metrics";
import { clusterScope as scope } from "../cluster-scope.ts";
import type { Agents } from "./agents.ts";
import { catalogue } from "./catalogue.ts";
import type { LiveState } from "./type-tally.ts";

export const liveAgents: Set<Agents> = new Set();

observedUpDownCounter({ ...catalogue.active, scope }, (observe) => {
  for (const { tallies } of liveAgents) {
    for (const { type, alive } of tallies) {
      for (const [state, count] of Object.entries(alive) as [LiveState, number][]) {
        observe(count, { "agent.type": type, "agent.state": state });
      }
    }
  }
});

observedUpDownCounter({ ...catalogue.mailboxDepth, scope }, (observe) => {
  for (const { tallies } of liveAgents) {
    for (const { type, mailbox } of tallies) observe(mailbox, { "agent.type": type });
  }
});

observedGauge({ ...catalogue.evolutionGeneration, scope }, (observe) => {
  for (const { populations } of liveAgents) {
    for (const { name, current } of populations) {
      if (current !== undefined) observe(current.number, { "agent.population": name });
    }
  }
});

observedGauge({ ...catalogue.evolutionFitness, scope }, (observe) => {
  for (const { populations } of liveAgents) {
    for (const { name, current } of populations) {
      for (const [statistic, value] of current?.fitness ?? []) {
        observe(value, { "agent.population": name, "agent.statistic": statistic });
      }
    }
  }
});
