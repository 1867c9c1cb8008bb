/** Routing trees and alerts by chance: amtool and the package send them to the same receivers. */
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { AlertmanagerConfigError, matchRoutes, parseAlertmanagerConfig } from "@telltale/alerting";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { absentServers } from "../e2e/server-program.ts";
import { type Random, random } from "../promql/random.ts";

const run = promisify(execFile);
/** Another seed gives other trees: `TELLTALE_SEED=7 npx vitest run test/alerting`. */
const seed = Number(process.env["TELLTALE_SEED"] ?? 1);
const TREES = 12;
const ALERTS_PER_TREE = 12;
const program = process.env["TELLTALE_AMTOOL"] ?? "amtool";

const values: Readonly<Record<string, readonly string[]>> = {
  severity: ["page", "warning", "info", ""],
  team: ["desk", "infra", "a b", 'quo"te', "back\\slash", "x,y"],
  instance: ["a-1", "b-2", "web.example.org"],
};
const patterns = ["page|warning", "a.*", ".+", "", "[a-c]-\\d", "(?i)PAGE", "web.example.org", "des[^x]"];

function label(chance: Random): [string, string] {
  const name = chance.pick(Object.keys(values));
  return [name, chance.pick(values[name]!)];
}

function matcher(chance: Random): string {
  const [name, value] = label(chance);
  const space = chance.pick(["", " "]);
  const operator = chance.pick(["=", "!=", "=~", "!~"]);
  const wanted = operator.endsWith("~") ? chance.pick(patterns) : value;
  const bare = /^[\w.|*+-]+$/.test(wanted) && chance.chance(0.4);
  const escaped = wanted.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  const one = `${name}${space}${operator}${space}${bare ? wanted : `"${escaped}"`}`;
  if (chance.chance(0.1)) return `{${one},${matcher(chance).replace(/^\{|\}$/g, "")}}`;
  return chance.chance(0.1) ? `{${one}}` : one;
}

function route(chance: Random, depth: number): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  if (chance.chance(0.7)) made["receiver"] = `receiver-${chance.below(8)}`;
  if (chance.chance(0.6)) made["matchers"] = Array.from({ length: 1 + chance.below(2) }, () => matcher(chance));
  else if (chance.chance(0.5)) made["match"] = Object.fromEntries([label(chance)]);
  else made["match_re"] = { [label(chance)[0]]: chance.pick(patterns) };
  if (chance.chance(0.4)) made["continue"] = true;
  if (chance.chance(0.3)) made["group_by"] = chance.pick([["..."], [], ["severity", "team"]]);
  if (chance.chance(0.3)) made["group_wait"] = chance.pick(["0s", "10s", "1m"]);
  if (depth < 3 && chance.chance(0.7))
    made["routes"] = Array.from({ length: chance.below(4) }, () => route(chance, depth + 1));
  return made;
}

function tree(chance: Random): string {
  const routes = Array.from({ length: 2 + chance.below(5) }, () => route(chance, 0));
  const receivers = Array.from({ length: 8 }, (_, i) => ({ name: `receiver-${i}` }));
  return stringify({ route: { receiver: "receiver-0", routes }, receivers });
}

const absent = absentServers("amtool");

