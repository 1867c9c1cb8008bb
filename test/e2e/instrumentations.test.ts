import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type ObservedProgramOptions, type ObservedSpan, runObserved } from "./observed-program.ts";

const root = join(import.meta.dirname, "../..");

/** What is loaded because of instrumentations: their packages, and what those bring. */
const loadedPackages = `[...new Set(Object.keys((await import("node:module")).default._cache)
  .map((file) => /node_modules\\/(@opentelemetry\\/instrumentation[^/]*|require-in-the-middle|import-in-the-middle)\\//.exec(file)?.[1])
  .filter(Boolean))]`;

describe("what is loaded", () => {
  test("a program with neither HTTP nor a database loads no instrumentation", async () => {
    const { output } = await runObserved(`
      import { readFile } from "node:fs/promises";
      await readFile(new URL(import.meta.url));
      const http = process.moduleLoadList.filter((name) => /^NativeModule https?$/.test(name));
      console.log(JSON.stringify({ names: handle.loaded(), packages: ${loadedPackages}, http }));`);
    expect(JSON.parse(output)).toEqual({ names: [], packages: [], http: [] });
  });

  test("each instrumentation comes with the first module that it is for", async () => {
    const { output } = await runObserved(
      `const seen = [];
      for (const name of ["http", "express", "pg", "koa"]) { require(name); seen.push([...handle.loaded()]); }
      console.log(JSON.stringify(seen));`,
      { language: "cjs" },
    );
    expect(JSON.parse(output)).toEqual([
      ["http"],
      ["http", "express"],
      ["http", "express", "pg"],
      ["http", "express", "pg", "koa"],
    ]);
  });

  test("an instrumentation that is switched off is not loaded", async () => {
    const { output, spans } = await runObserved(
      `import http from "node:http"; import pg from "pg"; console.log(JSON.stringify(handle.loaded()));
      await new pg.Client({ port: 1, host: "127.0.0.1" }).connect().catch(() => {});`,
      { instrumentations: { pg: false } },
    );
    expect(JSON.parse(output)).toEqual(["http"]);
    expect(spans).toEqual([]);
  });

  test("net, dns and fs are off until they are asked for", async () => {
    const look = `import dns from "node:dns"; await dns.promises.lookup("localhost"); console.log(handle.loaded().join());`;
    expect((await runObserved(look)).output).toBe("");
    const asked = await runObserved(look, { instrumentations: { dns: true } });
    expect(asked.output).toBe("dns");
    expect(asked.spans.map((span) => span.name)).toEqual(["dns.lookup"]);
  });

  test("what telltale loads for itself brings nothing in, and the application's pino is instrumented all the same", async () => {
    const asTelltale = JSON.stringify(join(root, "packages/logging/src/logger.ts"));
    for (const language of ["esm", "cjs"] as const) {
      const get = language === "esm" ? `(await import("pino")).default` : `require("pino")`;
      const { output } = await runObserved(
        `(async () => {
          const { createRequire } = await import("node:module");
          const { trace } = await import("@opentelemetry/api");
          const ownRequire = createRequire(${asTelltale});
          const ownPino = ownRequire("pino"); ownRequire("http");
          console.log(JSON.stringify(handle.loaded()));
          const pino = ${get};
          trace.getTracer("test").startActiveSpan("work", () => { pino().info("theirs"); ownPino().info("ours"); });
          console.log(JSON.stringify(handle.loaded()));
        })()`,
        { language },
      );
      const lines = output.split("\n").map((line) => JSON.parse(line));
      const logged = (message: string): object => lines.find((line) => line.msg === message);
      expect(lines.filter((line) => Array.isArray(line))).toEqual([[], ["pino"]]);
      expect(logged("theirs")).toHaveProperty("trace_id");
      expect(logged("ours")).not.toHaveProperty("trace_id");
    }
  });
});

