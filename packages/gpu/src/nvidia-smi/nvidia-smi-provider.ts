import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { GpuError, type GpuFault, type GpuProbe, type GpuProvider, type ProviderOptions } from "../gpu-provider.ts";
import type { GpuReading } from "../gpu-reading.ts";
import { pciDevices } from "../sysfs/pci-devices.ts";
import { SMI_FIELDS, smiReading } from "./smi-fields.ts";

/** With eight devices and no persistence mode the tool takes six seconds for its first lines. */
const PROBE_DEADLINE_MS = 20_000;
/** Lines of one pass come together. */
const PASS_GAP_MS = 50;
const FRESH_INTERVALS = 3;

/** The helper has no environment. On Windows, Node.js gives its children the PATH all the same. */
const searched: { readonly env?: { readonly PATH: string } } =
  process.platform === "win32"
    ? {}
    : { env: { PATH: "/usr/local/bin:/usr/bin:/bin:/usr/lib/wsl/lib:/run/current-system/sw/bin:/opt/bin" } };

interface Seen {
  readonly reading: GpuReading;
  readonly atMs: number;
}

/**
 * NVIDIA's tool as one long-lived child that writes a line for each device at each interval. Starting it for each sample would take
 * up to seconds. When it ends it is started again, the next time twice as much later.
 */
export function nvidiaSmiProvider(options: ProviderOptions): GpuProvider {
  let child: ChildProcessByStdio<null, Readable, Readable> | undefined;
  let restart: NodeJS.Timeout | undefined;
  let backoffMs = options.intervalMs;
  let fields = SMI_FIELDS;
  let last: GpuFault | undefined;
  let onLine = (): void => {};
  let onEnd = (): void => {};
  const seen = new Map<string, Seen>();

  function start(): void {
    const said: string[] = [];
    const query = `--query-gpu=${fields.join(",")}`;
    const process = spawn(
      options.nvidiaSmi,
      [query, "--format=csv,noheader,nounits", `--loop-ms=${options.intervalMs}`],
      { stdio: ["ignore", "pipe", "pipe"], windowsHide: true, ...searched },
    );
    child = process;
    const keep = (line: string): void => {
      said.push(line);
      if (said.length > 20) said.shift();
    };
    const take = (line: string): void => {
      const reading = smiReading(line, fields);
      if (reading === undefined) {
        keep(line);
        return;
      }
      last = undefined;
      seen.set(reading.device.id, { reading, atMs: performance.now() });
      backoffMs = options.intervalMs;
      onLine();
    };
    createInterface(process.stdout).on("line", take);
    createInterface(process.stderr).on("line", keep);
    let ended = false;
    const end = (error?: NodeJS.ErrnoException): void => {
      if (ended || child !== process) return;
      ended = true;
      child = undefined;
      const refused = fields.find((field) => said.some((line) => line.includes(`"${field}" is not a valid field`)));
      if (refused !== undefined) {
        fields = replaced(refused, fields);
        start();
        return;
      }
      last = faultOf(said, error, options.nvidiaSmi);
      onEnd();
    };
    process.on("error", end);
    process.on("close", () => end());
  }

  function startAgainLater(): void {
    restart = setTimeout(() => {
      start();
    }, backoffMs).unref();
    backoffMs = Math.min(backoffMs * 2, 600_000);
  }

  function close(): void {
    clearTimeout(restart);
    const process = child;
    child = undefined;
    process?.kill("SIGKILL");
    seen.clear();
    onLine = () => {};
    onEnd = () => {};
  }

  return {
    name: "nvidia-smi",
    probe: async () => {
      close();
      const known = pciDevices(options.sysfs)?.filter(({ vendor }) => vendor === "nvidia");
      if (!options.wakeSuspended && known?.length && known.every(({ suspended }) => suspended)) return suspendedFault;
      return await new Promise<GpuProbe>((resolve) => {
        const finish = (probe: GpuProbe): void => {
          clearTimeout(deadline);
          clearTimeout(gap);
          onLine = () => {};
          onEnd = startAgainLater;
          if (!probe.ok) close();
          resolve(probe);
        };
        const deadline = setTimeout(() => finish({ ok: false, ...timeoutFault }), PROBE_DEADLINE_MS);
        let gap: NodeJS.Timeout | undefined;
        onLine = () => {
          clearTimeout(gap);
          const done = (): void =>
            finish({ ok: true, devices: Array.from(seen.values(), (one) => one.reading.device) });
          gap = setTimeout(done, PASS_GAP_MS);
        };
        onEnd = () => finish({ ok: false, ...(last ?? timeoutFault) });
        start();
      });
    },
    sample: async () => {
      const now = performance.now();
      for (const [id, { atMs }] of seen) if (now - atMs > FRESH_INTERVALS * options.intervalMs) seen.delete(id);
      if (seen.size === 0) throw new GpuError(last ?? timeoutFault);
      return Array.from(seen.values(), ({ reading }) => reading);
    },
    close,
  };
}

/** What every provider of NVIDIA says when it would wake the only device up. */
export const suspendedFault: GpuProbe = {
  ok: false,
  code: "SUSPENDED",
  message: "the NVIDIA device is suspended to save power",
  hint: "it is looked at again later; wakeSuspended: true keeps it awake and measured",
};

const timeoutFault: GpuFault = {
  code: "TIMEOUT",
  message: "nvidia-smi wrote nothing in time",
  hint: "run nvidia-smi by hand; if it hangs, the driver does: see dmesg, then reset the device or reboot",
};

/** Drivers before 535 have another word for what limits the clocks; a field without one is left out. */
function replaced(refused: string, fields: readonly string[]): readonly string[] {
  const instead = refused === "clocks_event_reasons.active" ? ["clocks_throttle_reasons.active"] : [];
  return fields.flatMap((field) => (field === refused ? instead : [field]));
}

function faultOf(said: readonly string[], error: NodeJS.ErrnoException | undefined, command: string): GpuFault {
  if (error?.code === "ENOENT") {
    return {
      code: "NO_TOOL",
      message: `${command} is not there`,
      hint: "install NVIDIA's driver; in a container, run it with the NVIDIA container toolkit (--gpus all)",
    };
  }
  const text = said.join(" ").trim() || error?.message || "it ended without a word";
  const message = `nvidia-smi: ${text.slice(0, 300)}`;
  if (/couldn't communicate with the NVIDIA driver/i.test(text)) {
    return {
      code: "DRIVER_NOT_LOADED",
      message,
      hint: "load the kernel module (modprobe nvidia), or install the driver",
    };
  }
  if (/version mismatch/i.test(text)) {
    return { code: "DRIVER_MISMATCH", message, hint: "the driver was upgraded while it was loaded: reboot" };
  }
  if (/no devices were found/i.test(text)) {
    return { code: "NO_DEVICE", message, hint: "see lspci and dmesg whether the device is there and sound" };
  }
  return { code: "FAILED", message, hint: "run nvidia-smi by hand" };
}
