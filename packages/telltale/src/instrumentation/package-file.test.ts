import { expect, test } from "vitest";
import { packageFileOf } from "./package-file.ts";

test("a file belongs to the package in the innermost node_modules", () => {
  expect(packageFileOf("/app/node_modules/.pnpm/pg@8.0.0/node_modules/pg/lib/client.js")).toEqual({
    packageName: "pg",
    baseDir: "/app/node_modules/.pnpm/pg@8.0.0/node_modules/pg",
    path: "lib/client.js",
  });
});

test("a scope is part of the name", () => {
  expect(packageFileOf("/app/node_modules/@redis/client/dist/index.js")).toEqual({
    packageName: "@redis/client",
    baseDir: "/app/node_modules/@redis/client",
    path: "dist/index.js",
  });
});

test("a file of the application belongs to no package", () => {
  expect(packageFileOf("/app/src/node_modules.js")).toBeUndefined();
  expect(packageFileOf("/app/node_modules/loose.js")).toBeUndefined();
  expect(packageFileOf("/app/node_modules/@scope/loose.js")).toBeUndefined();
});
