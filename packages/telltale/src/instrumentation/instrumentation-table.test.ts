import { createRequire, isBuiltin } from "node:module";
import type { InstrumentationModuleDefinition } from "@opentelemetry/instrumentation";
import { expect, test } from "vitest";
import { type InstrumentationEntry, instrumentationTable } from "./instrumentation-table.ts";

const require = createRequire(import.meta.url);

test("names are unique, and so are the modules: each has one instrumentation", () => {
  const names = instrumentationTable.map((entry) => entry.name);
  const modules = instrumentationTable.flatMap((entry) => entry.modules);
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(modules).size).toBe(modules.length);
});

test("what makes a span of every socket, look-up and file is off by default, and what starts a process or is told by others", () => {
  const off = instrumentationTable.filter((entry) => !entry.enabledByDefault).map((entry) => entry.name);
  expect(off).toEqual([
    "runtime-node",
    "host",
    "gpu",
    "trading",
    "consensus",
    "p2p",
    "ml",
    "gaming",
    "cluster",
    "agents",
    "net",
    "dns",
    "fs",
  ]);
});

/** All but Fastify's, which listens to a channel instead, and ours that only measure. */
const patching = instrumentationTable.filter(
  ({ name, package: from }) =>
    name !== "fastify" && !/^@telltale\/(gpu|runtime|trading|consensus|ml|gaming|cluster)\b/.test(from),
);

test.each(patching)("$name is installed, and its modules are those that it patches", (entry) => {
  const patched = new Set(definitionsOf(entry).map((definition) => definition.name));
  expect([...patched].sort()).toEqual([...entry.modules].sort());
});

test.each(patching.filter((entry) => entry.startsWith === "module"))(
  "$name patches built-ins or packages, not both",
  (entry) => {
    expect(new Set(entry.modules.map((name) => isBuiltin(name))).size).toBe(1);
  },
);

function definitionsOf({ package: packageName, className }: InstrumentationEntry): InstrumentationModuleDefinition[] {
  const exports = require(packageName) as Record<
    string,
    new (config: {
      enabled: boolean;
    }) => { getModuleDefinitions(): InstrumentationModuleDefinition[] }
  >;
  return new exports[className]!({ enabled: false }).getModuleDefinitions();
}
