import { statfs } from "node:fs/promises";

export interface Mount {
  readonly device: string;
  readonly mountpoint: string;
  readonly type: string;
}

export interface FileSystemUse extends Mount {
  readonly sizeBytes: number;
  readonly usedBytes: number;
  /** What everybody may write. */
  readonly freeBytes: number;
  /** What only root may write. */
  readonly reservedBytes: number;
}

/** File systems that hold data on this machine: a network's may hang, and those of the kernel have no space. */
const LOCAL_TYPES = new Set(
  "ext2 ext3 ext4 xfs btrfs zfs f2fs bcachefs jfs reiserfs vfat exfat ntfs ntfs3 hfs hfsplus apfs overlay ufs".split(
    " ",
  ),
);

/** A file system that does not answer in time is left out of a sample, so that it holds nothing else up. */
const DEADLINE_MS = 500;

/** The mounts in the text of /proc/self/mounts: those asked for, or one for each local device. */
export function parseMounts(mounts: string, asked?: readonly string[]): readonly Mount[] {
  const all = mounts.split("\n").flatMap((line): Mount[] => {
    const [device = "", mountpoint = "", type = ""] = line.split(" ").map(unescaped);
    return mountpoint === "" ? [] : [{ device, mountpoint, type }];
  });
  if (asked !== undefined) return asked.flatMap((path) => all.findLast(({ mountpoint }) => mountpoint === path) ?? []);
  // A container has its files, such as /etc/hosts, mounted from the device of its root.
  const byDevice = new Map<string, Mount>();
  for (const mount of all) {
    if (!LOCAL_TYPES.has(mount.type)) continue;
    if (mount.type === "overlay" && mount.mountpoint !== "/") continue;
    const known = byDevice.get(mount.device);
    if (known === undefined || mount.mountpoint.length < known.mountpoint.length) byDevice.set(mount.device, mount);
  }
  return [...byDevice.values()];
}

/** Asks file systems for their space; one that has not answered yet is not asked again. */
export function fileSystemReader(): (mounts: readonly Mount[]) => Promise<readonly FileSystemUse[]> {
  const pending = new Set<string>();
  return async (mounts) => {
    const answers: FileSystemUse[] = [];
    const asked = mounts
      .filter(({ mountpoint }) => !pending.has(mountpoint))
      .map(async (mount) => {
        pending.add(mount.mountpoint);
        try {
          answers.push(await fileSystemUse(mount));
        } catch {
          // Gone, or not ours to see: absent.
        } finally {
          pending.delete(mount.mountpoint);
        }
      });
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise((resolve) => {
      timer = setTimeout(resolve, DEADLINE_MS).unref();
    });
    await Promise.race([Promise.all(asked), deadline]);
    clearTimeout(timer);
    return [...answers];
  };
}

async function fileSystemUse(mount: Mount): Promise<FileSystemUse> {
  const { bsize, blocks, bfree, bavail } = await statfs(mount.mountpoint);
  return {
    ...mount,
    sizeBytes: blocks * bsize,
    usedBytes: (blocks - bfree) * bsize,
    freeBytes: bavail * bsize,
    reservedBytes: (bfree - bavail) * bsize,
  };
}

/** proc_mounts(5): space, tab, newline and backslash stand as octal numbers. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
