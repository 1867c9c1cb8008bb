/** What a disk has done since the machine started. */
export interface DiskCount {
  readonly device: string;
  readonly readBytes: number;
  readonly writtenBytes: number;
  readonly reads: number;
  readonly writes: number;
}

/** Linux counts sectors of 512 bytes, whatever the disk's own are: Documentation/block/stat.rst. */
const SECTOR_BYTES = 512;

/** The disks in the text of /proc/diskstats, of those that /sys/block names: partitions would count twice. */
export function parseDisks(diskstats: string, blockDevices: ReadonlySet<string>): readonly DiskCount[] {
  return diskstats.split("\n").flatMap((line): DiskCount[] => {
    const [, , device = "", reads, , sectorsRead, , writes, , sectorsWritten] = line.trim().split(/\s+/);
    if (!blockDevices.has(device) || /^(loop|ram|zram|dm-)/.test(device)) return [];
    return [
      {
        device,
        readBytes: Number(sectorsRead) * SECTOR_BYTES,
        writtenBytes: Number(sectorsWritten) * SECTOR_BYTES,
        reads: Number(reads),
        writes: Number(writes),
      },
    ];
  });
}