/** The same specification for every Node that is put into .cache/nodes/VERSION/bin/node. */
describe.each(nodes())("on Node $version", ({ node }) => {
  const run = (source: string, options: ObservedProgramOptions = {}) =>
    runObserved(source, { ...options, ...(node === undefined ? {} : { node }) });

  test.each(["esm", "cjs"] as const)("an Express route names the server span, as %s", async (language) => {
    const { spans } = await run(
      program(
        { express: "express" },
        `const app = express();
        app.get("/orders/:id", function getOrder(request, response) { response.json({}); });
        const server = app.listen(0, async () => {
          await get(\`http://127.0.0.1:\${server.address().port}/orders/7\`);
          server.close();
        });`,
        language,
      ),
      { language },
    );
    // GET                              undici
    // └── GET /orders/:id              http      (by header; the program is its own client)
    //     └── request handler          express
    const server = only(spans, { kind: "SERVER" });
    expect(server.name).toBe("GET /orders/:id");
    expect(server.parentSpanId).toBeUndefined();
    expect(only(spans, { scope: "@opentelemetry/instrumentation-express" }).parentSpanId).toBe(server.spanId);
  });

  test.each(["esm", "cjs"] as const)(
    "a Fastify route names the server span and its handler, as %s",
    async (language) => {
      const { spans } = await run(
        program(
          { fastify: "fastify" },
          `const app = fastify();
        app.get("/orders/:id", async function getOrder() { return {}; });
        app.listen({ port: 0 }).then(async (url) => { await get(url + "/orders/7"); await app.close(); });`,
          language,
        ),
        { language },
      );
      const server = only(spans, { kind: "SERVER" });
      expect(server.name).toBe("GET /orders/:id");
      const handler = only(spans, { scope: "@telltale/tracing/fastify" });
      expect(handler).toMatchObject({
        name: "handler - getOrder",
        kind: "INTERNAL",
        parentSpanId: server.spanId,
        attributes: { "http.route": "/orders/:id", "fastify.type": "request-handler" },
        failed: false,
      });
    },
  );

  test.each(["esm", "cjs"] as const)("pg is patched once, as %s", async (language) => {
    const { spans } = await run(
      program({ pg: "pg" }, `new pg.Client({ host: "127.0.0.1", port: 1 }).connect().catch(() => {});`, language),
      { language },
    );
    expect(spans.map(({ name, failed }) => ({ name, failed }))).toEqual([{ name: "pg.connect", failed: true }]);
  });

  test.each(["esm", "cjs"] as const)("files inside a package are patched, as %s", async (language) => {
    const { output, stderr } = await run(
      program(
        { winston: "winston", api: "@opentelemetry/api" },
        `const logger = winston.createLogger({ transports: [new winston.transports.Console()] });
        api.trace.getTracer("test").startActiveSpan("work", () => logger.info("hello"));`,
        language,
      ),
      { language },
    );
    expect(stderr).toBe("");
    expect(JSON.parse(output)).toMatchObject({ message: "hello", trace_id: expect.any(String) });
  });

  test("a package that is both imported and required is one object, patched once", async () => {
    for (const order of [
      `const required = require("pg"); const imported = (await import("pg")).default;`,
      `const imported = (await import("pg")).default; const required = require("pg");`,
    ]) {
      const { output, spans } = await run(`
        import { createRequire } from "node:module";
        const require = createRequire(import.meta.url);
        ${order}
        console.log(imported.Client === required.Client);
        await new required.Client({ host: "127.0.0.1", port: 1 }).connect().catch(() => {});`);
      expect(output).toBe("true");
      expect(spans).toHaveLength(1);
    }
  });

  test.each([
    ["require, then import", `const required = require("http"); const imported = await import("node:http");`],
    ["import, then require", `const imported = await import("node:http"); const required = require("http");`],
    ["getBuiltinModule", `const required = process.getBuiltinModule("http"); const imported = await import("http");`],
  ])("http by %s gives one client span a request", async (_, load) => {
    const { spans } = await run(`
      import { createRequire } from "node:module";
      const require = createRequire(import.meta.url);
      ${load}
      const server = imported.createServer((request, response) => response.end()).listen(0);
      const url = () => \`http://127.0.0.1:\${server.address().port}/\`;
      const done = (response) => { response.resume(); return new Promise((resolve) => response.on("end", resolve)); };
      for (const { get } of [required, imported, imported.default]) {
        await new Promise((resolve) => get(url(), (response) => resolve(done(response))));
      }
      server.close();`);
    expect(spans.filter((span) => span.kind === "CLIENT")).toHaveLength(3);
    expect(spans.filter((span) => span.kind === "SERVER")).toHaveLength(3);
  });

  test("a CommonJS program that imports http later has it patched", async () => {
    const { spans } = await run(
      `(async () => {
        const { get } = await import("node:http");
        await new Promise((resolve) => get("http://127.0.0.1:1/").on("error", resolve));
      })();`,
      { language: "cjs" },
    );
    expect(spans.map(({ kind, failed }) => ({ kind, failed }))).toEqual([{ kind: "CLIENT", failed: true }]);
  });

  test("the first fetch has its span, and the second one", async () => {
    const { spans, output } = await run(`
      for (const path of ["first", "second"]) await fetch("http://127.0.0.1:49151/" + path).catch(() => {});
      console.log(handle.loaded().join());`);
    expect(output).toBe("undici");
    expect(spans.map((span) => span.attributes["url.path"])).toEqual(["/first", "/second"]);
  });

  test("an ESM build is patched in place, before the program goes on", async () => {
    const { spans, stderr } = await run(
      `import OpenAI, { APIError } from "openai";
      console.log(APIError.name);
      await new OpenAI().chat.completions.create({ model: "m", messages: [] });`,
      { files: fakeOpenAi },
    );
    expect(stderr).toBe("");
    expect(spans.map((span) => span.name)).toEqual(["chat m"]);
  });
});

