/** A crowd for tests and benchmarks: many Services and nodes, all in one pool and on one subnet. */
import type { Config } from "../config/config.ts";
import { formatIp, type IpAddress } from "../ip/address.ts";
import { type Mac, macFromBytes } from "../ip/mac.ts";
import type { Service } from "../kube/types.ts";
import type { Snapshot } from "../speaker/desired/desired.ts";
import type { Interface } from "../speaker/desired/interfaces.ts";
import { advertisementOf, nodeOf, serviceOf } from "../speaker/testing.ts";

/** The link of the first node. */
export const CROWD_LINK = 2;

const SUBNET = { network: { family: "IPv4", value: 0x0a800000n }, length: 16 } as const;

/** Everything that node `n0` knows of this many addresses, a Service each, and nodes. */
export function crowdOf(addresses: number, nodes: number): Snapshot {
  const names = Array.from({ length: nodes }, (_, i) => `n${i}`);
  return {
    node: "n0",
    config: CONFIG,
    services: Array.from({ length: addresses }, (_, i) => nthService(i)),
    nodes: names.map((name) => nodeOf(name)),
    presences: new Map(names.map((name, i) => [name, [faceOf(i)]])),
    local: [{ ...faceOf(0), index: CROWD_LINK, hasCarrier: true }],
    endpoints: new Map(),
  };
}

/** The Service with this number, and its address. */
export function nthService(i: number): Service {
  return serviceOf(`default/s${i}`, [formatIp(nth(i))]);
}

/** The MAC of the node with this number. */
export function macOf(i: number): Mac {
  return macFromBytes(Uint8Array.from([2, 0, 0, 0, i >> 8, i & 0xff]));
}

const CONFIG: Config = {
  pools: [{
    name: "lan",
    source: { kind: "file", file: "crowd" },
    labels: {},
    ranges: [{ family: "IPv4", first: nth(0).value, last: nth(60_000).value }],
    autoAssign: true,
    avoidBuggyIPs: false,
  }],
  l2Advertisements: [advertisementOf("all")],
};

function nth(i: number): IpAddress {
  return { family: "IPv4", value: 0x0a800100n + BigInt(i) };
}

function faceOf(i: number): Interface {
  return { name: "eth0", mac: macOf(i), subnets: [SUBNET] };
}