describe.skipIf(absent)(`routing with the seed ${seed}${absent ? ` (skipped: ${absent})` : ""}`, () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "routing-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("amtool chooses the same receivers, in the same order", async () => {
    const chance = random(seed);
    const deepest = new Set<string>();
    for (let i = 0; i < TREES; i++) {
      const path = join(folder, `tree-${i}.yml`);
      const text = tree(chance);
      writeFileSync(path, text);
      const config = parseAlertmanagerConfig(text);
      for (let j = 0; j < ALERTS_PER_TREE; j++) {
        const labels = Object.fromEntries(Array.from({ length: chance.below(4) }, () => label(chance)));
        const written = Object.entries(labels).map(
          ([name, value]) => `${name}="${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`,
        );
        const { stdout } = await run(program, ["config", "routes", "test", `--config.file=${path}`, ...written]);
        const ours = matchRoutes(config.route, labels);
        expect(ours.map(({ receiver }) => receiver).join(","), `${JSON.stringify(labels)} in\n${text}`).toBe(
          stdout.trim(),
        );
        deepest.add(ours[0]!.key);
      }
    }
    expect(deepest.size).toBeGreaterThan(TREES);
  });

  const base = { route: { receiver: "a" }, receivers: [{ name: "a" }] };
  test.each<readonly [string, unknown]>([
    ["no route", { receivers: [{ name: "a" }] }],
    ["a root without receiver", { ...base, route: {} }],
    ["a root with matchers", { ...base, route: { receiver: "a", matchers: ["a=b"] } }],
    ["a receiver that is not there", { ...base, route: { receiver: "a", routes: [{ receiver: "b" }] } }],
    ["two receivers of one name", { ...base, receivers: [{ name: "a" }, { name: "a" }] }],
    ["a receiver without name", { ...base, receivers: [{}] }],
    ["a wildcard beside labels", { ...base, route: { receiver: "a", group_by: ["...", "b"] } }],
    ["a label twice in group_by", { ...base, route: { receiver: "a", group_by: ["b", "b"] } }],
    ["a group_interval of zero", { ...base, route: { receiver: "a", group_interval: "0s" } }],
    ["a matcher without operator", { ...base, route: { receiver: "a", routes: [{ matchers: ["a"] }] } }],
    ["a pattern that is none", { ...base, route: { receiver: "a", routes: [{ matchers: ['a=~"("'] }] } }],
    [
      "a time interval that is not there",
      { ...base, route: { receiver: "a", routes: [{ mute_time_intervals: ["x"] }] } },
    ],
    [
      "a weekday that is none",
      { ...base, time_intervals: [{ name: "x", time_intervals: [{ weekdays: ["funday"] }] }] },
    ],
    [
      "a day of the month that is none",
      { ...base, time_intervals: [{ name: "x", time_intervals: [{ days_of_month: ["32"] }] }] },
    ],
    [
      "a time without end",
      { ...base, time_intervals: [{ name: "x", time_intervals: [{ times: [{ start_time: "10:00" }] }] }] },
    ],
    [
      "a time zone that is none",
      { ...base, time_intervals: [{ name: "x", time_intervals: [{ location: "Nowhere/City" }] }] },
    ],
    ["a root that continues", { ...base, route: { receiver: "a", continue: true } }],
    ["an unknown field for all receivers", { ...base, global: { resolve_timout: "1m" } }],
    ["a label without name in equal", { ...base, inhibit_rules: [{ equal: [""] }] }],
    [
      "an offset for a time zone",
      { ...base, time_intervals: [{ name: "x", time_intervals: [{ location: "+01:00" }] }] },
    ],
    ["a month with a fraction", { ...base, time_intervals: [{ name: "x", time_intervals: [{ months: ["1.0"] }] }] }],
    [
      "fewer alerts than none",
      { ...base, receivers: [{ name: "a", webhook_configs: [{ url: "http://a", max_alerts: -1 }] }] },
    ],
    [
      "no chat of Telegram",
      { ...base, receivers: [{ name: "a", telegram_configs: [{ bot_token: "a", chat_id: 0 }] }] },
    ],
    [
      "credentials of a kind that has fields of its own",
      {
        ...base,
        receivers: [
          { name: "a", webhook_configs: [{ url: "http://a", http_config: { authorization: { type: "Basic" } } }] },
        ],
      },
    ],
    ["an unknown field of a route", { ...base, route: { receiver: "a", reciever: "b" } }],
  ])("%s: amtool refuses it too", (_, config) => {
    const path = join(folder, "bad.yml");
    writeFileSync(path, stringify(config));
    expect(() => execFileSync(program, ["check-config", path], { stdio: "pipe" })).toThrow();
    expect(() => parseAlertmanagerConfig(stringify(config))).toThrow(AlertmanagerConfigError);
  });
});