describe("modules that were loaded before", () => {
  test("http and express are patched where they stand", async () => {
    const { spans, stderr } = await runObserved(
      `globalThis.serve().then(async (server) => {
        await fetch(\`http://127.0.0.1:\${server.address().port}/orders/7\`);
        server.close();
      });`,
      {
        before: `import express from "express";
          globalThis.serve = () => new Promise((resolve) => {
            const app = express().get("/orders/:id", (request, response) => response.end());
            const server = app.listen(0, () => resolve(server));
          });`,
      },
    );
    expect(stderr).toBe("");
    expect(only(spans, { kind: "SERVER" }).name).toBe("GET /orders/:id");
  });

  test("a module that has to be replaced is named in a warning", async () => {
    const { stderr, output } = await runObserved(`console.log(handle.loaded().join());`, {
      before: `import { createRequire } from "node:module"; createRequire(import.meta.url)("pino");`,
    });
    expect(output).toBe("pino");
    expect(stderr).toContain("Loaded before telltale, and not instrumented where it is already held: pino.");
  });
});

describe("what goes wrong", () => {
  const entry = { startsWith: "module", enabledByDefault: true, className: "BrokenInstrumentation", modules: ["pg"] };

  test.each([
    ["cannot be found", undefined, "could not be loaded"],
    ["throws when it is loaded", `throw new Error("broken");`, "could not be loaded: broken"],
    [
      "throws when it is made",
      `exports.BrokenInstrumentation = class { constructor() { throw new Error("broken"); } };`,
      "could not be loaded: broken",
    ],
    [
      "throws when it patches",
      `const { InstrumentationBase, InstrumentationNodeModuleDefinition } = require("@opentelemetry/instrumentation");
      exports.BrokenInstrumentation = class extends InstrumentationBase {
        constructor(config) { super("broken", "1", config); }
        init() { return [new InstrumentationNodeModuleDefinition("pg", ["*"], () => { throw new Error("broken"); })]; }
      };`,
      "could not patch pg: broken",
    ],
  ])("an instrumentation that %s is named in one warning, and the application runs on", async (_, text, warning) => {
    const name = "broken-instrumentation.cjs";
    const { output, stderr } = await runObserved(
      `import pg from "pg"; import { createRequire } from "node:module";
      console.log(createRequire(import.meta.url)("pg").Client === pg.Client, handle.loaded().length);`,
      {
        table: [{ ...entry, name: "broken", package: text === undefined ? name : `<folder>/${name}` }],
        files: text === undefined ? {} : { [name]: text },
      },
    );
    expect(output.startsWith("true")).toBe(true);
    expect(stderr).toContain(warning);
    expect(stderr.match(/The instrumentation "broken"/g)).toHaveLength(1);
  });

  test("a version that the instrumentation does not support is named in a warning", async () => {
    const { stderr } = await runObserved(`import bunyan from "bunyan"; bunyan.createLogger({ name: "x" });`);
    expect(stderr).toMatch(
      /bunyan 2\.\S+ is not instrumented: @opentelemetry\/instrumentation-bunyan supports >=1.0.0 <2/,
    );
  });

  test("an engine that there is not is named in a warning", async () => {
    const { stderr, output } = await runObserved(`import "node:http"; console.log(handle.loaded().join());`, {
      instrumentations: { http: { engine: "contrb" } },
    });
    expect(output).toBe("http");
    expect(stderr).toContain(`instrumentations.http.engine is "contrb"; it is "telltale" (the default) or "contrib"`);
  });

  test("instrumentations that the application registers itself still work", async () => {
    const { spans } = await runObserved(
      `require("express");
      const before = require("node:module").prototype.require;
      const { PgInstrumentation } = require(${JSON.stringify(join(root, "node_modules/@opentelemetry/instrumentation-pg"))});
      new PgInstrumentation();
      console.log(before === require("node:module").prototype.require);
      const pg = require("pg");
      new pg.Client({ host: "127.0.0.1", port: 1 }).connect().catch(() => {});`,
      { language: "cjs", instrumentations: { pg: false } },
    );
    expect(spans.map((span) => span.name)).toEqual(["pg.connect"]);
  });

  test("after stop() nothing is patched any more", async () => {
    const { spans, output } = await runObserved(
      `const { get } = require("http");
      const patched = require("http").get;
      handle.stop(); handle.stop();
      console.log(patched === require("http").get);
      const pg = require("pg");
      new pg.Client({ host: "127.0.0.1", port: 1 }).connect().catch(() => {});
      require("http").get("http://127.0.0.1:1/").on("error", () => {});`,
      { language: "cjs" },
    );
    expect(output).toBe("false");
    expect(spans).toEqual([]);
  });
});

