import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./workspace.ts";

const [major, minor] = process.versions.node.split(".").map(Number) as [number, number];
const supplied = ["x64", "arm64"].map((arch) => join(root, `node_modules/node-linux-${arch}`)).find(existsSync);

test("the tests run on Node 22.15 or newer", () => {
  expect(major > 22 || (major === 22 && minor >= 15), `Node ${process.versions.node}`).toBe(true);
});

test.skipIf(supplied === undefined)("the tests run on the Node 24 that the workspace supplies", () => {
  expect(major, `Node ${process.versions.node} at ${process.execPath}`).toBe(24);
  expect(process.execPath.startsWith(supplied!), process.execPath).toBe(true);
});
