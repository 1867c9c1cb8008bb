/** Who takes part in bench:http, and where each is installed. */
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { installedVersion, packWorkspace, peerFolder } from "../peer-folder.ts";

export const routes = {
  "express:ping": { application: "express.cjs", path: "/ping", asksStores: false, title: "Express, `GET /ping`" },
  "express:orders": {
    application: "express.cjs",
    path: "/orders/7",
    asksStores: true,
    title: "Express, PostgreSQL and Redis",
  },
  "fastify:ping": { application: "fastify.cjs", path: "/ping", asksStores: false, title: "Fastify, `GET /ping`" },
  "fastify:orders": {
    application: "fastify.cjs",
    path: "/orders/7",
    asksStores: true,
    title: "Fastify, PostgreSQL and Redis",
  },
} as const;

export type RouteName = keyof typeof routes;

export interface Candidate {
  /** For `--candidates`. */
  readonly key: string;
  /** With its version. */
  readonly name: string;
  readonly folder: string;
  readonly preload: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const application = { express: "5.3.0", fastify: "5.12.8", pg: "8.23.1", ioredis: "6.0.0" };
const api = { "@opentelemetry/api": "^1.10.0" };

/** One coherent set, with no package in two versions: the latest that every instrumentation of the set asks for. */
const sdkPackages = {
  "@opentelemetry/sdk-node": "0.300.0",
  "@opentelemetry/instrumentation-http": "0.300.0",
  "@opentelemetry/instrumentation-express": "0.72.0",
  "@opentelemetry/instrumentation-ioredis": "0.72.0",
  "@opentelemetry/instrumentation-pg": "0.77.0",
  "@fastify/otel": "latest",
};

const oneInHundred = { OTEL_TRACES_SAMPLER: "parentbased_traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.01" };

interface Peer {
  readonly key: string;
  /** The package whose version is shown. */
  readonly shows?: string;
  readonly title?: string;
  readonly packages: () => Readonly<Record<string, string>>;
  readonly folder: string;
  readonly preload: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const telltale = {
  packages: () => ({ ...api, ...packWorkspace() }),
  folder: "http-telltale",
  preload: ["--import", "telltale/register"],
};
const sdk = { packages: () => ({ ...api, ...sdkPackages }), folder: "http-sdk", preload: ["--require", "./sdk.cjs"] };
const datadog = {
  shows: "dd-trace",
  packages: () => ({ "dd-trace": "latest" }),
  folder: "http-dd-trace",
  preload: ["--require", "dd-trace/init"],
};

const peers: readonly Peer[] = [
  { key: "bare", packages: () => ({}), folder: "http-bare", preload: [] },
  { key: "telltale", ...telltale },
  { key: "telltale-1%", title: "telltale, 1%", ...telltale, env: oneInHundred },
  { key: "sdk", title: "SDK, same instrumentations,", shows: "@opentelemetry/sdk-node", ...sdk },
  {
    key: "sdk-1%",
    title: "SDK, same instrumentations, 1%,",
    shows: "@opentelemetry/sdk-node",
    ...sdk,
    env: oneInHundred,
  },
  { key: "dd-trace", ...datadog },
  { key: "dd-trace-1%", title: "dd-trace, 1%,", ...datadog, env: { DD_TRACE_SAMPLE_RATE: "0.01" } },
  {
    key: "auto",
    shows: "@opentelemetry/auto-instrumentations-node",
    packages: () => ({ ...api, "@opentelemetry/auto-instrumentations-node": "latest" }),
    folder: "http-auto",
    preload: ["--require", "@opentelemetry/auto-instrumentations-node/register"],
  },
  {
    key: "splunk",
    shows: "@splunk/otel",
    // 4.11.0 asks for @opentelemetry/instrumentation-sequelize 0.14.0, which not every registry has.
    packages: () => ({ ...api, "@splunk/otel": "4.7.2" }),
    folder: "http-splunk",
    preload: ["--require", "@splunk/otel/instrument"],
    env: { SPLUNK_METRICS_ENABLED: "true" },
  },
  {
    key: "elastic",
    shows: "@elastic/opentelemetry-node",
    packages: () => ({ "@elastic/opentelemetry-node": "latest" }),
    folder: "http-elastic",
    preload: ["--import", "@elastic/opentelemetry-node"],
  },
];

/** Installed where that has not been done. `linked` is a folder to run telltale in, instead of packing and installing it. */
export function httpCandidates(options: {
  readonly only: readonly string[] | undefined;
  readonly linked: string | undefined;
}): readonly Candidate[] {
  const { only, linked } = options;
  const unknown = only?.filter((key) => !peers.some((peer) => peer.key === key)) ?? [];
  if (unknown.length > 0) {
    throw new Error(`no candidate ${unknown.join(", ")}; there are ${peers.map(({ key }) => key).join(", ")}`);
  }
  const folders = new Map<string, string>(linked === undefined ? [] : [[telltale.folder, linked]]);
  // The bare one is what all others are compared with.
  return peers
    .filter(({ key }) => key === "bare" || only === undefined || only.includes(key))
    .flatMap((peer) => {
      const folder = folders.get(peer.folder) ?? install(peer);
      if (folder === undefined) return [];
      folders.set(peer.folder, folder);
      for (const file of ["control.cjs", "express.cjs", "fastify.cjs", "sdk.cjs"]) {
        copyFileSync(join(import.meta.dirname, file), join(folder, file));
      }
      const version = peer.shows === undefined ? "" : ` ${installedVersion(folder, peer.shows)}`;
      const name = `${peer.title ?? peer.shows ?? peer.key}${version}`;
      return { key: peer.key, name, folder, preload: peer.preload, env: peer.env ?? {} };
    });
}

/** `undefined` for a peer of which a registry does not have everything; the others are compared without it. */
function install(peer: Peer): string | undefined {
  let folder: string;
  try {
    folder = peerFolder(peer.folder, { ...application, ...peer.packages() });
  } catch (error) {
    if (peer.key === "bare" || peer.key.startsWith("telltale")) throw error;
    process.stderr.write(`${peer.key} is left out: it cannot be installed\n`);
    return undefined;
  }
  if (!existsSync(join(folder, "node_modules", "express"))) throw new Error(`${folder} is not whole; remove it`);
  return folder;
}