function nodes(): readonly { readonly version: string; readonly node: string | undefined }[] {
  const folder = join(root, ".cache/nodes");
  const versions = existsSync(folder) ? readdirSync(folder) : [];
  const others = versions.map((version) => ({ version, node: join(folder, version, "bin/node") }));
  return [{ version: process.version, node: undefined }, ...others.filter(({ node }) => existsSync(node))];
}

function program(modules: Readonly<Record<string, string>>, body: string, language: "esm" | "cjs"): string {
  const loads = Object.entries(modules).map(([name, specifier]) =>
    language === "esm" ? `import ${name} from "${specifier}";` : `const ${name} = require("${specifier}");`,
  );
  // A client without a span of its own in the way.
  return `${loads.join("\n")}
    const get = (url) => fetch(url, { headers: {} }).then((response) => response.text());
    ${body}`;
}

function only(spans: readonly ObservedSpan[], wanted: Partial<ObservedSpan>): ObservedSpan {
  const found = spans.filter((span) =>
    Object.entries(wanted).every(([key, value]) => span[key as keyof ObservedSpan] === value),
  );
  expect(found, JSON.stringify(spans)).toHaveLength(1);
  return found[0]!;
}

/** The shape of the real package's ESM build. */
const fakeOpenAi = {
  "node_modules/openai/package.json": JSON.stringify({
    name: "openai",
    version: "5.0.0",
    exports: { ".": { import: "./index.mjs", require: "./index.js" } },
  }),
  "node_modules/openai/index.js": `throw new Error("the ESM build was asked for");`,
  "node_modules/openai/index.mjs": `
    class Completions { async create() { return { choices: [], usage: {} }; } }
    class Chat { completions = new Completions(); }
    Chat.Completions = Completions;
    class Embeddings { async create() {} }
    export class APIError extends Error {}
    export class OpenAI { chat = new Chat(); baseURL = "http://127.0.0.1:1"; static Chat = Chat; static Embeddings = Embeddings; }
    OpenAI.OpenAI = OpenAI;
    export default OpenAI;`,
};
