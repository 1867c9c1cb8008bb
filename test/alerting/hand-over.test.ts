/** The real Alertmanager takes the alerts of rules that are evaluated here. */
import { parseRuleFile, RuleGroup, startHandOver } from "@telltale/alerting";
import { labelsOf, MemoryStore } from "@telltale/promql";
import { describe, expect, test } from "vitest";
import { absentServers } from "../e2e/server-program.ts";
import { alertmanagerWith } from "./real-alertmanager.ts";

const absent = absentServers("alertmanager");

describe.skipIf(absent)(`alerts${absent ? ` (skipped: ${absent})` : ""}`, () => {
  test("are in Alertmanager with their labels, annotations and times", async () => {
    await using server = await alertmanagerWith("route: { receiver: nobody }\nreceivers: [{ name: nobody }]", []);
    const handOver = startHandOver({ urls: [server.url] });
    const rules =
      "groups: [{ name: g, rules: [{ alert: Down, expr: up == 0, annotations: { summary: '{{ $labels.job }} ünd' } }] }]";
    const store = new MemoryStore();
    const group = new RuleGroup(parseRuleFile(rules).groups[0]!, {
      store,
      externalLabels: { region: "eu" },
      externalUrl: "http://here",
      onAlerts: (alerts) => handOver.receive(alerts),
    });
    const timeMs = Date.now();
    for (const job of ["a", "b"]) store.append([{ labels: labelsOf({ __name__: "up", job }), timeMs, value: 0 }]);
    group.evaluate(timeMs);
    await handOver.settled();
    const response = await fetch(`${server.url}/api/v2/alerts`);
    const held = (await response.json()) as { readonly labels: Record<string, string>; readonly endsAt: string }[];
    expect(held.toSorted((a, b) => (a.labels["job"]! < b.labels["job"]! ? -1 : 1))).toMatchObject(
      ["a", "b"].map((job) => ({
        labels: { alertname: "Down", job, region: "eu" },
        annotations: { summary: `${job} ünd` },
        generatorURL: "http://here/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
        status: { state: expect.stringMatching(/active|unprocessed/) },
      })),
    );
    expect(held.map(({ endsAt }) => Date.parse(endsAt))).toEqual([timeMs + 240_000, timeMs + 240_000]);
  });
});
