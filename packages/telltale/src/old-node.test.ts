import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { oldNode } from "./old-node.ts";

test.each(["18.20.8", "20.20.2", "22.14.0"])("Node.js %s is told to be too old, with what is needed", (version) => {
  expect(oldNode(version)).toBe(
    `telltale: this is Node.js ${version}, and 22.15 or newer is needed; Node.js 24 is recommended`,
  );
});

test.each(["22.15.0", "22.22.3", "24.0.0", "26.1.0"])("Node.js %s is new enough", (version) => {
  expect(oldNode(version)).toBeUndefined();
});

test("what is needed is what package.json asks for", () => {
  const { engines } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const asked = engines.node.replace(">=", "");
  expect(oldNode(asked)).toBeUndefined();
  expect(oldNode(asked.replace("15", "14"))).toBeDefined();
});
