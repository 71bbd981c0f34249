/** A crowd for tests and benchmarks: many Services and nodes, all in one pool and on one subnet. */
import type { Config } from "../config/config.ts";
import { formatIp, type IpAddress } from "../ip/address.ts";
import { type Mac, macFromBytes } from "../ip/mac.ts";
import type { Node, ObjectMeta, Service } from "../kube/types.ts";
import type { Snapshot } from "./desired.ts";
import type { Interface } from "./interfaces.ts";

/** The link of the first node. */
export const CROWD_LINK = 2;

const SOURCE = { kind: "file", file: "crowd" } as const;
const SUBNET = { network: { family: "IPv4", value: 0x0a800000n }, length: 16 } as const;

/** Everything that node `n0` knows of this many addresses, a Service each, and nodes. */
export function snapshotOf(addresses: number, nodes: number): Snapshot {
  const names = Array.from({ length: nodes }, (_, i) => `n${i}`);
  return {
    node: "n0",
    config: CONFIG,
    services: Array.from({ length: addresses }, (_, i) => serviceOf(i)),
    nodes: names.map((name): Node => ({
      meta: metaOf("", name),
      unschedulable: false,
      conditions: [],
    })),
    presences: new Map(names.map((name, i) => [name, [faceOf(i)]])),
    local: [{ ...faceOf(0), index: CROWD_LINK, hasCarrier: true }],
    servingNodes: new Map(),
  };
}

const CONFIG: Config = {
  pools: [{
    name: "lan",
    source: SOURCE,
    labels: {},
    ranges: [{ family: "IPv4", first: nth(0).value, last: nth(60_000).value }],
    autoAssign: true,
    avoidBuggyIPs: false,
  }],
  l2Advertisements: [
    { name: "all", source: SOURCE, pools: ["lan"], nodeSelectors: [], interfaces: [] },
  ],
};

function nth(i: number): IpAddress {
  return { family: "IPv4", value: 0x0a800100n + BigInt(i) };
}

/** The MAC of the node with this number. */
export function macOf(i: number): Mac {
  return macFromBytes(Uint8Array.from([2, 0, 0, 0, i >> 8, i & 0xff]));
}

function faceOf(i: number): Interface {
  return { name: "eth0", mac: macOf(i), subnets: [SUBNET] };
}

function metaOf(namespace: string, name: string): ObjectMeta {
  return {
    namespace,
    name,
    uid: `${namespace}/${name}`,
    resourceVersion: "1",
    creationTimestamp: "",
    labels: {},
    annotations: {},
    deletionTimestamp: undefined,
  };
}

/** The Service with this number, and its address. */
export function serviceOf(i: number): Service {
  return {
    meta: metaOf("default", `s${i}`),
    type: "LoadBalancer",
    loadBalancerClass: undefined,
    loadBalancerIP: undefined,
    externalTrafficPolicy: "Cluster",
    ipFamilies: [],
    ipFamilyPolicy: undefined,
    clusterIPs: [],
    ports: [],
    selector: {},
    ingress: [{ ip: formatIp(nth(i)), hostname: undefined }],
    conditions: [],
  };
}
