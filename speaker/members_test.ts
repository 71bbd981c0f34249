import assert from "node:assert/strict";
import type { L2Advertisement } from "../config/config.ts";
import { type IpAddress, parseIp } from "../ip/address.ts";
import { macFromBytes } from "../ip/mac.ts";
import { parsePrefix } from "../ip/prefix.ts";
import type { Node } from "../kube/types.ts";
import type { Interface } from "./interfaces.ts";
import { type Exclusion, interfaceFor, judgeNodes } from "./members.ts";

const ETH0 = face("eth0", "192.168.0.0/24", "fd00::/64", "fe80::/64");
const ETH1 = face("eth1", "10.0.0.0/24", "fd01::/64", "fe80::/64");
const IPV4_ONLY = face("eth0", "192.168.0.0/24");

interface Row {
  readonly name: string;
  readonly faces: readonly Interface[];
  /** Those that the one advertisement names; none is any. */
  readonly interfaces?: readonly string[];
  readonly address: string;
  /** The interface's name, or why there is none. */
  readonly want: string | Exclusion;
}

const rows: readonly Row[] = [
  { name: "unique local, by subnet", faces: [ETH1, ETH0], address: "fd00::200", want: "eth0" },
  { name: "global, on no subnet", faces: [ETH0], address: "2001:db8::1", want: "no-interface" },
  {
    name: "global, on no subnet, but named",
    faces: [ETH0, ETH1],
    interfaces: ["eth1"],
    address: "2001:db8::1",
    want: "eth1",
  },
  { name: "no IPv6 here", faces: [IPV4_ONLY], address: "fd00::200", want: "no-ipv6" },
  {
    name: "no link-local address",
    faces: [face("eth0", "fd00::/64")],
    address: "fd00::200",
    want: "no-ipv6",
  },
  {
    name: "the named one has no IPv6",
    faces: [IPV4_ONLY, ETH1],
    interfaces: ["eth0"],
    address: "fd00::200",
    want: "no-ipv6",
  },
  { name: "no interface at all", faces: [], address: "fd00::200", want: "no-interface" },
  { name: "link-local, unnamed", faces: [ETH0], address: "fe80::200", want: "no-interface" },
  {
    name: "link-local, named",
    faces: [ETH0, ETH1],
    interfaces: ["eth1"],
    address: "fe80::200",
    want: "eth1",
  },
  { name: "IPv4 as ever", faces: [IPV4_ONLY], address: "192.168.0.200", want: "eth0" },
];

Deno.test("interfaceFor() and judgeNodes() agree on where an address goes", async (t) => {
  for (const { name, faces, interfaces = [], address: text, want } of rows) {
    await t.step(name, () => {
      const advertisement = advertisementFor(interfaces);
      const address = ip(text);
      const found = interfaceFor(faces, [advertisement], address);
      const { excluded } = judgeNodes({
        nodes: [NODE],
        presences: new Map([["n1", faces]]),
        advertisements: [advertisement],
        address,
      });
      assert.equal(found?.name ?? excluded.get("n1"), want);
      assert.equal(found === undefined, excluded.has("n1"));
    });
  }
});

const NODE: Node = {
  meta: {
    namespace: "",
    name: "n1",
    uid: "n1",
    resourceVersion: "1",
    creationTimestamp: "",
    labels: {},
    annotations: {},
    deletionTimestamp: undefined,
  },
  unschedulable: false,
  conditions: [],
};

function advertisementFor(interfaces: readonly string[]): L2Advertisement {
  const source = { kind: "file", file: "config.yaml" } as const;
  return { name: "all", source, pools: ["lan"], nodeSelectors: [], interfaces };
}

function face(name: string, ...subnets: readonly string[]): Interface {
  const prefixes = subnets.map(parsePrefix).filter((prefix) => prefix !== undefined);
  assert.equal(prefixes.length, subnets.length);
  return { name, mac: macFromBytes(Uint8Array.of(2, 0, 0, 0, 0, 1)), subnets: prefixes };
}

function ip(text: string): IpAddress {
  const address = parseIp(text);
  assert.ok(address);
  return address;
}
