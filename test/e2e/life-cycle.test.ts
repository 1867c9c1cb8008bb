import { type OtlpReceiver, otlpReceiver } from "@telltale/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Application, startApplication } from "./application.ts";

let receiver: OtlpReceiver;
beforeEach(async () => {
  receiver = await otlpReceiver();
});
afterEach(() => receiver.close());

/** An application that ends 500 spans, fewer than a full batch, logs, counts, and then does what `ending` says. */
function program(ending: string): string {
  return `
    import { metrics, trace } from "@opentelemetry/api";
    import { bootstrap } from "telltale";
    const telemetry = bootstrap();
    const tracer = trace.getTracer("life-cycle");
    const end500 = () => {
      for (let i = 0; i < 500; i++) tracer.startSpan("queued " + i).end();
      metrics.getMeter("life-cycle").createCounter("endings").add(1);
      telemetry.logger("life-cycle").warn("about to end");
    };
    end500();
    ${ending}
    console.log("READY");
  `;
}

function run(ending: string, env: Record<string, string> = {}): Promise<Application> {
  return startApplication({
    source: program(ending),
    until: "started",
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_SERVICE_NAME: "life-cycle",
      // Enough on a machine that is busy with other things.
      TELLTALE_SHUTDOWN_TIMEOUT_MS: "20000",
      ...env,
    },
  });
}

/** 500 different spans, the counter and the log record, each once. */
function expectEverything(): void {
  expect(receiver.problems()).toEqual([]);
  expect(new Set(receiver.spans().map(({ name }) => name)).size).toBe(500);
  expect(receiver.spans()).toHaveLength(500);
  expect(receiver.metrics().some(({ name }) => name === "endings")).toBe(true);
  expect(receiver.logs().map(({ body }) => body)).toEqual(["about to end"]);
}

const WAIT = "setInterval(() => {}, 1000);";

describe("signals", () => {
  test.for(["SIGTERM", "SIGINT"] as const)("%s sends what is queued and still ends the process", async (signal) => {
    const application = await run(WAIT);
    await application.waitForOutput(/READY/);
    const ended = await application.stop(signal);
    expect(ended).toMatchObject({ code: null, signal });
    expectEverything();
  });

  test("a shell sees status 143 after SIGTERM", async () => {
    const application = await startApplication({
      source: `
        import { spawn } from "node:child_process";
        const shell = spawn("sh", ["-c", '"$NODE" --conditions=telltale-source --import telltale/register -e "setInterval(() => {}, 1000); setTimeout(() => process.kill(process.pid), 100)"; echo status $?'], { stdio: "inherit" });
        shell.on("exit", () => process.exit());
      `,
      until: "started",
      env: { NODE: process.execPath, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url },
    });
    await application.waitForOutput(/status 143/);
  });

  test("an application with a handler of its own keeps it, and nothing is lost when it exits at once", async () => {
    const application = await run(`process.on("SIGTERM", () => { console.log("mine"); process.exit(7); }); ${WAIT}`);
    await application.waitForOutput(/READY/);
    const ended = await application.stop("SIGTERM");
    expect(ended).toMatchObject({ code: 7, signal: null });
    expect(ended.stdout).toContain("mine");
    expectEverything();
  });

  test("an application whose handler decides to stay is left alone", async () => {
    const application = await run(`process.on("SIGTERM", () => console.log("staying")); ${WAIT}`);
    await application.waitForOutput(/READY/);
    process.kill(application.pid, "SIGTERM");
    await application.waitForOutput(/staying/);
    // The three signals are sent at the same time and arrive in any order.
    await receiver.waitFor(
      () => receiver.spans().length + receiver.logs().length === 501 && receiver.metrics().length > 0,
    );
    expectEverything();
    expect(await application.stop("SIGKILL")).toMatchObject({ signal: "SIGKILL" });
  });

  test("a backend that never answers does not keep the process past the deadline", async () => {
    receiver.respond({ type: "hang" });
    const application = await run(WAIT, { OTEL_EXPORTER_OTLP_TIMEOUT: "600000", TELLTALE_SHUTDOWN_TIMEOUT_MS: "300" });
    await application.waitForOutput(/READY/);
    const ended = await application.stop("SIGTERM");
    expect(ended).toMatchObject({ code: null, signal: "SIGTERM" });
    expect(ended.stderr).toContain("501 spans and log records could not be delivered within 300 ms");
  });

  test("a killed process loses only what was queued", async () => {
    const application = await run(`for (let i = 500; i < 520; i++) tracer.startSpan("queued " + i).end(); ${WAIT}`);
    await application.waitForOutput(/READY/);
    await receiver.waitForSpans(512);
    expect(await application.stop("SIGKILL")).toMatchObject({ signal: "SIGKILL" });
    expect(receiver.spans()).toHaveLength(512);
  });
});

