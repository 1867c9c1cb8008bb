import { expect, test } from "vitest";
import type { NetworkCount } from "../host/networks.ts";
import { trafficRates } from "./traffic-rates.ts";

const network = (name: string, receivedBytes: number, transmittedBytes: number): NetworkCount => ({
  ...{ name, receivedBytes, receivedPackets: 1, receiveErrors: 0 },
  ...{ transmittedBytes, transmittedPackets: 1, transmitErrors: 0 },
});

test("rates are of all interfaces but the loopback", () => {
  const before = { networks: [network("lo", 0, 0), network("eth0", 1_000, 50), network("wlan0", 0, 0)], atMs: 1_000 };
  const now = {
    networks: [network("lo", 9e9, 9e9), network("eth0", 3_000, 150), network("wlan0", 500, 0)],
    atMs: 3_000,
  };
  expect(trafficRates(now, before)).toEqual({ receivedPerSecond: 1_250, transmittedPerSecond: 50 });
  expect(trafficRates(now, undefined)).toEqual({});
  expect(trafficRates(now, now)).toEqual({});
});

test("an interface that comes, goes or begins anew takes nothing from the others and adds nothing to them", () => {
  const before = { networks: [network("eth0", 1_000, 0), network("tun0", 5e9, 5e9), network("usb0", 700, 0)], atMs: 0 };
  const now = {
    networks: [network("eth0", 2_000, 10), network("veth7", 8e9, 8e9), network("usb0", 5, 0)],
    atMs: 1_000,
  };
  expect(trafficRates(now, before)).toEqual({ receivedPerSecond: 1_000, transmittedPerSecond: 10 });
});
