import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseAlertmanagerConfig } from "../routing/alertmanager-config.ts";
import { Dispatcher } from "../routing/dispatcher.ts";
import { openStateFile } from "./state-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "state-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const config = parseAlertmanagerConfig(
  "route: { receiver: a }\nreceivers: [{ name: a, webhook_configs: [{ url: 'http://a' }] }]",
);
const alert = (venue: string) => ({ labels: { alertname: 'D"ö\nwn', venue }, startsAtMs: 0, endsAtMs: 1e12 });

test("what was saved is there after it was opened again, and what went is gone", () => {
  const path = join(folder, "alerting.db");
  const dispatcher = new Dispatcher(config);
  const first = openStateFile(path);
  expect(first.state).toBeUndefined();
  dispatcher.receive([alert("a"), alert("b")], 1e9);
  for (const notification of dispatcher.due(1e9)) dispatcher.delivered(notification, 1e9);
  const matchers = [{ name: "venue", operator: "=", value: "a" }] as const;
  dispatcher.silence({ matchers, endsAtMs: 2e9, createdBy: "me", comment: "" }, 1e9);
  first.save(dispatcher.state());
  first.save(dispatcher.state());
  // Nobody closes a file before a kill -9.
  const second = openStateFile(path);
  expect(second.state).toEqual(dispatcher.state());
  expect(second.state!.alerts).toHaveLength(2);
  dispatcher.forget();
  dispatcher.receive([alert("c")], 1e9);
  second.save(dispatcher.state());
  second.close();
  first.close();
  const third = openStateFile(path);
  expect(third.state).toEqual(dispatcher.state());
  expect(third.state!.alerts.map(({ labels }) => labels["venue"])).toEqual(["c"]);
  third.close();
});

test("a text that was kept under a name is there again, the last of each", () => {
  const path = join(folder, "alerting.db");
  const first = openStateFile(path);
  expect(first.kept("baselines")).toBeUndefined();
  first.keep("baselines", "[]");
  first.keep("baselines", "[1]");
  first.save(new Dispatcher(config).state());
  const second = openStateFile(path);
  expect([second.kept("baselines"), second.kept("other")]).toEqual(["[1]", undefined]);
  second.close();
  first.close();
});

test("what was added to a text is there in order, until the text is kept anew", () => {
  const path = join(folder, "alerting.db");
  const first = openStateFile(path);
  first.add("baselines", "a");
  first.add("other", "x");
  first.add("baselines", "b");
  const second = openStateFile(path);
  expect(second.added("baselines")).toEqual(["a", "b"]);
  second.keep("baselines", "[1]");
  expect([second.kept("baselines"), second.added("baselines"), second.added("other")]).toEqual(["[1]", [], ["x"]]);
  second.close();
  first.close();
});

test("a file that is none, or somebody else's, is told by its name", () => {
  const text = join(folder, "text.db");
  writeFileSync(text, "no database at all, but a long enough text to be looked at".repeat(20));
  expect(() => openStateFile(text)).toThrow(
    `${text} cannot be used for the state (file is not a database); give a file`,
  );
  const nowhere = join(folder, "nosuch", "alerting.db");
  expect(() => openStateFile(nowhere)).toThrow(
    expect.objectContaining({ code: "TELLTALE_BAD_STATE_FILE", message: expect.stringContaining(nowhere) }),
  );
  const other = join(folder, "other.db");
  const database = new DatabaseSync(other);
  database.exec("CREATE TABLE x (y)");
  database.close();
  expect(() => openStateFile(other)).toThrow(`${other} is no state of version 1`);
});