describe("crashes", () => {
  test.for([
    ["a throw in a timer", `setTimeout(() => { throw new TypeError("boom"); }, 10);`],
    ["a rejection nobody handles", `Promise.reject(new TypeError("boom"));`],
    [
      "a throw in a nextTick",
      `process.nextTick(() => { throw Object.assign(new TypeError("boom"), { detail: 1 }); });`,
    ],
    ["a thrown string", `setTimeout(() => { throw "boom"; }, 10);`],
  ])("%s loses nothing and ends with the code and the words of Node itself", async ([, ending]) => {
    const observed = await run(`${ending!} ${WAIT}`);
    const withIt = await observed.exited;
    expectEverything();
    const bare = await startApplication({
      // The same lines at the same places, without telemetry behind them.
      source: program(`${ending!} ${WAIT}`),
      until: "started",
      env: { OTEL_SDK_DISABLED: "true" },
    });
    const without = await bare.exited;
    expect(withIt).toMatchObject({ code: 1, signal: null });
    expect(without).toMatchObject({ code: 1, signal: null });
    expect(comparable(withIt.stderr)).toBe(comparable(without.stderr));
    expect(withIt.stderr).toContain("boom");
  });

  test("an application that catches its own crashes goes on, and so does its telemetry", async () => {
    const application = await run(`
      process.on("uncaughtException", (error) => {
        tracer.startSpan("after " + error.message).end();
        process.exitCode = 4;
      });
      setTimeout(() => { throw new Error("caught"); }, 10);
    `);
    expect(await application.exited).toMatchObject({ code: 4, signal: null });
    expect(receiver.spans().map(({ name }) => name)).toContain("after caught");
    expect(receiver.spans()).toHaveLength(501);
  });

  test("a backend that is not there changes nothing about the end of a crashing process", async () => {
    await receiver.close();
    const application = await run(`setTimeout(() => { throw new Error("boom"); }, 10);`);
    expect(await application.exited).toMatchObject({ code: 1, signal: null });
  });
});

describe("ordinary ends", () => {
  test("process.exit() loses nothing and keeps its code", async () => {
    const application = await run("setImmediate(() => process.exit(3));");
    expect(await application.exited).toMatchObject({ code: 3, signal: null });
    expectEverything();
  });

  test("a program that has nothing left to do ends by itself with everything sent", async () => {
    const application = await run("process.exitCode = 5;");
    expect(await application.exited).toMatchObject({ code: 5, signal: null });
    expectEverything();
    expect(receiver.requests.filter(({ path }) => path === "/v1/metrics")).toHaveLength(1);
  });

  test("a backend that never answers does not keep a finished program", async () => {
    receiver.respond({ type: "hang" });
    const application = await run("", { OTEL_EXPORTER_OTLP_TIMEOUT: "600000", TELLTALE_SHUTDOWN_TIMEOUT_MS: "300" });
    const ended = await application.exited;
    expect(ended).toMatchObject({ code: 0, signal: null });
    expect(ended.stderr).toContain("501 spans and log records could not be delivered within 300 ms");
  });

  test("shutdown() does not wait for a backend that never answers, and tells what is lost", async () => {
    receiver.respond({ type: "hang" });
    const application = await run("await telemetry.shutdown(); console.log('ended');", {
      OTEL_EXPORTER_OTLP_TIMEOUT: "600000",
      TELLTALE_SHUTDOWN_TIMEOUT_MS: "300",
    });
    const ended = await application.exited;
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain("ended");
    expect(ended.stderr.match(/501 spans and log records could not be delivered within 300 ms/g)).toHaveLength(1);
  });

  test("shutdown() twice is harmless, and what is recorded afterwards is dropped in silence", async () => {
    const application = await run(`
      await Promise.all([telemetry.shutdown(), telemetry.shutdown()]);
      await telemetry.shutdown();
      tracer.startSpan("too late").end();
      telemetry.logger("life-cycle").info("still on the console");
    `);
    const ended = await application.exited;
    expect(ended).toMatchObject({ code: 0, signal: null, stderr: "" });
    expect(ended.stdout).toContain("still on the console");
    expectEverything();
  });
});

/** Paths and stack frames of the two runs differ in the folder of the application only. */
function comparable(stderr: string): string {
  return stderr.replaceAll(/application-\w+/g, "application");
}
