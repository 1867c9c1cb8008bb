/** What an interface has carried since it came up. */
export interface NetworkCount {
  readonly name: string;
  readonly receivedBytes: number;
  readonly receivedPackets: number;
  readonly receiveErrors: number;
  readonly transmittedBytes: number;
  readonly transmittedPackets: number;
  readonly transmitErrors: number;
}

/** The interfaces in the text of /proc/net/dev that have carried anything. */
export function parseNetworks(dev: string): readonly NetworkCount[] {
  return dev.split("\n").flatMap((line): NetworkCount[] => {
    const colon = line.indexOf(":");
    if (colon === -1) return [];
    const numbers = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(Number);
    const [receivedBytes = 0, receivedPackets = 0, receiveErrors = 0] = numbers;
    const [transmittedBytes = 0, transmittedPackets = 0, transmitErrors = 0] = numbers.slice(8);
    if (receivedPackets === 0 && transmittedPackets === 0) return [];
    const received = { receivedBytes, receivedPackets, receiveErrors };
    return [{ name: line.slice(0, colon).trim(), ...received, transmittedBytes, transmittedPackets, transmitErrors }];
  });
}
