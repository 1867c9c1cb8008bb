import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { startApplication } from "./application.ts";

const server = (language: "esm" | "cjs"): string => `
${language === "esm" ? 'import http from "node:http";' : 'const http = require("node:http");'}
console.error("environment", JSON.stringify(Object.keys(process.env).sort()));
const server = http.createServer((request, response) => response.end("hello " + request.url));
server.listen(0, "127.0.0.1", () => console.log("listening on " + server.address().port));
`;

test.each(["esm", "cjs"] as const)("an application in %s answers on the port that it wrote", async (language) => {
  const application = await startApplication({ source: server(language), language, env: { GREETING: "hi" } });
  expect(await (await application.request("/x")).text()).toBe("hello /x");
  expect(application.stderr).toMatch(
    /environment \["GREETING","HOME","PATH"(,"TELLTALE_TRACING_ENGINE")?(,"TMPDIR")?\]/,
  );
  expect(await application.stop("SIGTERM")).toMatchObject({ code: null, signal: "SIGTERM" });
});

test("an application that ends before it listens is an error with its output", async () => {
  const source = 'console.log("so far"); throw new Error("no database");';
  await expect(startApplication({ source })).rejects.toThrow(
    /ended \(1\) without output like[\s\S]*so far[\s\S]*no database/,
  );
});

test("an application that is not waited for tells how it ended", async () => {
  const source = "console.log(process.argv[2]); process.exitCode = 3;";
  const application = await startApplication({ source, until: "started", args: ["argument"] });
  expect(await application.exited).toEqual({ code: 3, signal: null, stdout: "argument\n", stderr: "" });
});

test("an application that ignores SIGTERM is killed", async () => {
  const source = `process.on("SIGTERM", () => undefined);${server("cjs")}`;
  const application = await startApplication({ source, language: "cjs" });
  expect(await application.stop("SIGTERM", { timeoutMs: 200 })).toMatchObject({ code: null, signal: "SIGKILL" });
});

test("an application goes with its source when its block ends", async () => {
  let pid = 0;
  {
    await using application = await startApplication({ source: server("esm") });
    pid = application.pid;
    expect(existsSync(`/proc/${pid}`) || process.platform !== "linux").toBe(true);
  }
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});
