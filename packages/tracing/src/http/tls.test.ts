import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { otlpReceiver } from "@telltale/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { httpSender } from "./http-sender.ts";

const absent = spawnSync("openssl", ["version"]).error !== undefined;

let folder = "";
beforeAll(() => {
  if (absent) return;
  folder = mkdtempSync(join(tmpdir(), "telltale-tls-"));
  openssl("req", "-x509", ...newKey("ca"), "-out", "ca.crt", "-days", "2", "-subj", "/CN=ca");
  writeFileSync(join(folder, "names"), "subjectAltName=IP:127.0.0.1");
  for (const name of ["server", "client"]) {
    openssl("req", ...newKey(name), "-out", `${name}.csr`, "-subj", `/CN=${name}`);
    const signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names"];
    openssl("x509", "-req", "-in", `${name}.csr`, "-out", `${name}.crt`, ...signed);
  }
});
afterAll(() => {
  if (folder !== "") rmSync(folder, { recursive: true });
});

test.skipIf(absent)("TLS trusts the authority that is given, and shows the client's certificate", async () => {
  await using receiver = await otlpReceiver({
    tls: { key: read("server.key"), cert: read("server.crt"), clientCa: read("ca.crt") },
  });
  const sender = (certificate?: string, client?: string) =>
    httpSender({
      endpoint: `${receiver.url}/v1/traces`,
      contentType: "application/x-protobuf",
      headers: {},
      // What is refused may be tried again until then.
      timeoutMs: certificate && client ? 30_000 : 2_000,
      compression: "none",
      certificate,
      clientKey: client && read(`${client}.key`),
      clientCertificate: client && read(`${client}.crt`),
    });
  const complete = sender(read("ca.crt"), "client");
  await complete.send(new Uint8Array());
  expect(receiver.requests).toHaveLength(1);
  // Each has connections of its own: what one has proved is not the others'.
  await expect(sender(read("ca.crt")).send(new Uint8Array())).rejects.toThrow();
  await expect(sender(undefined, "client").send(new Uint8Array())).rejects.toThrow(/certificate/);
  expect(receiver.requests).toHaveLength(1);
  complete.close();
});

function read(name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

function newKey(name: string): string[] {
  return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", `${name}.key`];
}

function openssl(...options: readonly string[]): void {
  execFileSync("openssl", options, { cwd: folder, stdio: "ignore" });
}
