import { afterEach, beforeEach, expect, test } from "vitest";
import type { Clock } from "../clock.ts";
import { intervention, runIntervention } from "./intervention-registry.ts";
import type { InterventionRequest } from "./intervention-request.ts";

const handles: Disposable[] = [];
let alarm: (() => void) | undefined;
/** Its one timer goes off when `alarm` is called. */
const clock: Clock = {
  now: () => 0,
  at(_, call) {
    alarm = call;
    return {
      [Symbol.dispose]() {
        alarm = undefined;
      },
    };
  },
};
const request: InterventionRequest = {
  name: "halt",
  dryRun: false,
  incidentId: "abc",
  alert: { labels: { alertname: "Loss" }, annotations: {}, startsAtMs: 0 },
  timeoutMs: 10_000,
};
const run = (more: Partial<InterventionRequest> = {}) => runIntervention({ ...request, ...more }, { clock });

beforeEach(() => {
  alarm = undefined;
});
afterEach(() => {
  for (const handle of handles.splice(0)) handle[Symbol.dispose]();
});

test("code is run by its name, with the alert, and what it returns is the outcome", async () => {
  handles.push(
    intervention("halt", async ({ alert, incidentId }) => `halted for ${alert.labels["alertname"]} ${incidentId}`),
  );
  expect(await run()).toEqual({ outcome: "done", text: "halted for Loss abc" });
  expect(alarm).toBeUndefined();
});

test("a result of any kind is written down, a long one in part", async () => {
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  const results: readonly unknown[] = [undefined, { cancelled: 2 }, 3n, cyclic, "x".repeat(1_000)];
  const texts: string[] = [];
  for (const result of results) {
    using _ = intervention("halt", () => result);
    texts.push((await run()).text);
  }
  const unwritable = "its result cannot be written down";
  expect(texts).toEqual(["", '{"cancelled":2}', unwritable, unwritable, "x".repeat(500)]);
});

test("in a dry run nothing is run, and what would be done is asked for", async () => {
  let runs = 0;
  handles.push(intervention("halt", () => runs++, { describe: () => "would cancel 2 orders" }));
  handles.push(intervention("plain", () => runs++));
  expect(await run({ dryRun: true })).toEqual({ outcome: "would_run", text: "would cancel 2 orders" });
  expect(await run({ dryRun: true, name: "plain" })).toEqual({ outcome: "would_run", text: "" });
  expect(runs).toBe(0);
});

test("code that throws, at once or later, is an outcome", async () => {
  handles.push(
    intervention("halt", () => {
      throw new Error("no desk");
    }),
  );
  handles.push(intervention("later", () => Promise.reject("refused")));
  expect(await run()).toEqual({ outcome: "failed", text: "no desk" });
  expect(await run({ name: "later" })).toEqual({ outcome: "failed", text: "refused" });
});

test("code that takes too long is told so, and not waited for", async () => {
  let signal: AbortSignal | undefined;
  handles.push(
    intervention("halt", (context) => {
      ({ signal } = context);
      return new Promise(() => {});
    }),
  );
  const outcome = run();
  alarm!();
  expect(await outcome).toEqual({ outcome: "timed_out", text: "not done in 10000 ms" });
  expect(signal?.aborted).toBe(true);
});

test("a name that nobody registered is an outcome that says what was probably meant", async () => {
  handles.push(intervention("halt-trading", () => {}));
  expect(await run({ name: "halt-tradign" })).toEqual({
    outcome: "not_registered",
    text: 'no code is registered as "halt-tradign"; did you mean "halt-trading"?; call intervention("halt-tradign", …)',
  });
});

test("a name is registered once, until it is disposed of", () => {
  const first = intervention("halt", () => {});
  const bad = expect.objectContaining({ code: "TELLTALE_BAD_INTERVENTION" });
  expect(() => intervention("halt", () => {})).toThrow(bad);
  expect(() => intervention(" ", () => {})).toThrow(bad);
  first[Symbol.dispose]();
  const second = intervention("halt", () => {});
  first[Symbol.dispose]();
  expect(() => intervention("halt", () => {})).toThrow(bad);
  second[Symbol.dispose]();
});
